import Solvers
import TestSupport
import Testing

@testable import Placement

/// Steps of large net-splits alone, on problems small enough to enumerate.
@Suite struct SplitSearchTests {
  /// Some with a limit of stages.
  private func problem(_ seed: Int) -> Problem {
    var problem = SplitInstances.random(seed: UInt64(seed))
    if seed % 3 > 0 { problem.stages = 1 + seed % 3 }
    return problem
  }

  @Test func loadsAreTheEvaluatorsAfterAnyMoves() {
    for seed in 1...100 {
      let problem = problem(seed)
      var state = SplitState(SplitState.Table(problem), OneDevicePlans.all(of: problem, on: seed % 2))
      var random = SeededRandom(seed: UInt64(seed))
      for _ in 0..<30 {
        let unit = Int.random(in: problem.units.indices, using: &random)
        state.move(unit, to: Int.random(in: problem.units[unit].options.indices, using: &random))
      }
      let evaluation = ProblemEvaluator.evaluate(problem, state.assignment)
      let expected = evaluation.loads.flatMap { $0 } + evaluation.memory
      #expect(
        zip(state.levels, expected).allSatisfy { abs($0 - $1) <= 1e-9 * max(1e-4, $1) }, "seed \(seed)")
    }
  }

  @Test func cutsBoundEveryAssignment() throws {
    var tight = 0
    for seed in 1...300 {
      let problem = problem(seed)
      guard let best = SplitInstances.exhaustive(problem) else { continue }
      var cuts = SplitCuts(SplitState.Table(problem))
      var offers: [Assignment] = []
      let bound = try cuts.raise(
        0, solver: SolverName.standard.solver, clock: SearchClock(SearchOptions()), isEnough: { _ in false },
        offer: { offer, worth in
          offers.append(offer)
          let objective = ProblemEvaluator.evaluate(problem, offer).objective
          #expect(abs(worth - objective) <= 1e-12 * objective, "seed \(seed)")
        })
      #expect(bound <= best * (1 + 1e-9), "seed \(seed)")
      #expect(!offers.isEmpty)
      if bound > 0.9 * best { tight += 1 }
      for offer in offers where problem.stages == 2 {
        #expect(NetSplit.keepsStages(offer, of: problem), "seed \(seed)")
      }
    }
    #expect(tight > 50)
  }

  @Test func cutsBoundEveryBlend() throws {
    var exact = 0
    for seed in 1...200 {
      let problem = problem(seed)
      // Without a weight of the bottleneck, without memory and stages the least cut is the best blend.
      let blend = NetSplit.Blend(
        bottleneck: seed % 2 == 0 ? 0 : 2, loads: [[1, 3, 0], [2, 0, Double(seed % 4)]])
      var best = Double.infinity
      SplitInstances.forEachAllowed(problem) { assignment, _ in
        best = min(best, blend.value(ProblemEvaluator.evaluate(problem, assignment)))
      }
      guard best < .infinity else { continue }
      var cuts = SplitCuts(SplitState.Table(problem), blend: blend)
      let bound = try cuts.raise(
        0, solver: SolverName.standard.solver, clock: SearchClock(SearchOptions()), isEnough: { _ in false },
        offer: { offer, worth in
          let value = blend.value(ProblemEvaluator.evaluate(problem, offer))
          #expect(abs(worth - value) <= 1e-12 * value, "seed \(seed)")
        })
      #expect(bound <= best * (1 + 1e-9), "seed \(seed)")
      if bound >= best * (1 - 1e-6) { exact += 1 }
    }
    #expect(exact > 30)
  }

  @Test func descentKeepsTheStagesAndIsNoWorseThanItsStart() throws {
    var (found, count) = (0, 0)
    for seed in 1...200 {
      let problem = problem(seed)
      let order = UnitOrder(problem)
      var start: (Assignment, Double)?
      var best = Double.infinity
      SplitInstances.forEachAllowed(problem) { assignment, objective in
        if start == nil { start = (assignment, objective) }
        best = min(best, objective)
      }
      guard let start else { continue }
      var descent = SplitDescent(
        SplitState.Table(problem), from: start.0, order: order, seed: 1,
        clock: SearchClock(SearchOptions()))
      let answer = descent.run(moves: 3_000)
      let evaluation = ProblemEvaluator.evaluate(problem, answer)
      #expect(NetSplit.keepsStages(answer, of: problem), "seed \(seed)")
      #expect(evaluation.isFeasible, "seed \(seed)")
      // A little more bottleneck is given for much less load in all.
      #expect(evaluation.objective <= start.1 * 1.02, "seed \(seed)")
      count += 1
      if evaluation.objective <= best * 1.02 { found += 1 }
    }
    #expect(found * 10 > count * 8)
  }
}
