import Simulation
import Testing

@Suite struct RateSearchTests {
  private func options() -> SimulationOptions {
    var options = SimulationOptions(load: .poisson(requestsPerSecond: 1))
    options.requests = 4000
    options.warmUp = .requests(200)
    options.jitter = .exponential
    return options
  }

  /// M/M/1: p99 = ln 100 / (mu - lambda), so that 0.1 s is met up to 100 - 46.05 requests a second.
  @Test func findsTheRateOfMM1() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    let search = try simulator.highestRate(
      meeting: .init(limitSeconds: 0.1), options(), tolerance: 0.01)
    #expect(abs(search.highestRate - 53.95) < 4)
    #expect(search.surelyMet <= search.highestRate && search.highestRate <= search.surelyMissed)
    #expect(search.surelyMet < 53.95 && 53.95 < search.surelyMissed)
    #expect(search.surelyMissed - search.surelyMet < 0.1 * search.highestRate)
    #expect(
      search.trials.contains { $0.isIndependent && $0.requestsPerSecond == search.highestRate && $0.meets })
    let report = try #require(search.report)
    #expect(report.latency.p99.value <= 0.1)
    #expect(report.unstable == nil)
  }

  /// M/M/1 near saturation: 97.7 requests a second meet 2 s, and short runs say 99.4.
  @Test func nearSaturationLongRunsSettleIt() throws {
    var options = options()
    options.requests = 2000
    let search = try Simulator(Programs.queue(seconds: 0.01)).highestRate(
      meeting: .init(limitSeconds: 2), options, tolerance: 0.005)
    let exact = 100 - 4.605_17 / 2
    #expect(search.surelyMet < exact && exact < search.surelyMissed)
    #expect(search.surelyMissed - search.surelyMet < 0.1 * exact)
    #expect(search.highestRate > 0.96 * exact)
  }

  @Test func saysWhenNoRateMeetsIt() throws {
    let search = try Simulator(Programs.queue(seconds: 0.01)).highestRate(
      meeting: .init(limitSeconds: 0.001), options(), tolerance: 0.01)
    #expect(search.highestRate == 0)
    #expect(search.report == nil)
    #expect(search.trials.count == 1)
  }

  @Test func precisionAddsReplications() throws {
    var options = options()
    options.load = .poisson(requestsPerSecond: 50)
    options.replications = 2
    options.precision = 0.1
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    let report = try simulator.run(options)
    #expect(report.run.precisionReached == true)
    #expect(report.run.replications > 2)
    let width = try #require(report.latency.p99.halfWidth95)
    #expect(width <= 0.11 * report.latency.p99.value)
    options.precision = 0.0001
    options.maximumReplications = 5
    let limited = try simulator.run(options)
    #expect(limited.run.precisionReached == false)
    #expect(limited.run.replications == 5)
  }
}
