import Simulation
import Testing

/// How long runs are, against the relaxation time of the M/M/1 queue.
@Suite struct RunLengthTests {
  private func options(_ load: Double, growing: Bool) -> SimulationOptions {
    var options = SimulationOptions(load: .poisson(requestsPerSecond: 100 * load))
    options.requests = 1000
    options.jitter = .exponential
    options.replications = 2
    options.growsWithLoad = growing
    return options
  }

  /// u / (1 - sqrt u)^2 requests: 0.81 / 0.01 = 81 at 0.81.
  @Test func theLoadDecidesTheLength() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    let short = try simulator.run(options(0.81, growing: false))
    #expect(short.counts.measured == 2000)
    #expect(abs(try #require(short.run.relaxationTimes) - 1000 / 81) < 0.01)
    #expect(abs(try #require(short.run.lengthNeeded) - 200 * 81 / 1000) < 0.01)
    let long = try simulator.run(options(0.81, growing: true))
    #expect(abs(long.counts.measured - 2 * 16_200) <= 2)
    #expect(long.run.lengthNeeded == nil)
    // 99 of 100 within ln 100 / (100 - 81) = 0.2424 s.
    #expect(abs(long.latency.p99.value / 0.2424 - 1) < 0.15)
  }

  @Test func loadsOfWhichNothingIsKnownHaveNone() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    var options = options(0.5, growing: true)
    options.load = .backToBack
    #expect(try simulator.run(options).run.relaxationTimes == nil)
    options.load = .closedLoop(clients: 2, thinkSeconds: 0)
    #expect(try simulator.run(options).run.relaxationTimes == nil)
    options.load = .poisson(requestsPerSecond: 120)
    let tooMuch = try simulator.run(options)
    #expect(tooMuch.run.relaxationTimes == nil && tooMuch.unstable != nil)
  }

  /// Bursts are remembered longer than single arrivals, evenly spaced ones not at all.
  @Test func arrivalsCount() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    func relaxations(_ load: Load) throws -> Double {
      var options = options(0.5, growing: false)
      options.load = load
      return try #require(try simulator.run(options).run.relaxationTimes)
    }
    let poisson = try relaxations(.poisson(requestsPerSecond: 50))
    let bursty = try relaxations(
      .bursty(BurstyLoad(calmRate: 20, burstRate: 80, meanCalmSeconds: 1, meanBurstSeconds: 1)))
    let constant = try relaxations(.constant(requestsPerSecond: 50))
    #expect(constant > 1.9 * poisson && poisson > 5 * bursty)
  }

  /// Bursts of 10 s at three times what is served leave 2,000 requests on average, and now and then five times as many: no queue that
  /// grows, since 81.8 of 100 requests a second come in the long run.
  @Test func longBurstsAreNotUnstable() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    var options = options(0.5, growing: true)
    options.jitter = .none
    options.load = .bursty(
      BurstyLoad(calmRate: 60, burstRate: 300, meanCalmSeconds: 100, meanBurstSeconds: 10))
    let report = try simulator.run(options)
    #expect(report.unstable == nil)
    #expect(abs(report.throughputPerSecond.value / 81.8 - 1) < 0.05)
    options.load = .bursty(
      BurstyLoad(calmRate: 90, burstRate: 300, meanCalmSeconds: 100, meanBurstSeconds: 10))
    #expect(try simulator.run(options).unstable != nil)
  }
}
