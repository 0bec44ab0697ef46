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
    for text in [
      "card3", "@t=2s", "card3@", "card3@t=x", "card3@t=-1s", "card3@back=2s", "card3@t=1s,now=2",
      "card3@t=2",
      "card3@t=2s,t=3s",
    ] {
      #expect(throws: SimulationError.self) { try Failure(parsing: text) }
    }
    #expect(DurationText.seconds("100ms") == 0.1)
    #expect(DurationText.seconds("1.5min") == 90)
    for bare in ["1.5", "0"] { #expect(DurationText.seconds(bare) == nil) }
    #expect(DurationText.seconds("1.5", bare: .seconds) == 1.5)
    #expect(DurationText.seconds("100", bare: .milliseconds) == 0.1)
    #expect(DurationText.seconds("2s", bare: .milliseconds) == 2)
    for bare in ["1e-9", "0.1", "123.456"] {
      #expect(DurationText.milliseconds(bare, bare: .milliseconds) == Double(bare))
      #expect(DurationText.milliseconds(bare + "ms") == Double(bare))
      #expect(DurationText.seconds(bare + "s") == Double(bare))
    }
    for text in ["fast", "inf", "nan", "-1s", "1e308min", "", "s"] {
      #expect(DurationText.seconds(text, bare: .seconds) == nil)
    }
  }

  /// Whatever arrives between 0.4 s and 0.6 s is lost: a fifth.
  private func lossy(_ requirements: Requirements) throws -> SimulationReport {
    var program = replicas()
    for variant in 0..<2 {
      program.variants[variant].tasks.append(Programs.task("shard", [(1, 0.0001)], device: 1))
    }
    var failing = options(.init(device: "card1", atSeconds: 0.4, backSeconds: 0.6))
    failing.requirements = requirements
    return try Simulator(program).run(failing)
  }

  @Test func lostRequestsMissTheBudgetAndTheAvailability() throws {
    let report = try lossy(.init(latencyBudgetSeconds: 1))
    #expect(report.counts.failed > 300)
    #expect(abs(report.availability - 0.8) < 0.01)
    #expect(report.verdict.problems.map(\.kind) == [.availability, .latency])
    #expect(!report.verdict.holds && report.verdict.budget?.isMet == false)
    #expect(report.verdict.budget?.p99Seconds == nil)
    // Those that were answered were in time.
    #expect(report.latency.p99.value < 1)
  }

  @Test func allowedLossesCountNowhere() throws {
    let allowed = try lossy(.init(latencyBudgetSeconds: 1, availability: 0.75))
    #expect(allowed.verdict.holds && allowed.verdict.budget?.isMet == true)
    #expect(allowed.verdict.budget?.p99Seconds == allowed.latency.p99.value)
    // A tenth of a percent beyond what is allowed still leaves 99 of 100.
    let (completed, failed) = (Double(allowed.counts.completed), Double(allowed.counts.failed))
    let close = try lossy(
      .init(latencyBudgetSeconds: 1, availability: (completed + 0.001 * failed) / (completed + failed)))
    #expect(close.verdict.problems.map(\.kind) == [.availability])
    #expect(try #require(close.verdict.budget?.p99Seconds) >= close.latency.p99.value)
  }

  @Test func searchesCountLostRequests() throws {
    let program = replicas()
    var options = options(.init(device: "card0", atSeconds: 0.1, backSeconds: 0.4))
    options.failures.append(.init(device: "card1", atSeconds: 0.1, backSeconds: 0.4))
    let objective = LatencyObjective(limitSeconds: 1)
    let none = try Simulator(program).highestRate(meeting: objective, options, tolerance: 0.1)
    #expect(none.highestRate == 0 && !none.holds)
    #expect(none.trials.allSatisfy { $0.availability < 1 })
    options.requirements.availability = 0.01
    #expect(try Simulator(program).highestRate(meeting: objective, options, tolerance: 0.1).holds)
  }

  /// A closed load has no rate; the run must still see the outage.
  @Test func closedLoadsReachTheFailure() throws {
    var options = options(.init(device: "card0", atSeconds: 1))
    options.failures.append(.init(device: "card1", atSeconds: 1))
    options.requests = 10
    for load in [Load.backToBack, .closedLoop(clients: 2, thinkSeconds: 0)] {
      options.load = load
      let report = try Simulator(replicas()).run(options)
      #expect(report.counts.failed > 0 && !report.verdict.holds)
    }
  }

  @Test func failuresThatCannotHappenAreRefused() throws {
    let simulator = try Simulator(replicas())
    var options = options(.init(device: "card0", atSeconds: 1, backSeconds: 2))
    options.failures.append(.init(device: "card0", atSeconds: 1.5, backSeconds: 3))
    #expect(throws: SimulationError.self) { try simulator.run(options) }
    options.failures[1] = .init(device: "card0", atSeconds: 2.5)
    #expect(throws: Never.self) { try simulator.run(options) }
    options.failures = [.init(device: "card0", atSeconds: 1)]
    options.load = .trace([Arrival(seconds: 0), Arrival(seconds: 0.5)])
    #expect(throws: SimulationError.self) { try simulator.run(options) }
    options.load = .constant(requestsPerSecond: 1600)
    for availability in [-0.1, 1.5, .nan] {
      options.requirements.availability = availability
      #expect(throws: SimulationError.self) { try simulator.run(options) }
    }
  }

  @Test func aShareIsNeverRoundedUpToAll() {
    #expect(Decimals.share(1) == "100 %" && Decimals.share(0) == "0 %")
    #expect(Decimals.share(89_853.0 / 150_024) == "59.9 %")
    #expect(Decimals.share(0.999) == "99.9 %")
    #expect(Decimals.share(0.99996) == "99.996 %")
    #expect(Decimals.share(1 - 1e-15).hasPrefix("99.99"))
  }
}
