import Solvers
import Testing

@testable import Placement

@Suite struct CrowdedOptionsTests {
  private func everywhere(_ bytes: Double) -> Problem.Option {
    Problem.Option(
      name: "everywhere",
      shards: (0..<3).map { Problem.Shard(devices: [$0], loads: [.init(0, 1)], memory: bytes) })
  }

  private func whole(_ bytes: Double) -> Problem.Option {
    Problem.Option(
      name: "whole", shards: [Problem.Shard(devices: [0, 1, 2], loads: [.init(0, 1)], memory: bytes)])
  }

  private func options(_ units: [[Problem.Option]]) -> [Int] {
    let problem = Problem(
      name: "crowded", devices: (0..<3).map { .init(name: "d\($0)", group: 0, memory: 10, baseLoad: [0]) },
      lanes: ["compute"], units: units.enumerated().map { .init(name: "u\($0)", options: $1) })
    var builder = PackingModelBuilder(problem)
    return builder.build().units.map(\.options.count)
  }

  @Test func whatOthersNeedAnywayLeavesNoRoomForLargePieces() {
    // The first needs 6 everywhere: 5 more do not fit, 4 do.
    #expect(options([[everywhere(6)], [whole(5), everywhere(1)], [whole(3), everywhere(2)]]) == [1, 1, 2])
    // Once the second needs 1 everywhere, 4 no longer fit either.
    #expect(options([[everywhere(6)], [whole(5), everywhere(1)], [whole(4), everywhere(2)]]) == [1, 1, 1])
  }

  @Test func ownNeedsAreNotCountedAgainstAUnit() {
    #expect(options([[everywhere(6), everywhere(9)], [whole(1), everywhere(1)]]) == [1, 2])
  }

  @Test func aUnitCrowdedOutIsProvenToFitNowhere() throws {
    let problem = Problem(
      name: "full", devices: (0..<3).map { .init(name: "d\($0)", group: 0, memory: 10, baseLoad: [0]) },
      lanes: ["compute"],
      units: [.init(name: "a", options: [everywhere(6)]), .init(name: "b", options: [whole(5)])])
    let solution = try Optimizer.solve(problem, options: SearchOptions())
    #expect(solution.certificate.status == .infeasible)
    #expect(solution.certificate.provedBy == .unitFit)
  }
}
