import Solvers
import TestSupport
import Testing

@testable import Placement

@Suite struct NetSplitTests {
  @Test func agreesWithExhaustiveSearch() throws {
    var infeasible = 0
    for seed in 1...400 {
      var problem = SplitInstances.random(seed: UInt64(seed))
      if seed % 2 == 0 { problem.stages = 2 + seed % 4 }
      #expect(NetSplit.accepts(problem))
      let solution = try NetSplit.solve(problem, options: SearchOptions(gap: 0))
      guard let best = SplitInstances.exhaustive(problem) else {
        infeasible += 1
        #expect(solution.certificate.status == .infeasible, "seed \(seed)")
        continue
      }
      let objective = try #require(solution.certificate.objective)
      let assignment = try #require(solution.assignment)
      #expect(abs(objective - best) <= 1e-6 * best, "seed \(seed)")
      #expect(solution.certificate.bound <= best * (1 + 1e-6), "seed \(seed)")
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      #expect(evaluation.isFeasible && evaluation.objective == objective, "seed \(seed)")
      #expect(NetSplit.keepsStages(assignment, of: problem), "seed \(seed)")
    }
    #expect(infeasible > 5 && infeasible < 300)
  }

  /// Options and stages of every assignment within a limit stay in the scope of that limit.
  @Test func scopesKeepEveryAssignmentWithinTheLimit() throws {
    var ruledOut = 0
    for seed in 1001...1200 {
      var problem = SplitInstances.random(seed: UInt64(seed))
      problem.stages = 2 + seed % 4
      let order = try #require(UnitOrder(problem))
      var random = SeededRandom(seed: UInt64(seed))
      let limit = 1e-4 * Double(Int.random(in: 2...15, using: &random))
      let scope = SplitScope(problem, order: order, limit: limit)
      SplitInstances.forEachAllowed(problem) { assignment, objective in
        let stages = order.stages(of: assignment.choices.map { $0.devices[0] })
        let isKept = scope.map { scope in
          zip(scope.allowed, assignment.choices).allSatisfy { $0[$1.option] }
            && stages.indices.allSatisfy { unit in
              scope.windows.map { $0.first[unit] <= stages[unit] && stages[unit] <= $0.last[unit] } ?? false
            }
        }
        if objective <= limit {
          #expect(isKept == true, "seed \(seed)")
        } else if isKept != true {
          ruledOut += 1
        }
      }
    }
    #expect(ruledOut > 50)
  }

  /// Views load nothing, and the only figure is the command that cards take for a batch.
  @Test func unitsWithoutLoadsAreSolved() throws {
    let unit = Problem.Unit(
      name: "view",
      options: [0, 1].map {
        .init(name: "\($0)", shards: [.init(devices: [$0], loads: [], memory: 8)])
      })
    let problem = Problem(
      name: "views",
      devices: [0, 1e-5].enumerated().map {
        .init(name: "\($0)", group: $0, memory: 100, baseLoad: [$1])
      },
      lanes: ["cores"], units: [unit, unit], nets: [])
    let blend = NetSplit.Blend(bottleneck: 1, loads: [[1], [1]])
    let solution = try NetSplit.solve(problem, blend: blend, options: SearchOptions())
    #expect(solution.certificate.bound <= 1e-5 * 2)
    #expect(solution.certificate.objective.map { $0 <= 1e-5 * 2 } == true)
    #expect(try NetSplit.solve(problem, options: SearchOptions()).certificate.status == .optimal)
  }

  @Test func refusesWhatItCannotState() {
    var problem = SplitInstances.random(seed: 1)
    problem.devices.append(problem.devices[0])
    #expect(!NetSplit.accepts(problem))
  }

  @Test func limitedStagesNeedNetsWithoutCircles() {
    var problem = SplitInstances.random(seed: 3)
    problem.units = Array(repeating: problem.units[0], count: 2)
    problem.nets = [(0, 1), (1, 0)].map {
      .init(producer: $0.0, consumers: [$0.1], out: [[], []], incoming: [[], []])
    }
    #expect(NetSplit.accepts(problem))
    problem.stages = 3
    #expect(!NetSplit.accepts(problem))
    #expect(throws: ProblemError.self) { try Optimizer.solve(problem, options: SearchOptions()) }
  }
}
