import Solvers
import TestSupport
import Testing

@testable import Placement

/// Bounds from options that alone are too much, where units have to be on certain devices.
@Suite struct OwnBottleneckTests {
  private func table(_ problem: Problem) -> AggregateTable {
    var builder = PackingModelBuilder(problem)
    return AggregateTable(builder.build())
  }

  @Test func whatOthersPinCountsButNotTheUnitsOwn() {
    let all = [0, 1]
    func rows(_ load: Double) -> Problem.Option {
      .init(name: "rows", shards: all.map { .init(devices: [$0], loads: [.init(0, load)], memory: 1) })
    }
    let whole = Problem.Option(
      name: "whole", shards: [.init(devices: all, loads: [.init(0, 8)], memory: 1)])
    let units: [Problem.Unit] = [
      .init(name: "a", options: [rows(3)]), .init(name: "b", options: [rows(4), rows(2)]),
      .init(name: "c", options: [whole, rows(5)]),
    ]
    let devices = [0.0, 1].map { Problem.Device(name: "d", group: 0, memory: 9, baseLoad: [$0]) }
    let problem = Problem(name: "pinned", devices: devices, lanes: ["t"], units: units)
    // b is on both devices with 2 at least; the base loads are 0 and 1. Of b only the option of 2 is left.
    #expect(table(problem).ownBottleneck == [6, 6, 13, 11])
  }

  /// Units without a choice but to be everywhere, among others, against every assignment.
  @Test(arguments: [0, 1, 2]) func boundsHoldWherePiecesArePinned(shape: Int) throws {
    var pinned = 0
    for seed in 1...UInt64(OptimizerTruthTests.seeds) {
      var problem = SmallInstances.random(seed: seed, shape: OptimizerTruthTests.shapes[shape])
      for unit in problem.units.indices {
        let uniform = problem.units[unit].options.filter { $0.name == "uniform" }
        guard !uniform.isEmpty else { continue }
        problem.units[unit].options = uniform
        pinned += 1
      }
      let certificate = try Optimizer.solve(problem, options: SearchOptions(gap: 0)).certificate
      let relaxed = try Optimizer.solve(problem, options: SearchOptions(gap: 0, effort: .bound)).certificate
      guard let optimum = SmallInstances.optimum(problem)?.bottleneck else {
        #expect(certificate.status == .infeasible, "seed \(seed)")
        continue
      }
      #expect(abs((certificate.objective ?? -1) - optimum) <= 1e-9 * optimum, "seed \(seed)")
      #expect(certificate.bound <= optimum * (1 + 1e-12), "seed \(seed)")
      #expect(relaxed.bound <= optimum * (1 + 1e-12), "seed \(seed)")
    }
    #expect(pinned > OptimizerTruthTests.seeds / 4)
  }
}
