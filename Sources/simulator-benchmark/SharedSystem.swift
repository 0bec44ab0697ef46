import Plan
import Simulation

/// A small system that SimPy builds too, from this very description.
struct SharedSystem {
  enum Theory: String, Encodable { case manyServers, constantService, tandem }

  var name: String
  /// What theory calls it, where theory has a closed form.
  var theory: Theory?
  var program: ExecutionProgram
  var load: Load
  var jitter: Jitter
  var requests: Int

  static let all: [SharedSystem] = [
    SharedSystem(
      name: "M/M/1, load 0.7", theory: .manyServers,
      program: stages([(1, 0.01)]), load: .poisson(requestsPerSecond: 70), jitter: .exponential,
      requests: 20_000),
    SharedSystem(
      name: "M/D/1, load 0.8", theory: .constantService,
      program: stages([(1, 0.01)]), load: .poisson(requestsPerSecond: 80), jitter: .none, requests: 20_000),
    SharedSystem(
      name: "M/M/3, load 0.7", theory: .manyServers, program: stages([(3, 0.01)]),
      load: .poisson(requestsPerSecond: 210), jitter: .exponential, requests: 20_000),
    SharedSystem(
      name: "tandem of M/M/1, loads 0.6 and 0.48", theory: .tandem,
      program: stages([(1, 0.01), (1, 0.008)]), load: .poisson(requestsPerSecond: 60), jitter: .exponential,
      requests: 20_000),
    SharedSystem(
      name: "recommendation on 6 cards, load 0.8, Poisson", theory: nil,
      program: RecommendationProgram.make(), load: .poisson(requestsPerSecond: 4200), jitter: .none,
      requests: 2000),
    SharedSystem(
      name: "recommendation on 6 cards, load 0.8, evenly spaced", theory: nil,
      program: RecommendationProgram.make(), load: .constant(requestsPerSecond: 4201), jitter: .none,
      requests: 2000),
  ]

  var options: SimulationOptions {
    var options = SimulationOptions(load: load)
    options.requests = requests
    options.warmUp = .requests(requests / 20)
    options.replications = 8
    options.threads = 1
    options.jitter = jitter
    // As SimPy and the closed forms do.
    options.queueing = .arrivalOrder
    options.seed = 2021
    return options
  }

  static func stages(_ stages: [(servers: Int, seconds: Double)]) -> ExecutionProgram {
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
}
