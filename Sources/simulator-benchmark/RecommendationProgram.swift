import Plan

/// A recommendation model on six cards as a planner would lay it out: tables on every card, the dense part replicated
/// on every card, all card to card traffic peer to peer. Figures are round ones of the right size.
enum RecommendationProgram {
  static func make(cards: Int = 6) -> ExecutionProgram {
    var resources: [ExecutionProgram.Resource] = [
      .init(name: "host cores", kind: .hostCores, device: 0, servers: 8),
      .init(name: "uplink in", kind: .uplinkIn, device: 0, servers: 1),
      .init(name: "uplink out", kind: .uplinkOut, device: 0, servers: 1),
    ]
    var devices: [ExecutionProgram.Device] = [
      .init(
        name: "host", isHost: true, memoryBytes: 64_000_000_000, staticBytes: 1_000_000_000,
        activationBytes: 1_000_000, inFlightLimit: 256, idleWatts: 40, busyWatts: 90)
    ]
    for card in 0..<cards {
      let name = "card\(card)"
      let kinds: [(String, ExecutionProgram.ResourceKind, Int)] = [
        ("sparse", .sparseCores, 6), ("dense", .denseCores, 6), ("DRAM", .dram, 1), ("link in", .linkIn, 1),
        ("link out", .linkOut, 1),
      ]
      for (label, kind, servers) in kinds {
        resources.append(.init(name: "\(name) \(label)", kind: kind, device: card + 1, servers: servers))
      }
      devices.append(
        .init(
          name: name, isHost: false, memoryBytes: 16_000_000_000, staticBytes: 15_000_000_000,
          activationBytes: 2_000_000, inFlightLimit: 24, idleWatts: 4, busyWatts: 12))
    }
    let tables = (0..<cards).map {
      ExecutionProgram.Table(name: "tables of card\($0)", averageLookups: 40, maximumLookups: 100)
    }
    return ExecutionProgram(
      resources: resources, devices: devices, tables: tables,
      variants: (0..<cards).map { variant(denseCard: $0, cards: cards) })
  }

  private static func resource(_ card: Int, _ part: Int) -> Int { 3 + 5 * card + part }

  private static func variant(denseCard: Int, cards: Int) -> ExecutionProgram.Variant {
    var tasks: [ExecutionProgram.Task] = [
      .init(name: "prepare", kind: .host, device: 0, legs: [.init(resource: 0, seconds: 150e-6)])
    ]
    var pooled: [Int] = []
    for card in 0..<cards {
      tasks.append(
        .init(
          name: "indices to card\(card)", kind: .transfer, device: card + 1, source: 0,
          legs: [.init(resource: 2, seconds: 12e-6), .init(resource: resource(card, 3), seconds: 35e-6)],
          predecessors: [0], bytes: 120_000))
      tasks.append(
        .init(
          name: "look-ups of card\(card)", kind: .sparse, device: card + 1,
          legs: [
            .init(resource: resource(card, 0), seconds: 300e-6),
            .init(resource: resource(card, 2), seconds: 180e-6),
          ],
          predecessors: [tasks.count - 1], tables: [.init(table: card, fraction: 0.9)]))
      guard card != denseCard else {
        pooled.append(tasks.count - 1)
        continue
      }
      tasks.append(
        .init(
          name: "pooled from card\(card)", kind: .transfer, device: denseCard + 1, source: card + 1,
          legs: [
            .init(resource: resource(card, 4), seconds: 30e-6),
            .init(resource: resource(denseCard, 3), seconds: 30e-6),
          ],
          predecessors: [tasks.count - 1], bytes: 100_000))
      pooled.append(tasks.count - 1)
    }
    tasks.append(
      .init(
        name: "dense input", kind: .transfer, device: denseCard + 1, source: 0,
        legs: [.init(resource: 2, seconds: 5e-6), .init(resource: resource(denseCard, 3), seconds: 10e-6)],
        predecessors: [0], bytes: 30_000))
    tasks.append(
      .init(
        name: "dense part", kind: .dense, device: denseCard + 1,
        legs: [
          .init(resource: resource(denseCard, 1), seconds: 900e-6),
          .init(resource: resource(denseCard, 2), seconds: 60e-6),
        ],
        predecessors: pooled + [tasks.count - 1]))
    tasks.append(
      .init(
        name: "answer", kind: .transfer, device: 0, source: denseCard + 1,
        legs: [.init(resource: resource(denseCard, 4), seconds: 6e-6), .init(resource: 1, seconds: 3e-6)],
        predecessors: [tasks.count - 1], bytes: 1024))
    return .init(card: denseCard + 1, share: 1 / Double(cards), tasks: tasks)
  }
}
