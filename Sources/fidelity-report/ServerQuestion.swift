import Partitioner

/// MLPerf's server scenario of ResNet-50: the highest rate of random arrivals whose 99th percentile is within 15 ms, as a part of the
/// offline rate.
struct ServerQuestion {
  var system: String
  var cards: Int
  /// Images that are run at once: as many as take about a quarter of the limit [assumed].
  var batch: Int
  /// Server over offline, as submitted.
  var measured: Double

  static let all = [
    ServerQuestion(system: "nnpi", cards: 2, batch: 12, measured: 10_304 / 10_579.5),
    ServerQuestion(system: "t4", cards: 1, batch: 16, measured: 4652 / 6035.6),
    ServerQuestion(system: "t4", cards: 8, batch: 16, measured: 44_504.8 / 48_897.8),
    ServerQuestion(system: "a10", cards: 8, batch: 32, measured: 88_013.5 / 110_197),
    ServerQuestion(system: "h100", cards: 1, batch: 128, measured: 47_001.4 / 56_635),
    ServerQuestion(system: "cloud-ai-100-standard", cards: 8, batch: 32, measured: 152_756 / 158_923),
  ]

  private static let limitSeconds = 0.015

  /// By the simulator: cards as servers of one queue, each batch as long as the cost model says.
  ///
  /// - Throws: `missingFile`, `badInput`, `usage`.
  func predicted(models: String, offline: Double) throws(PartitionError) -> Double {
    let cost = try NetworkCost(
      path: "\(models)/resnet50.json", batch: batch, on: try Partitioner.system(named: system, cards: 1),
      precision: .int8, activations: .int8)
    let program = ExecutionProgram(
      resources: [.init(name: "cards", kind: .denseCores, device: 0, servers: cards)],
      devices: [
        .init(
          name: "machine", isHost: true, memoryBytes: 0, staticBytes: 0, activationBytes: 0,
          inFlightLimit: .max, idleWatts: 0, busyWatts: 0)
      ],
      tables: [],
      variants: [
        .init(
          card: nil, share: 1,
          tasks: [
            .init(
              name: "network", kind: .dense, device: 0, legs: [.init(resource: 0, seconds: cost.seconds)],
              predecessors: [])
          ])
      ])
    var options = SimulationOptions(load: .poisson(requestsPerSecond: 1))
    options.batching = BatchingWindow(maximumRequests: batch, maximumWaitSeconds: Self.limitSeconds / 3)
    options.seed = 1
    do {
      let search = try Simulator(program).highestRate(
        meeting: LatencyObjective(limitSeconds: Self.limitSeconds), options)
      return search.highestRate / (Double(cards) * offline)
    } catch {
      throw PartitionError(error)
    }
  }
}
