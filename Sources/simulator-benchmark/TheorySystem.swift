import Foundation
import Plan
import Simulation

/// A system with a figure that theory knows exactly, and how it is read from a report.
struct TheorySystem {
  var name: String
  /// Where the formula comes from.
  var source: String
  var figure: String
  var exact: Double
  var program: ExecutionProgram
  var options: SimulationOptions
  var read: (SimulationReport) -> SimulationReport.Estimate

  static var all: [TheorySystem] {
    [
      closedNetwork(clients: 8), closedNetwork(clients: 30), pollaczekKhinchine(variation: 1.5),
      pollaczekKhinchine(variation: 0.5), bursts(), processorSharing(variation: 0),
      processorSharing(variation: 2),
      window(size: 4), forkJoin(load: 0.5), forkJoin(load: 0.8), outage(),
    ] + [0.5, 0.9, 0.95, 0.99, 0.999].map(percentile)
  }

  private static func options(_ load: Load, _ jitter: Jitter = .exponential) -> SimulationOptions {
    var options = SimulationOptions(load: load)
    options.requests = 200_000
    options.warmUp = .requests(5000)
    options.replications = 8
    options.jitter = jitter
    options.queueing = .arrivalOrder
    options.seed = 2026
    return options
  }

  private static func mean(_ report: SimulationReport) -> SimulationReport.Estimate { report.latency.mean }

  /// Clients that think for 0.1 s between requests to two queues, of 10 and 6 ms: mean value analysis.
  private static func closedNetwork(clients: Int) -> TheorySystem {
    let (think, demands) = (0.1, [0.010, 0.006])
    var queues = [0.0, 0.0]
    var response = 0.0
    for population in 1...clients {
      let stays = zip(demands, queues).map { $0 * (1 + $1) }
      response = stays.reduce(0, +)
      let rate = Double(population) / (think + response)
      queues = stays.map { rate * $0 }
    }
    return TheorySystem(
      name: "closed network of two queues, \(clients) clients that think for 0.1 s",
      source: "mean value analysis (Reiser, Lavenberg 1980)", figure: "mean", exact: response,
      program: SharedSystem.stages(demands.map { (1, $0) }),
      options: options(.closedLoop(clients: clients, thinkSeconds: think)), read: mean)
  }

  private static func pollaczekKhinchine(variation: Double) -> TheorySystem {
    let (rate, service) = (70.0, 0.01)
    let load = rate * service
    return TheorySystem(
      name:
        "M/G/1, lognormal service with a coefficient of variation of \(trimmed(variation)), load \(trimmed(load))",
      source: "Pollaczek, Khinchine", figure: "mean",
      exact: service + load * service * (1 + variation * variation) / 2 / (1 - load),
      program: SharedSystem.stages([(1, service)]),
      options: options(.poisson(requestsPerSecond: rate), .lognormal(variation: variation)), read: mean)
  }

  /// Two states, 1 s each on average, of 20 and 80 requests a second, served at 100 a second.
  private static func bursts() -> TheorySystem {
    let (calm, burst, hold, service) = (20.0, 80.0, 1.0, 100.0)
    return TheorySystem(
      name: "MMPP/M/1: 20 and 80 requests a second in turn, 1 s each on average, served at 100",
      source: "matrix-geometric solution (Neuts 1981)", figure: "mean",
      exact: MarkovBursts(rates: (calm, burst), change: 1 / hold, service: service).meanInSystem
        / ((calm + burst) / 2),
      program: SharedSystem.stages([(1, 1 / service)]),
      options: options(
        .bursty(BurstyLoad(calmRate: calm, burstRate: burst, meanCalmSeconds: hold, meanBurstSeconds: hold))),
      read: mean)
  }

  private static func processorSharing(variation: Double) -> TheorySystem {
    let (rate, service) = (60.0, 0.01)
    var program = SharedSystem.stages([(1, service)])
    program.resources[0].kind = .linkIn
    var options = options(
      .poisson(requestsPerSecond: rate), variation > 0 ? .lognormal(variation: variation) : .none)
    options.linkSharing = .fair
    return TheorySystem(
      name: "M/G/1 with processor sharing, coefficient of variation \(trimmed(variation)), load 0.6",
      source: "insensitive to all but the mean (Kleinrock 1976)", figure: "mean",
      exact: service / (1 - rate * service), program: program, options: options, read: mean)
  }

  /// Batches of so many arrivals, which are served in no time to speak of.
  private static func window(size: Int) -> TheorySystem {
    let (rate, service) = (100.0, 1e-6)
    var options = options(.poisson(requestsPerSecond: rate), .none)
    options.batching = BatchingWindow(maximumRequests: size, maximumWaitSeconds: 1000)
    return TheorySystem(
      name: "batching window of \(size) requests", source: "(n - 1) / (2 rate)", figure: "mean",
      exact: Double(size - 1) / 2 / rate + service, program: SharedSystem.stages([(1, service)]),
      options: options, read: mean)
  }

  private static func forkJoin(load: Double) -> TheorySystem {
    let service = 0.01
    var program = SharedSystem.stages([(1, service), (1, service)])
    program.variants[0].tasks[1].predecessors = []
    return TheorySystem(
      name: "fork-join over two queues, load \(load)", source: "Flatto, Hahn 1984", figure: "mean",
      exact: (12 - load) / 8 * service / (1 - load), program: program,
      options: options(.poisson(requestsPerSecond: load / service)), read: mean)
  }

  /// Evenly spaced requests to a machine that is away for 2 of 10 s.
  private static func outage() -> TheorySystem {
    var options = options(.constant(requestsPerSecond: 100), .none)
    options.requests = 1000
    options.warmUp = .requests(0)
    options.failures = [Failure(device: "machine", atSeconds: 4, backSeconds: 6)]
    return TheorySystem(
      name: "outage of 2 s, 100 evenly spaced requests a second",
      source: "those that come while it lasts, and one in service",
      figure: "lost requests", exact: 200, program: SharedSystem.stages([(1, 0.001)]), options: options,
      read: { .init(value: Double($0.counts.failed) / Double($0.run.replications)) })
  }

  /// No queue: as many servers as requests ever meet.
  private static func percentile(_ share: Double) -> TheorySystem {
    let service = 0.01
    return TheorySystem(
      name: "200 servers, exponential service", source: "-ln(1 - p) service",
      figure: "p\(trimmed(share * 100))",
      exact: -log(1 - share) * service, program: SharedSystem.stages([(200, service)]),
      options: options(.poisson(requestsPerSecond: 1000)),
      read: { report in
        switch share {
        case 0.5: report.latency.p50
        case 0.9: report.latency.p90
        case 0.95: report.latency.p95
        case 0.99: report.latency.p99
        default: report.latency.p999
        }
      })
  }

  static func trimmed(_ value: Double) -> String { String(format: "%g", value) }
}

/// A queue with exponential service whose arrivals change between two rates: the mean number in the system by R, the least
/// solution of A0 + R A1 + R^2 A2 = 0 (Neuts 1981).
private struct MarkovBursts {
  let rates: (Double, Double)
  /// From either state to the other, a second.
  let change: Double
  let service: Double

  var meanInSystem: Double {
    let (up, down) = ([rates.0, 0, 0, rates.1], [service, 0, 0, service])
    let stay = [
      -rates.0 - change - service, change, change, -rates.1 - change - service,
    ]
    let inverse = Self.inverse(stay)
    var r = [0.0, 0, 0, 0]
    for _ in 0..<20_000 {
      let square = Self.product(Self.product(r, r), down)
      r = Self.product(zip(up, square).map { -($0 + $1) }, inverse)
    }
    // Level 0: B0 = stay + service on the diagonal; x (B0 + R A2) = 0, normed by x (I - R)^-1 1 = 1.
    let level = zip(zip(stay, down).map { $0 + $1 }, Self.product(r, down)).map { $0 + $1 }
    let ratio = -level[0] / level[2]
    let rest = Self.inverse([1 - r[0], -r[1], -r[2], 1 - r[3]])
    func sum(_ matrix: [Double]) -> Double { matrix[0] + matrix[1] + ratio * (matrix[2] + matrix[3]) }
    // Sum of n x R^n 1 = x R (I - R)^-2 1.
    return sum(Self.product(r, Self.product(rest, rest))) / sum(rest)
  }

  private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
    [
      a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2],
      a[2] * b[1] + a[3] * b[3],
    ]
  }

  private static func inverse(_ a: [Double]) -> [Double] {
    let determinant = a[0] * a[3] - a[1] * a[2]
    return [a[3] / determinant, -a[1] / determinant, -a[2] / determinant, a[0] / determinant]
  }
}
