import Plan
import Testing

@testable import Simulation

/// Hand-computed runs of a few requests.
@Suite struct BehaviourTests {
  private func trace(_ times: [Double]) -> SimulationOptions {
    var options = SimulationOptions(load: .trace(times.map { Arrival(seconds: $0) }))
    options.replications = 1
    return options
  }

  @Test func secondLegQueuesWhenTheFirstIsTaken() throws {
    // Two transfers at once: the link out takes 2 ms each, the shared link in 3 ms each.
    let program = ExecutionProgram(
      resources: [Programs.resource("out", .linkOut), Programs.resource("in", .linkIn)],
      devices: [Programs.device()], tables: [],
      variants: [.init(card: nil, share: 1, tasks: [Programs.task("move", [(0, 0.002), (1, 0.003)])])])
    let report = try Simulator(program).run(trace([0, 0]))
    // The second gets the link out at 2 ms, the link in at 3 ms, and ends at 6 ms.
    #expect(report.latency.maximum == 0.006)
    #expect(report.latency.mean.value == 0.0045)
    #expect(abs(report.resources[1].criticalWaitSeconds - 0.0005) < 1e-12)
    #expect(abs(report.resources[0].criticalWaitSeconds - 0.001) < 1e-12)
  }

  @Test func batchingWindow() throws {
    var options = trace([0, 0.001, 0.010, 0.011, 0.012])
    options.batching = .init(maximumRequests: 3, maximumWaitSeconds: 0.004)
    let padded = try Simulator(Programs.queue(seconds: 0.003)).run(options)
    // The first two leave at 4 ms and end at 7; the other three fill a batch at 12 and end at 15.
    #expect(abs(padded.latency.mean.value - 0.025 / 5) < 1e-12)  // 7 + 6 + 5 + 4 + 3 ms
    options.batching?.cost = .proportional
    let proportional = try Simulator(Programs.queue(seconds: 0.003)).run(options)
    #expect(abs(proportional.latency.mean.value - 0.023 / 5) < 1e-12)  // 6 + 5 + 5 + 4 + 3 ms
    let batching = try #require(proportional.criticalPath.first { $0.kind == .batching })
    #expect(abs(batching.seconds - 0.010 / 5) < 1e-12)  // 4 + 3 + 2 + 1 + 0 ms
  }

  @Test func lookupsAndLengthsScaleTheirPart() throws {
    var program = Programs.queue(seconds: 0.010)
    program.tables = [.init(name: "users", averageLookups: 20, maximumLookups: 100)]
    program.variants[0].tasks[0].tables = [.init(table: 0, fraction: 0.6)]
    var options = SimulationOptions(
      load: .trace([Arrival(seconds: 0, length: 64, lookupScale: 3), Arrival(seconds: 1, lookupScale: 0)]))
    options.replications = 1
    options.lengths = .init(plannedLength: 32, distribution: .fixed(32))
    let report = try Simulator(program).run(options)
    #expect(abs(report.latency.maximum - 0.026) < 1e-12)  // 10 ms x (0.4 x 2 + 0.6 x 3)
    #expect(abs(report.latency.mean.value - 0.015) < 1e-12)
  }

  @Test(arguments: [LookupDistribution.poisson, .geometric, .lognormal(variation: 0.5)])
  func drawnLookupsKeepTheirMean(distribution: LookupDistribution) throws {
    var program = Programs.queue(seconds: 0.010)
    program.tables = [.init(name: "users", averageLookups: 20, maximumLookups: 0)]
    program.variants[0].tasks[0].tables = [.init(table: 0, fraction: 1)]
    var options = SimulationOptions(load: .constant(requestsPerSecond: 1))
    options.requests = 4000
    options.warmUp = .requests(0)
    options.lookupsByTable = ["users": distribution]
    let report = try Simulator(program).run(options)
    #expect(abs(report.latency.mean.value / 0.010 - 1) < 0.03)
    #expect(report.latency.p99.value > 0.012)
  }

  /// Draws that a table's maximum cuts off still have the average as their mean: more variation is no less load.
  @Test(arguments: [
    LookupDistribution.poisson, .geometric, .lognormal(variation: 0.5), .lognormal(variation: 2),
  ])
  func cappedLookupsKeepTheirMean(distribution: LookupDistribution) throws {
    var random = RandomStream(seed: 7, replication: 0, purpose: .lookups)
    for (average, maximum) in [(20.0, 24.0), (20, 40), (3, 4), (200, 220), (0.6, 1)] {
      let capped = CappedDistribution(distribution, average: average, maximum: maximum)
      #expect(
        abs(CappedDistribution.cappedMean(distribution, mean: capped.mean, maximum: maximum) / average - 1)
          < 1e-9)
      let draws = (0..<40_000).map { _ in capped.draw(from: &random) }
      #expect(draws.allSatisfy { $0 <= maximum })
      let mean = draws.reduce(0, +) / 40_000
      #expect(abs(mean / average - 1) < 0.02, "\(distribution) \(average) of \(maximum): \(mean)")
    }
    // No room to vary in.
    let pinned = CappedDistribution(distribution, average: 16, maximum: 16)
    #expect((0..<100).allSatisfy { _ in pinned.draw(from: &random) == 16 })
  }

  /// Two groups of cores of a device that work one after the other: it works all the time that one of them does.
  @Test func powerFollowsTheTimeInWhichAnyCoreWorks() throws {
    let program = ExecutionProgram(
      resources: [
        Programs.resource("sparse", .sparseCores), Programs.resource("dense", .denseCores),
        Programs.resource("memory", .dram),
      ],
      devices: [Programs.device()], tables: [],
      variants: [
        .init(
          card: nil, share: 1,
          tasks: [
            Programs.task("look up", [(0, 0.001)]), Programs.task("multiply", [(1, 0.003)], after: [0]),
            Programs.task("both", [(0, 0.001), (1, 0.002)], after: [1]),
            Programs.task("move", [(2, 0.004)], after: [2]),
          ])
      ])
    var options = SimulationOptions(load: .constant(requestsPerSecond: 50))
    options.warmUp = .requests(10)
    options.requests = 1000
    let device = try #require(try Simulator(program).run(options).devices.first)
    // 1 + 3 + 2 ms of every 20; each group alone works 2 and 5.
    #expect(abs(device.utilisation - 0.3) < 1e-3)
    #expect(abs(device.averageWatts - (10 + 20 * 0.3)) < 0.02)
  }

  @Test func oldestRequestGoesFirst() throws {
    // Request 0 comes back to the queue at 3 ms, behind request 2, which came at 2.5 ms.
    let program = ExecutionProgram(
      resources: [Programs.resource("a"), Programs.resource("b")], devices: [Programs.device()], tables: [],
      variants: [
        .init(
          card: nil, share: 1,
          tasks: [
            Programs.task("one", [(0, 0.001)]), Programs.task("two", [(1, 0.002)], after: [0]),
            Programs.task("three", [(0, 0.001)], after: [1]),
          ])
      ])
    var options = trace([0, 0.0022, 0.0025])
    func firstEnds() throws -> Double {
      let recording = try Simulator(program).record(options, .init(fromSeconds: 0, toSeconds: 1))
      return try #require(recording.requests.first { $0.request == 0 }).endSeconds
    }
    options.queueing = .arrivalOrder
    // Request 1 runs from 2.2 to 3.2, then request 2 until 4.2, then request 0.
    #expect(try abs(firstEnds() - 0.0052) < 1e-12)
    options.queueing = .oldestRequest
    #expect(try abs(firstEnds() - 0.0042) < 1e-12)
  }

  @Test func leastLoadedAvoidsTheSlowReplica() throws {
    let program = ExecutionProgram(
      resources: [Programs.resource("slow"), Programs.resource("fast")], devices: [Programs.device()],
      tables: [],
      variants: [
        .init(card: nil, share: 0.5, tasks: [Programs.task("work", [(0, 0.004)])]),
        .init(card: nil, share: 0.5, tasks: [Programs.task("work", [(1, 0.001)])]),
      ])
    var options = SimulationOptions(load: .poisson(requestsPerSecond: 450))
    options.requests = 2000
    let inTurn = try Simulator(program).run(options)
    options.dispatch = .leastLoaded
    let leastLoaded = try Simulator(program).run(options)
    #expect(leastLoaded.latency.mean.value < 0.6 * inTurn.latency.mean.value)
  }

  @Test func warmUpIsFoundInATransientSeries() {
    #expect(WarmUpDetection.truncation(of: [Double](repeating: 1, count: 1000)) == 0)
    let transient: [Double] = (0..<200).map { Double($0) / 200 }
    let level: [Double] = (0..<800).map { 1 + Double($0 % 7) / 100 }
    let rising = transient + level
    let found = WarmUpDetection.truncation(of: rising)
    #expect(found >= 190 && found <= 230)
  }

  @Test func studentT() throws {
    #expect(StudentT.point95(degreesOfFreedom: 1) == 12.706)
    #expect(abs(StudentT.point95(degreesOfFreedom: 40) - 2.021) < 0.001)
    #expect(abs(StudentT.point95(degreesOfFreedom: 120) - 1.980) < 0.001)
    let width = try #require(StudentT.halfWidth95([1, 2, 3, 4]))
    // Deviation sqrt(5/3), three degrees of freedom: 3.182 * 1.2910 / 2.
    #expect(abs(width - 2.0540) < 0.001)
    #expect(StudentT.halfWidth95([1]) == nil)
  }

  @Test func quantilesAreWithinAThousandth() {
    var histogram = LatencyHistogram()
    for value in 1...100_000 { histogram.record(Int64(value) * 1_234_567) }
    for fraction in [0.001, 0.1, 0.5, 0.9, 0.99, 0.999] {
      let exact = Ticks.seconds(Int64(fraction * 100_000) * 1_234_567)
      #expect(abs(histogram.quantile(fraction) / exact - 1) < 0.001)
    }
  }
}
