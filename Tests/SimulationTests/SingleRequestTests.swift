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
}
