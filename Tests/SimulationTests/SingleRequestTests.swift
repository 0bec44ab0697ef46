import Plan
import Simulation
import Testing

/// One request in an empty system.
@Suite struct SingleRequestTests {
  @Test func longestLegDecides() throws {
    let program = ExecutionProgram(
      resources: [Programs.resource("a"), Programs.resource("b", .dram)], devices: [Programs.device()],
      tables: [],
      variants: [
        .init(
          card: nil, share: 1,
          tasks: [
            Programs.task("first", [(0, 0.001), (1, 0.004)]),
            Programs.task("second", [(1, 0.002), (0, 0.003)], after: [0]),
          ])
      ])
    let simulator = try Simulator(program)
    #expect(try simulator.emptySystemLatencySeconds() == [0.007])
    #expect(simulator.bounds.longestPathSeconds == [0.007])
    #expect(simulator.bounds.saturatedRate == 1 / 0.006)
  }

  @Test func backToBackReachesTheBottleneck() throws {
    let simulator = try Simulator(Programs.tandem([0.001, 0.004, 0.002]))
    let report = try simulator.run(SimulationOptions(load: .backToBack))
    #expect(abs(report.throughputPerSecond.value * 0.004 - 1) < 0.02)
    #expect(report.limitingResource == "stage 1")
    #expect(report.limitedByInFlight == nil && report.devices[0].inFlightLimit == nil)
    #expect(report.littlesLaw.holds && report.counts.balanced)
  }

  @Test func overloadEndsByItself() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    var options = SimulationOptions(load: .poisson(requestsPerSecond: 150))
    options.requests = 1_000_000
    options.maximumInSystem = 1000
    options.replications = 2
    options.warmUp = .requests(0)
    let report = try simulator.run(options)
    let growth = try #require(report.unstable?.queueGrowthPerSecond)
    #expect(abs(growth - 50) < 10)
  }

  /// Half a request a second too many shows in no queue of a short run.
  @Test func aRateJustAboveSaturationIsUnstable() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    func growth(_ rate: Double, _ change: (inout SimulationOptions) -> Void = { _ in }) throws -> Double? {
      var options = SimulationOptions(load: .constant(requestsPerSecond: rate))
      options.requests = 500
      change(&options)
      return try simulator.run(options).unstable?.queueGrowthPerSecond
    }
    #expect(try growth(99.5) == nil)
    #expect(try growth(100) == nil)
    let excess = try #require(try growth(100.5))
    #expect(abs(excess - 0.5) < 1e-9)
    // Two requests a batch, and shorter requests: nothing is known before it is seen.
    #expect(try growth(150) { $0.batching = .init(maximumRequests: 2, maximumWaitSeconds: 0.1) } == nil)
    #expect(
      try growth(150) { $0.lengths = .init(plannedLength: 2, distribution: .fixed(1)) } == nil)
  }
}
