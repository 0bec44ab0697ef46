import Plan
import Testing

@testable import Simulation

@Suite struct FailureTests {
  /// Two replicas on two cards; a request takes 1 ms on its card.
  private func replicas() -> ExecutionProgram {
    .init(
      resources: [Programs.resource("a"), Programs.resource("b", device: 1)],
      devices: [Programs.device("card0"), Programs.device("card1")], tables: [],
      variants: (0..<2).map { card in
        .init(card: card, share: 0.5, tasks: [Programs.task("work", [(card, 0.001)], device: card)])
      })
  }

  private func options(_ failure: Failure) -> SimulationOptions {
    var options = SimulationOptions(load: .constant(requestsPerSecond: 1600))
    options.requests = 1600
    options.replications = 1
    options.warmUp = .requests(0)
    options.failures = [failure]
    return options
  }

  @Test func survivorsCarryOn() throws {
    let failure = Failure(device: "card1", atSeconds: 0.4001, backSeconds: 0.6)
    let report = try Simulator(replicas()).run(options(failure))
    // Only the request in service is lost; then the other card takes 1600 a second, more than its 1000.
    #expect(report.counts.failed == 1)
    #expect(report.phases.map(\.failed) == [1, 0, 0])
    let during = report.phases[1]
    #expect(abs(Double(during.completed) - 0.2 * 1600) <= 1)
    // It falls behind by 0.6 requests a ms for 0.2 s: the last waits for 120 others, less what both share later.
    #expect(during.p99 > 0.1 && during.p99 < 0.13)
    #expect(report.phases[0].p99 < 0.0011)
    #expect(report.counts.balanced && report.littlesLaw.holds)
  }

  @Test func aShardThatEveryRequestNeedsFailsAll() throws {
    var program = replicas()
    for variant in 0..<2 {
      program.variants[variant].tasks.append(Programs.task("shard", [(1, 0.0001)], device: 1))
    }
    let report = try Simulator(program).run(
      options(.init(device: "card1", atSeconds: 0.4, backSeconds: 0.6)))
    let during = report.phases[1]
    #expect(during.completed == 0)
    #expect(abs(during.failed - 320) <= 1)
    #expect(during.firstFailedSeconds == 0.4)
    #expect(during.lastFailedSeconds == 0.599375)
    #expect(report.phases[2].failed == 0)
    #expect(report.counts.balanced && report.littlesLaw.holds)
  }

  @Test func aClosedLoadDoesNotStopTime() throws {
    var failing = options(.init(device: "card0", atSeconds: 0.1))
    failing.load = .closedLoop(clients: 3, thinkSeconds: 0)
    failing.failures.append(.init(device: "card1", atSeconds: 0.1))
    failing.requests = 2000
    let report = try Simulator(replicas()).run(failing)
    #expect(report.counts.failed > 1000)
    #expect(report.run.simulatedSeconds > 0.5)
  }

  @Test func texts() throws {
    #expect(
      try Failure(parsing: "card3@t=2s,back=5s") == .init(device: "card3", atSeconds: 2, backSeconds: 5))
    #expect(try Failure(parsing: "card0@t=250ms") == .init(device: "card0", atSeconds: 0.25))
    for text in ["card3", "@t=2s", "card3@", "card3@t=x", "card3@t=-1s", "card3@back=2s", "card3@t=1s,now=2"]
    {
      #expect(throws: SimulationError.self) { try Failure(parsing: text) }
    }
    #expect(DurationText.seconds("100ms") == 0.1)
    #expect(DurationText.seconds("1.5") == 1.5)
    #expect(DurationText.seconds("fast") == nil)
    #expect(DurationText.seconds("inf") == nil)
  }
}
