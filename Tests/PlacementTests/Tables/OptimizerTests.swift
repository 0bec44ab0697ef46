import Foundation
import Placement
import TestSupport
import Testing

@Suite struct OptimizerTruthTests {
  /// More with `PLACEMENT_TRUTH_SEEDS`; the default keeps a debug run short.
  static let seeds =
    ProcessInfo.processInfo.environment["PLACEMENT_TRUTH_SEEDS"].flatMap(Int.init) ?? 400

  static let shapes: [SmallInstances.Shape] = [
    .init(
      devices: 2...3, units: 1...3, lanes: 1...1, shared: 0...0, fill: 0.9...1.4, alike: true, colours: false),
    .init(
      devices: 2...3, units: 1...3, lanes: 1...3, shared: 0...1, fill: 0.9...1.6, alike: true, colours: false),
    .init(
      devices: 1...3, units: 1...3, lanes: 1...2, shared: 0...2, fill: 0.6...1.6, alike: false, colours: false
    ),
    .init(
      devices: 2...3, units: 2...4, lanes: 1...2, shared: 0...1, fill: 0.9...1.9, alike: false, colours: true),
  ]

  @Test(arguments: shapes.indices) func agreesWithEnumeration(shape: Int) throws {
    for seed in 1...Self.seeds {
      let problem = SmallInstances.random(seed: UInt64(seed), shape: Self.shapes[shape])
      let truth = SmallInstances.optimum(problem)
      let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
      let certificate = solution.certificate
      guard let truth else {
        #expect(certificate.status == .infeasible, "seed \(seed)")
        continue
      }
      let objective = try #require(certificate.objective, "seed \(seed)")
      #expect(certificate.bound <= truth.bottleneck * (1 + 1e-12), "seed \(seed)")
      #expect(abs(objective - truth.bottleneck) <= 1e-9 * truth.bottleneck, "seed \(seed)")
      #expect(certificate.status == .optimal, "seed \(seed)")
      let assignment = try #require(solution.assignment)
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      #expect(evaluation.isFeasible && evaluation.objective == objective, "seed \(seed)")
    }
  }
}
