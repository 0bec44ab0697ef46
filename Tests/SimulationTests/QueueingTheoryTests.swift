import Plan
import Simulation
import Testing

/// The simulator against closed forms.
@Suite struct QueueingTheoryTests {
  private func options(_ rate: Double, jitter: Jitter = .none) -> SimulationOptions {
    var options = SimulationOptions(load: .poisson(requestsPerSecond: rate))
    options.requests = 6000
    options.warmUp = .requests(500)
    options.replications = 6
    options.jitter = jitter
    options.seed = 11
    return options
  }

  /// Within one and a half times the 95 % interval, so that a right simulator fails for about one seed in 100.
  private func agrees(_ estimate: SimulationReport.Estimate, _ exact: Double) -> Bool {
    guard let width = estimate.halfWidth95 else { return false }
    return abs(estimate.value - exact) <= 1.5 * width + 0.001 * exact && width < 0.3 * exact
  }

  @Test(arguments: [0.3, 0.7])
  func mm1(load: Double) throws {
    let report = try Simulator(Programs.queue(seconds: 0.01)).run(options(100 * load, jitter: .exponential))
    // Times in the system are exponential with rate mu - lambda.
    let rate = 100 * (1 - load)
    #expect(agrees(report.latency.mean, 1 / rate))
    #expect(agrees(report.latency.p50, 0.693147 / rate))
    #expect(agrees(report.latency.p99, 4.605170 / rate))
    #expect(abs(report.resources[0].utilisation - load) < 0.03)
    // The queue without those in service: load^2 / (1 - load).
    #expect(abs(report.resources[0].meanQueueLength / (load * load / (1 - load)) - 1) < 0.15)
    #expect(report.unstable == nil)
    #expect(report.littlesLaw.holds && report.counts.balanced)
    #expect(abs(report.littlesLaw.meanInSystem / report.littlesLaw.rateTimesLatency - 1) < 0.02)
  }

  @Test(arguments: [0.5, 0.8])
  func md1(load: Double) throws {
    let report = try Simulator(Programs.queue(seconds: 0.01)).run(options(100 * load))
    // Pollaczek and Khinchin: mean wait = load * service / (2 (1 - load)).
    #expect(agrees(report.latency.mean, 0.01 + load * 0.01 / (2 * (1 - load))))
    let p99 = ClosedForms.quantile(0.99) {
      ClosedForms.md1Tail(arrivals: 100 * load, serviceSeconds: 0.01, $0)
    }
    #expect(agrees(report.latency.p99, p99))
  }

  @Test func mm3() throws {
    let servers = 3.0
    let offered = 2.1
    let report = try Simulator(Programs.queue(servers: 3, seconds: 0.01))
      .run(options(100 * offered, jitter: .exponential))
    // Erlang C: the chance to wait, then the mean wait.
    let last = offered * offered * offered / 6 * servers / (servers - offered)
    let waits = last / (1 + offered + offered * offered / 2 + last)
    #expect(agrees(report.latency.mean, 0.01 + waits / (100 * (servers - offered))))
    let p99 = ClosedForms.quantile(0.99) {
      ClosedForms.mmcTail(arrivals: 100 * offered, service: 100, servers: 3, $0)
    }
    #expect(agrees(report.latency.p99, p99))
  }

  /// Jackson: each stage of a tandem behaves as an M/M/1 queue of its own.
  @Test func tandem() throws {
    let report = try Simulator(Programs.tandem([0.01, 0.008])).run(options(60, jitter: .exponential))
    #expect(agrees(report.latency.mean, 1 / (100 - 60.0) + 1 / (125 - 60.0)))
    #expect(agrees(report.latency.p99, ClosedForms.quantile(0.99) { ClosedForms.tandemTail(40, 65, $0) }))
    #expect(report.limitingResource == "stage 0")
  }

  /// M/G/1 with processor sharing: mean time = service / (1 - load), whatever the distribution of service.
  @Test(arguments: [Jitter.none, .exponential])
  func sharedLink(jitter: Jitter) throws {
    var program = Programs.queue(seconds: 0.01)
    program.resources[0].kind = .linkIn
    var options = options(60, jitter: jitter)
    options.linkSharing = .fair
    let report = try Simulator(program).run(options)
    #expect(agrees(report.latency.mean, 0.01 / (1 - 0.6)))
    #expect(abs(report.resources[0].utilisation - 0.6) < 0.03)
    #expect(report.littlesLaw.holds && report.counts.balanced)
  }

  /// A closed system of one queue with N clients that think for an exponential time would need the machine repair
  /// model; with none that think, the server never rests and each request waits for all others.
  @Test func closedLoopWithoutThinking() throws {
    var options = SimulationOptions(load: .closedLoop(clients: 5, thinkSeconds: 0))
    options.requests = 1000
    options.warmUp = .requests(10)
    let report = try Simulator(Programs.queue(seconds: 0.01)).run(options)
    #expect(abs(report.throughputPerSecond.value - 100) < 1e-6)
    #expect(abs(report.latency.p50.value - 0.05) < 0.05 * 0.001)
    #expect(report.counts.inFlight == 4 * 4)
  }
}
