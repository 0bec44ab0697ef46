import Modeling
import Solvers
import TestSupport
import Testing

@testable import Placement

@Suite struct CountLanesTests {
  private func bound(_ problem: Problem, _ effort: SearchOptions.Effort) throws(ProgramError) -> Double {
    try PackingEngine.solve(problem, options: SearchOptions(gap: 0, effort: effort)).certificate.bound
  }

  /// Against every assignment; the optimum of the problem with lanes, the strongest bound it can give, included.
  @Test(arguments: [true, false]) func neverExceedTheOptimum(alike: Bool) throws {
    var raised = 0
    for seed in 0..<300 as Range<UInt64> {
      let shape = SmallInstances.Shape(
        devices: 2...3, units: 2...3, lanes: 1...2, shared: 0...1, fill: 0.8...2, alike: alike, colours: false
      )
      let problem = SmallInstances.random(seed: seed, shape: shape)
      var random = SeededRandom(seed: seed &* 31)
      var limited = problem
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        limited.limits.append(
          .init(
            units: problem.units.indices.filter { _ in Int.random(in: 0..<4, using: &random) > 0 },
            devices: problem.devices.indices.filter { _ in Int.random(in: 0..<4, using: &random) > 0 },
            count: Int.random(in: 1...3, using: &random)))
      }
      guard let lanes = CountLanes(limited), let optimum = RuledSearchTests.optimum(limited) else { continue }
      for effort in [SearchOptions.Effort.bound, .thorough] {
        let plain = try bound(problem, effort)
        let proven = try lanes.raise(plain, of: problem) { problem throws(ProgramError) in
          try bound(problem, effort)
        }
        #expect(proven <= optimum * (1 + 1e-9), "seed \(seed)")
        #expect(proven >= plain, "seed \(seed)")
        if proven > plain * (1 + 1e-6) { raised += 1 }
      }
    }
    #expect(raised > 40)
  }

  /// Cutting is what the plain relaxation lives from, and what the limit leaves little room for.
  @Test func aLimitThatLeavesRoomForFewCutsIsInTheBound() throws {
    let all = Array(0..<6)
    var problem = Problem(
      name: "few cuts",
      devices: all.map { .init(name: "d\($0)", group: 0, memory: .infinity, baseLoad: [0]) },
      lanes: ["t"],
      units: (0..<90).map { unit in
        let load = 20 + Double(unit * 37 % 90)
        return .init(
          name: "u\(unit)",
          options: [
            .init(name: "whole", shards: [.init(devices: all, loads: [.init(0, load)], memory: 1)]),
            .init(
              name: "cut", shards: [.init(count: 6, devices: all, loads: [.init(0, load / 9)], memory: 1)]),
          ])
      })
    let unlimited = try Optimizer.solve(problem, options: SearchOptions()).certificate
    problem.limits = [.init(units: Array(0..<90), devices: all, count: 20)]
    let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0.02))
    #expect(solution.certificate.bound > 1.3 * unlimited.bound)
    #expect(solution.certificate.status == .optimal)
    #expect(ProblemEvaluator.evaluate(problem, try #require(solution.assignment)).isFeasible)
  }
}
