import Plan
import Reporting
import Simulation
import Testing

@Suite struct SimulationSummaryTests {
  /// Two replicas, each on a card of its own; a batch takes 1 ms there.
  private func summary(_ given: SimulationOptions) throws -> String {
    var options = given
    options.requirements.latencyBudgetSeconds = 0.002
    let program = ExecutionProgram(
      resources: (0..<2).map { .init(name: "card\($0).dense", kind: .denseCores, device: $0, servers: 1) },
      devices: (0..<2).map {
        .init(
          name: "card\($0)", isHost: false, memoryBytes: 0, staticBytes: 0, activationBytes: 0,
          inFlightLimit: 8,
          idleWatts: 1, busyWatts: 2)
      },
      tables: [],
      variants: (0..<2).map { card in
        .init(
          card: card, share: 0.5,
          tasks: [
            .init(name: "work", kind: .dense, device: card, legs: [.init(resource: card, seconds: 0.001)])
          ])
      })
    let report = try Simulator(program).run(options)
    return SimulationSummary(report, load: "a load").text
  }

  private func options(_ rate: Double, failing device: String) -> SimulationOptions {
    var options = SimulationOptions(load: .constant(requestsPerSecond: rate))
    options.requests = 500
    options.replications = 1
    options.failures = [.init(device: device, atSeconds: 0.1, backSeconds: 0.2)]
    return options
  }

  @Test func outagesSayWhetherTheSurvivorsKeepTheBudget() throws {
    func during(_ text: String) throws -> String {
      String(try #require(text.split(separator: "\n").first { $0.contains("  during") }))
    }
    #expect(try during(summary(options(800, failing: "card1"))).hasSuffix("  within the budget"))
    #expect(try during(summary(options(1600, failing: "card1"))).hasSuffix("  OVER THE BUDGET"))
    // Nobody is served: no latency.
    var both = options(800, failing: "card1")
    both.failures.append(.init(device: "card0", atSeconds: 0.1, backSeconds: 0.2))
    let text = try summary(both)
    #expect(try during(text).split(separator: " ").suffix(5) == ["-", "-", "100", "%", "lost"])
    #expect(
      text.contains("  budget      MISSED: so many requests were lost that p99 has no end, against 2.00 ms\n")
    )
    #expect(text.contains("  available   84 %, LESS THAN the 100 % asked for: 80 of 500 requests lost\n"))
    both.requirements.availability = 0.84
    #expect(
      try summary(both).contains(
        "  available   84 %, enough for the 84 % asked for: 80 of 500 requests lost\n"))
  }

  @Test func tooHighARateIsSaidFirst() throws {
    var options = options(2001, failing: "card1")
    options.failures = []
    let lines = try summary(options).split(separator: "\n")
    #expect(lines[1].hasPrefix("  UNSTABLE: the queue grows by 1.00 requests/s ("), "\(lines[1])")
  }
}
