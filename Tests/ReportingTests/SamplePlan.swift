import Hardware

@testable import Plan

/// A made-up plan of a recommendation model: tables dealt out to the cards, dense parts on every card.
enum SamplePlan {
  static func recommendation(cards: Int, tables: Int) throws -> PlanDocument {
    let system = try SystemCatalog.system("nnpi", cards: cards)
    let predicted = prediction(cards: cards)
    return PlanDocument(
      model: .init(name: "sample", path: "sample.json", sha256: "", dimensions: [:]),
      request: .init(
        objective: .throughput, latencyBudgetMilliseconds: 100, requestedGap: 0.01, precision: .int8,
        tablePrecisions: [.int8, .int4], requestsInFlight: 2, batch: 64),
      system: system, cores: [], partitions: partitions(cards: cards),
      tables: (0..<tables).map { table($0, cards: cards) }, transfers: transfers(cards: cards),
      predicted: predicted,
      certificate: .init(
        unit: .seconds, objective: predicted.bottleneckSeconds, bound: predicted.bottleneckSeconds * 0.992,
        gap: 0.008, status: .proven, provedBy: "aggregated LP", scope: "all placements"),
      notes: ["52 of 256 tables are stored in int4: in int8 they take 109 GB and the cards hold 90.1 GB"])
  }

  /// One model on the host alone, within no budget.
  static func hostOnly() throws -> PlanDocument {
    var plan = try recommendation(cards: 1, tables: 0)
    plan.partitions = [
      .init(
        id: 0, site: "host", role: .dense, level: 0, operators: ["only"], coreSeconds: 0.002, dramSeconds: 0)
    ]
    plan.transfers = []
    plan.notes = []
    plan.request.latencyBudgetMilliseconds = nil
    plan.request.batch = nil
    plan.predicted.meetsLatencyBudget = nil
    plan.predicted.bottleneckResource = "host.cores"
    plan.certificate.status = .open
    plan.certificate.gap = 0.2
    return plan
  }

  private static func table(_ index: Int, cards: Int) -> PlanDocument.TableEntry {
    let rows = 100_000 + (index * 7919) % 9_000
    let precision: Precision = index % 5 == 0 ? .int4 : .int8
    let rowBytes = precision == .int8 ? 100 : 52
    let first = PlanDocument.ShardEntry(
      site: "card\(index % cards)", firstRow: 0, rows: rows, firstColumn: 0, columns: 96,
      bytes: rows * rowBytes)
    guard index == 17 else {
      return .init(
        name: "t<\(index)> & \"co\"", precision: precision, rowScaleBytes: 2, split: .whole, shards: [first])
    }
    var halves = [first, first]
    for half in halves.indices {
      halves[half].rows = rows / 2
      halves[half].bytes = rows / 2 * rowBytes
    }
    halves[1].firstRow = rows / 2
    halves[1].site = "card\((index + 1) % cards)"
    return .init(name: "halved", precision: precision, rowScaleBytes: 2, split: .rows, shards: halves)
  }

  private static func partitions(cards: Int) -> [PlanDocument.PartitionEntry] {
    let sparse = (0..<cards).map { card in
      PlanDocument.PartitionEntry(
        id: card, site: "card\(card)", role: .sparse, level: 1, operators: [],
        coreSeconds: 0.002 + Double(card) / 100_000, dramSeconds: 0.0018)
    }
    let bottom = (0..<6).map { "bottom/\($0)" }
    let top = (0..<16).map { "top/\($0)" }
    return sparse + [
      .init(
        id: cards, site: "every card", role: .dense, level: 1, operators: bottom, coreSeconds: 0.0003,
        dramSeconds: 0.0001),
      .init(
        id: cards + 1, site: "every card", role: .dense, level: 2, operators: top, coreSeconds: 0.0013,
        dramSeconds: 0.0001),
    ]
  }

  private static func transfers(cards: Int) -> [PlanDocument.TransferEntry] {
    let perCard = (0..<cards).flatMap { card -> [PlanDocument.TransferEntry] in
      [
        .init(
          fromPartition: nil, from: "host", to: "card\(card)", toPartitions: [card], bytes: 1_200_000 + card,
          commands: 1,
          links: [
            .init(link: "uplink.out", seconds: 0.0001), .init(link: "card\(card).in", seconds: 0.0003),
          ],
          tensors: 43),
        .init(
          fromPartition: card, from: "card\(card)", to: "every card", toPartitions: [cards + 1],
          bytes: 900_000, commands: 1,
          links: [.init(link: "card\(card).out", seconds: 0.0003), .init(link: "card0.in", seconds: 0.0002)],
          tensors: 43),
      ]
    }
    return perCard + [
      .init(
        fromPartition: nil, from: "host", to: "every card", toPartitions: [cards], bytes: 33_280, commands: 1,
        links: [.init(link: "uplink.out", seconds: 1e-6), .init(link: "card0.in", seconds: 8e-6)], tensors: 1),
      .init(
        fromPartition: cards + 1, from: "every card", to: "host", toPartitions: [], bytes: 256, commands: 1,
        links: [.init(link: "card0.out", seconds: 1e-6), .init(link: "uplink.in", seconds: 1e-7)], tensors: 1),
    ]
  }

  private static func prediction(cards: Int) -> PlanDocument.Prediction {
    var loads: [PlanDocument.ResourceLoad] = [
      .init(resource: "host.cores", seconds: 0), .init(resource: "uplink.out", seconds: 0.0006),
    ]
    var memory: [PlanDocument.DeviceMemory] = [
      .init(
        device: "host", usedBytes: 1_200_000, staticBytes: 0, activationBytesPerRequest: 600_000,
        capacityBytes: 60_000_000_000)
    ]
    for card in 0..<cards {
      loads.append(.init(resource: "card\(card).sparse", seconds: 0.002 + Double(card) / 100_000))
      loads.append(.init(resource: "card\(card).dram", seconds: 0.0018))
      memory.append(
        .init(
          device: "card\(card)", usedBytes: 14_000_000_000 + card * 10_000_000, staticBytes: 14_000_000_000,
          activationBytesPerRequest: 0, capacityBytes: 15_500_000_000))
    }
    let bottleneck = 0.002 + Double(cards - 1) / 100_000
    return .init(
      bottleneckSeconds: bottleneck, bottleneckResource: "card\(cards - 1).sparse",
      throughputPerSecond: 1 / bottleneck, latencySeconds: 0.00421, meetsLatencyBudget: true,
      energyJoulesPerBatch: 0.241, loads: loads, memory: memory)
  }
}
