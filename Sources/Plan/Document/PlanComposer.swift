import CostModel
import Graph
import Hardware

/// Writes a placement and what follows from it into a ``PlanDocument``.
public struct PlanComposer {
  private let graph: Graph
  private let system: System
  private let placement: ModelPlacement
  private let costs: CostModel

  public init(graph: Graph, system: System, placement: ModelPlacement, costs: CostModel) {
    self.graph = graph
    self.system = system
    self.placement = placement
    self.costs = costs
  }

  /// - Parameter known: The placement's lowering and its figures, where the caller has them.
  public func document(
    model: PlanDocument.ModelReference, request: PlanDocument.Request,
    certificate: PlanDocument.CertificateEntry, notes: [String],
    known: (lowering: Lowering, summary: LoadSummary)? = nil
  ) -> PlanDocument {
    let lowering =
      known?.lowering ?? Lowering(graph: graph, system: system, placement: placement, costs: costs)
    let summary = known?.summary ?? LoadSummary(lowering.program)
    var predicted = Self.prediction(
      lowering.program, summary: summary, latencyBudgetMilliseconds: request.latencyBudgetMilliseconds)
    predicted.bottleneckOperators = bottleneckOperators(lowering, summary)
    predicted.measuredShare = measuredShare(lowering)
    var document = PlanDocument(
      model: model, request: request, system: system, cores: cores,
      groups: placement.groups > 1 ? placement.groups : nil,
      partitions: partitionEntries(lowering), tables: tableEntries,
      transfers: transferEntries(lowering), predicted: predicted, certificate: certificate,
      measured: costs.options.measured.isEmpty ? nil : costs.options.measured.entries,
      compiler: costs.options.compiler.isEmpty ? nil : costs.options.compiler,
      notes: notes + measuredNotes(predicted.measuredShare) + kernelNotes)
    document.access = costs.options.access
    return document
  }

  /// What a compiler's kernels could not be taken to hold.
  private var kernelNotes: [String] {
    guard let first = costs.apartFromKernels.first else { return [] }
    return [
      "\(costs.apartFromKernels.count) operators are placed apart from the compiler's kernel (first: "
        + "'\(graph[first].name)'): other devices run them, or they read what is computed after its first operator and not in it"
    ]
  }

  private func measuredNotes(_ share: Double?) -> [String] {
    guard let share, let words = costs.options.measured.words else { return [] }
    let percent = (share * 1000).rounded() / 10
    return ["\(percent) % of the time of operators and look-ups was measured, not modelled (\(words))"]
  }

  func bottleneckOperators(
    _ lowering: Lowering, _ summary: LoadSummary
  ) -> [PlanDocument.BottleneckEntry] {
    guard let resource = summary.busiestResource else { return [] }
    return BottleneckShares(resource, of: lowering, graph: graph, placement: placement, costs: costs).largest
  }

  /// Of the busy seconds of all partitions; `nil` without measurements.
  func measuredShare(_ lowering: Lowering) -> Double? {
    guard !costs.options.measured.isEmpty else { return nil }
    var measured = 0.0
    var all = 0.0
    for (index, partition) in lowering.partitions.partitions.enumerated() {
      let seconds = lowering.time(ofPartition: index).cores
      all += seconds
      let location = partition.site.representative
      if partition.role == .sparse {
        let time = SparseTime(partition, on: location, placement: placement, costs: costs)
        let parts = time.parts.filter { part in
          let entry = placement.tables[part.table]
          return costs.lookup(table: part.table, format: entry.format, split: entry.split, on: location)?
            .limit
            == .measured
        }
        measured += seconds * parts.reduce(0) { $0 + $1.fraction }
      } else {
        // Cores that are set aside for look-ups slow what was measured and what was not alike.
        let times = partition.operators.compactMap { costs.cost(of: $0, on: location) }
        let sum = times.reduce(0) { $0 + $1.seconds }
        let known = times.reduce(0) { $0 + ($1.limit == .measured ? $1.seconds : 0) }
        if sum > 0 { measured += seconds * known / sum }
      }
    }
    return all > 0 ? min(1, measured / all) : 0
  }

  /// What the loads of a program predict.
  public static func prediction(
    _ program: ExecutionProgram, summary: LoadSummary, latencyBudgetMilliseconds: Double?
  ) -> PlanDocument.Prediction {
    let bottleneck = summary.bottleneckSeconds
    return PlanDocument.Prediction(
      bottleneckSeconds: bottleneck,
      bottleneckResource: summary.bottleneck.map { name(of: $0, in: program) } ?? "none",
      throughputPerSecond: bottleneck > 0 ? 1 / bottleneck : 0,
      latencySeconds: summary.latencySeconds,
      meetsLatencyBudget: latencyBudgetMilliseconds.map { summary.latencySeconds * 1000 <= $0 },
      energyJoulesPerBatch: summary.energyJoules,
      loads: zip(program.resources, summary.loads).map { .init(resource: $0.name, seconds: $1) }
        + (summary.turnSeconds > 0
          ? summary.bottleneck.map {
            [.init(resource: name(of: $0, in: program), seconds: summary.turnSeconds)]
          } ?? []
          : []),
      memory: zip(program.devices, summary.memoryBytes).map { device, used in
        .init(
          device: device.name, usedBytes: used, staticBytes: device.staticBytes,
          activationBytesPerRequest: device.activationBytes, capacityBytes: device.memoryBytes)
      })
  }

  private static func name(of bottleneck: LoadSummary.Bottleneck, in program: ExecutionProgram) -> String {
    switch bottleneck {
    case .resource(let index): program.resources[index].name
    case .places(let device): placesName(of: program.devices[device])
    }
  }

  /// What the load of a device's places for requests in flight is called.
  private static func placesName(of device: ExecutionProgram.Device) -> String {
    "\(device.name).\(PlanDocument.placesSuffix)"
  }

  var cores: [PlanDocument.CoreAllocation] {
    system.cards.enumerated().map { index, card in
      guard placement.position(ofCard: index) != nil else {
        return .init(card: card.name, sparseCores: 0, denseCores: 0)
      }
      let sparse = placement.sparseCores(ofCard: index)
      return .init(card: card.name, sparseCores: sparse, denseCores: card.processor.cores - sparse)
    }
  }

  func partitionEntries(_ lowering: Lowering) -> [PlanDocument.PartitionEntry] {
    let order = lowering.partitions
    let partitions = order.partitions
    return partitions.indices.map { index in
      let time = lowering.time(ofPartition: index)
      return .init(
        id: index, site: partitions[index].site.name(in: system), role: partitions[index].role,
        level: partitions[index].level,
        operators: partitions[index].operators.map { graph[$0].name },
        coreSeconds: time.cores, dramSeconds: time.dram,
        after: order.localPredecessors[index].isEmpty ? nil : order.localPredecessors[index],
        readsRequest: order.readsRequest[index] ? true : nil, answers: order.answers[index] ? true : nil)
    }
  }

  var tableEntries: [PlanDocument.TableEntry] {
    zip(graph.embeddingTables.indices, placement.tables).map { table, entry in
      .init(
        name: graph.embeddingTables[table].name, precision: entry.format.precision,
        rowScaleBytes: entry.format.scaleBytes, split: entry.split.kind,
        shards: entry.shards.map { shard in
          .init(
            site: shard.site.name(in: system), firstRow: shard.rows.lowerBound,
            rows: shard.rows.count, firstColumn: shard.columns.lowerBound,
            columns: shard.columns.count,
            bytes: costs.tableBytes(
              table, format: entry.format, rows: shard.rows.count,
              columns: shard.columns.count))
        })
    }
  }

  func transferEntries(_ lowering: Lowering) -> [PlanDocument.TransferEntry] {
    lowering.partitions.transfers.map { transfer in
      let source = transfer.source.map { lowering.partitions.partitions[$0].site } ?? .host
      return .init(
        fromPartition: transfer.source, from: source.name(in: system),
        to: transfer.destination.name(in: system), toPartitions: transfer.receivers,
        bytes: transfer.bytes, commands: transfer.commands(costs),
        links: links(from: source, to: transfer.destination, transfer),
        tensors: transfer.tensors.count)
    }
  }

  private func links(
    from source: PlacementSite, to destination: PlacementSite, _ transfer: PartitionTransfer
  ) -> [PlanDocument.LinkUse] {
    let stops = Crossing.stops(from: source, to: destination, host: .host, peerToPeer: system.peerToPeer)
    return zip(stops, stops.dropFirst()).flatMap { hop, next in
      let isBetweenCards = Crossing(from: hop, to: next).isBetweenCards
      return [
        use(of: hop, direction: "out", isBetweenCards, transfer),
        use(of: next, direction: "in", isBetweenCards, transfer),
      ]
    }
  }

  private func use(
    of site: PlacementSite, direction: String, _ isBetweenCards: Bool, _ transfer: PartitionTransfer
  ) -> PlanDocument.LinkUse {
    let firstCopy = placement.usedCards.first.map { Location.card($0) } ?? .host
    switch site == .everyCard ? firstCopy : site.representative {
    case .host:
      return .init(
        link: "uplink.\(direction)", seconds: transfer.seconds(onDevice: 0, betweenCards: false, costs))
    case .card(let index):
      return .init(
        link: "\(site.name(in: system)).\(isBetweenCards && system.hasPeerLinks ? "peer-" : "")\(direction)",
        seconds: transfer.seconds(onDevice: index + 1, betweenCards: isBetweenCards, costs))
    }
  }
}

extension TableSplit {
  public var kind: PlanDocument.SplitKind {
    switch self {
    case .whole: .whole
    case .rows: .rows
    case .columns: .columns
    }
  }
}
