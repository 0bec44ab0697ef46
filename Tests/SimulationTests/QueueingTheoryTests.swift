import Plan
import Simulation
import Testing

/// The simulator against closed forms.
@Suite struct QueueingTheoryTests {
  private func options(_ rate: Double, jitter: Jitter = .none) -> SimulationOptions {
    var options = SimulationOptions(load: .poisson(requestsPerSecond: rate))
    options.requests = 8000
    options.warmUp = .requests(500)
    options.replications = 6
    options.jitter = jitter
    options.seed = 7
    return options
  }

  /// Within one and a half times the 95 % interval, so that a right simulator fails about once in 300 seeds.
  private func agrees(_ estimate: SimulationReport.Estimate, _ exact: Double) -> Bool {
    guard let width = estimate.halfWidth95 else { return false }
    return abs(estimate.value - exact) <= 1.5 * width + 0.001 * exact && width < 0.1 * exact
  }

  @Test(arguments: [0.3, 0.6, 0.8])
  func mm1(load: Double) throws {
    let report = try Simulator(Programs.queue(seconds: 0.01)).run(options(100 * load, jitter: .exponential))
    // Sojourn times are exponential with rate mu - lambda.
    let rate = 100 * (1 - load)
    #expect(agrees(report.latency.mean, 1 / rate))
    #expect(agrees(report.latency.p50, 0.693147 / rate))
    #expect(agrees(report.latency.p99, 4.605170 / rate))
    #expect(abs(report.resources[0].utilisation - load) < 0.02)
    #expect(report.unstable == nil)
    #expect(report.littlesLaw.holds && report.counts.balanced)
    #expect(abs(report.littlesLaw.meanInSystem / report.littlesLaw.rateTimesLatency - 1) < 0.02)
  }

  @Test(arguments: [0.5, 0.8])
  func md1(load: Double) throws {
    let report = try Simulator(Programs.queue(seconds: 0.01)).run(options(100 * load))
    // Pollaczek and Khinchin: mean wait = load * service / (2 (1 - load)).
    #expect(agrees(report.latency.mean, 0.01 + load * 0.01 / (2 * (1 - load))))
  }
}
