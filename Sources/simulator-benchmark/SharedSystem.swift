import Plan
import Simulation

/// A small system that SimPy builds too, from this very description.
struct SharedSystem {
  var name: String
  /// What theory says of the mean time in the system; `nil` where there is no closed form.
  var exactMeanSeconds: Double?
  var exactP99Seconds: Double?
  var program: ExecutionProgram
  var load: Load
  var jitter: Jitter
  var requests: Int

  static let all: [SharedSystem] = [
    SharedSystem(
      name: "M/M/1, load 0.7", exactMeanSeconds: 1 / 30.0, exactP99Seconds: 4.605170 / 30,
      program: stages([(1, 0.01)]), load: .poisson(requestsPerSecond: 70), jitter: .exponential,
      requests: 20_000),
    SharedSystem(
      name: "M/D/1, load 0.8", exactMeanSeconds: 0.01 + 0.8 * 0.01 / 0.4, exactP99Seconds: nil,
      program: stages([(1, 0.01)]), load: .poisson(requestsPerSecond: 80), jitter: .none, requests: 20_000),
    SharedSystem(
      name: "M/M/3, load 0.7", exactMeanSeconds: 0.01 + erlangC(servers: 3, offered: 2.1) / (100 * 0.9),
      exactP99Seconds: nil, program: stages([(3, 0.01)]), load: .poisson(requestsPerSecond: 210),
      jitter: .exponential, requests: 20_000),
    SharedSystem(
      name: "tandem of M/M/1, loads 0.6 and 0.48", exactMeanSeconds: 1 / 40.0 + 1 / 65.0,
      exactP99Seconds: nil,
      program: stages([(1, 0.01), (1, 0.008)]), load: .poisson(requestsPerSecond: 60), jitter: .exponential,
      requests: 20_000),
    SharedSystem(
      name: "recommendation on 6 cards, load 0.8, Poisson", exactMeanSeconds: nil, exactP99Seconds: nil,
      program: RecommendationProgram.make(), load: .poisson(requestsPerSecond: 4200), jitter: .none,
      requests: 2000),
    SharedSystem(
      name: "recommendation on 6 cards, load 0.8, evenly spaced", exactMeanSeconds: nil, exactP99Seconds: nil,
      program: RecommendationProgram.make(), load: .constant(requestsPerSecond: 4201), jitter: .none,
      requests: 2000),
  ]

  var options: SimulationOptions {
    var options = SimulationOptions(load: load)
    options.requests = requests
    options.warmUp = .requests(requests / 20)
    options.replications = 8
    options.jitter = jitter
    options.seed = 2021
    return options
  }

  private static func stages(_ stages: [(servers: Int, seconds: Double)]) -> ExecutionProgram {
    ExecutionProgram(
      resources: stages.enumerated().map {
        .init(name: "stage \($0)", kind: .denseCores, device: 0, servers: $1.servers)
      },
      devices: [
        .init(
          name: "machine", isHost: true, memoryBytes: 0, staticBytes: 0, activationBytes: 0,
          inFlightLimit: .max,
          idleWatts: 0, busyWatts: 0)
      ],
      tables: [],
      variants: [
        .init(
          card: nil, share: 1,
          tasks: stages.enumerated().map { index, stage in
            .init(
              name: "stage \(index)", kind: .dense, device: 0,
              legs: [.init(resource: index, seconds: stage.seconds)],
              predecessors: index == 0 ? [] : [index - 1])
          })
      ])
  }

  /// The chance that a request finds all servers busy.
  private static func erlangC(servers: Int, offered: Double) -> Double {
    var term = 1.0
    var sum = 0.0
    for count in 0..<servers {
      sum += term
      term *= offered / Double(count + 1)
    }
    let waiting = term * Double(servers) / (Double(servers) - offered)
    return waiting / (sum + waiting)
  }
}
