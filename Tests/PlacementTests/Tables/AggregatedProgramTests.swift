import Placement
import Solvers
import Testing

/// The bound of whole options on whole classes, against enumeration.
@Suite struct AggregatedProgramTests {
  private func bound(_ problem: Problem, effort: SearchOptions.Effort, enough: Double) throws -> Certificate {
    var options = SearchOptions(gap: 0, effort: effort)
    options.sufficientBound = enough
    return try Optimizer.solve(problem, options: options).certificate
  }

  @Test(arguments: OptimizerTruthTests.shapes.indices) func neverAboveTheOptimum(shape: Int) throws {
    for seed in 1...max(1, OptimizerTruthTests.seeds / 4) {
      let problem = SmallInstances.random(seed: UInt64(seed), shape: OptimizerTruthTests.shapes[shape])
      guard let truth = SmallInstances.optimum(problem)?.bottleneck else { continue }
      for enough in [truth, truth * 1.5] {
        let relaxed = try bound(problem, effort: .bound, enough: enough)
        let whole = try bound(problem, effort: .proof, enough: enough)
        #expect(whole.bound <= truth * (1 + 1e-12), "seed \(seed)")
        // Both stop a little short of what they bound.
        #expect(whole.bound >= relaxed.bound * (1 - 1e-5), "seed \(seed)")
      }
    }
  }

  /// Memory 10 holds 2.5 of five fast options, which take 3: 2.5 x 3 + 2.5 x 4.3 over two devices is 9.125. Of whole ones it
  /// holds two, which makes (2 x 3 + 3 x 4.3) / 2.
  @Test func wholeOptionsRaiseTheRelaxation() throws {
    let options: [Problem.Option] = [
      .init(name: "fast", shards: [.init(devices: [0, 1], loads: [.init(0, 3)], memory: 3)]),
      .init(name: "slow", shards: [.init(devices: [0, 1], loads: [.init(0, 4.3)], memory: 1)]),
    ]
    let problem = Problem(
      name: "five units", devices: ["a", "b"].map { .init(name: $0, group: 0, memory: 5, baseLoad: [0]) },
      lanes: ["time"], units: (1...5).map { .init(name: "u\($0)", options: options) })
    #expect(try bound(problem, effort: .bound, enough: 20).bound < 9.3)
    let certificate = try bound(problem, effort: .proof, enough: 20)
    #expect(abs(certificate.bound - 9.45) <= 1e-4)
    #expect(certificate.bound <= 9.45)
    #expect(certificate.provedBy == .aggregatedProgram)
  }
}
