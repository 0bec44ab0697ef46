import CostModel
import Graph
import Hardware

/// What keeps one resource busy, operator by operator.
///
/// Cores and DRAM are kept busy by the operators and look-ups that run there; a link by the operators whose results it carries,
/// or that read the request's inputs, each by its part of the bytes. Of copies on every card, each card serves its share of the
/// batches. A table's look-ups go under the name of the first of them.
struct BottleneckShares {
  /// How many operators a plan names.
  static let mostNamed = 5

  private let graph: Graph
  private let placement: ModelPlacement
  private let costs: CostModel
  private let lowering: Lowering
  private let resource: ExecutionProgram.Resource
  private var seconds: [OperatorID: Double] = [:]
  private var limits: [OperatorID: OperatorCost.Limit] = [:]

  /// - Parameter resource: Position in the program of `lowering`.
  init(
    _ resource: Int, of lowering: Lowering, graph: Graph, placement: ModelPlacement, costs: CostModel
  ) {
    self.graph = graph
    self.placement = placement
    self.costs = costs
    self.lowering = lowering
    self.resource = lowering.program.resources[resource]
    switch self.resource.kind {
    case .hostCores, .hostDRAM, .sparseCores, .denseCores, .dram: addPartitions()
    case .linkIn, .linkOut, .uplinkIn, .uplinkOut, .peerIn, .peerOut: addTransfers()
    }
  }

  /// Those that keep it busy longest.
  var largest: [PlanDocument.BottleneckEntry] {
    seconds.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostNamed)
      .map { op, seconds in
        .init(
          operator: graph[op].name, type: graph[op].qualifiedType, seconds: seconds,
          limit: limits[op])
      }
  }

  private var location: Location { resource.device == 0 ? .host : .card(resource.device - 1) }
  /// Of the first group, where cards form groups.
  private var site: PlacementSite {
    let card = resource.device - 1
    return card < 0 ? .host : .card(placement.groups == 1 ? card : card % max(1, placement.cardsPerGroup))
  }
  /// The part of the batches that the resource's device takes part in, as one card of a group.
  private var groupShare: Double { resource.device == 0 ? 1 : 1 / Double(placement.groups) }
  /// The part of the batches that a copy on the resource's device serves.
  private var replicaShare: Double {
    lowering.program.variants.first { $0.card == resource.device }?.share ?? 0
  }

  /// The part of the batches that `site` serves on the resource's device.
  private func share(of site: PlacementSite) -> Double {
    site == .everyCard ? replicaShare : site == self.site ? groupShare : 0
  }

  // MARK: Cores and DRAM

  private mutating func addPartitions() {
    let isMemory = resource.kind == .dram || resource.kind == .hostDRAM
    let cards = costs.system.cards
    let sparseCores =
      resource.device == 0 ? 0 : placement.sparseCores(ofCard: resource.device - 1)
    let coreFraction =
      resource.device == 0
      ? 1 : 1 - Double(sparseCores) / Double(cards[resource.device - 1].processor.cores)
    for partition in lowering.partitions.partitions {
      let share = share(of: partition.site)
      guard share > 0 else { continue }
      switch partition.role {
      case .dense where resource.kind != .sparseCores:
        for op in partition.operators {
          guard let cost = costs.cost(of: op, on: location, coreFraction: coreFraction) else { continue }
          seconds[op, default: 0] += share * (isMemory ? cost.dramSeconds : cost.seconds)
          limits[op] = cost.limit
        }
      case .sparse where resource.kind != (sparseCores > 0 ? .denseCores : .sparseCores):
        let time = SparseTime(partition, on: location, placement: placement, costs: costs)
        for part in time.parts {
          guard let op = graph.embeddingTables[part.table].lookups.first else { continue }
          seconds[op, default: 0] += share * part.fraction * (isMemory ? time.work.dram : time.work.cores)
          limits[op] = costs.cost(of: op, on: location)?.limit
        }
      default: break
      }
    }
  }

  // MARK: Links

  private mutating func addTransfers() {
    let tensors = Dictionary(
      graph.tensors.indices.map { (graph.tensors[$0].name, TensorID($0)) }, uniquingKeysWith: { a, _ in a })
    for transfer in lowering.partitions.transfers {
      let source = transfer.source.map { lowering.partitions.partitions[$0].site } ?? .host
      let crossing = Crossing(from: source, to: transfer.destination)
      let carried = share(of: crossing)
      guard carried > 0 else { continue }
      let busy =
        carried
        * transfer.seconds(onDevice: resource.device, betweenCards: crossing.isBetweenCards, costs)
      let parts = transfer.tensors.compactMap { tensors[$0] }.compactMap { id in
        (graph[id].producer ?? graph[id].consumers.first).map {
          (op: $0, bytes: Double(costs.transferBytes(of: id)))
        }
      }
      let sum = parts.reduce(0) { $0 + $1.bytes }
      for part in parts {
        seconds[part.op, default: 0] += busy * (sum > 0 ? part.bytes / sum : 1 / Double(parts.count))
      }
    }
  }

  /// The part of the batches for which a transfer crosses the link in its direction.
  private func share(of crossing: Crossing) -> Double {
    let isIncoming = [.linkIn, .uplinkIn, .peerIn].contains(resource.kind)
    if costs.system.hasPeerLinks, resource.device > 0 {
      let isOfCards = resource.kind == .peerIn || resource.kind == .peerOut
      guard crossing.isBetweenCards == isOfCards else { return 0 }
    }
    guard case .card(let card) = site else {
      let peerToPeer = costs.system.peerToPeer
      return isIncoming
        ? crossing.enteringHost(peerToPeer: peerToPeer, share: replicaShares)
        : crossing.leavingHost(peerToPeer: peerToPeer, share: replicaShares)
    }
    return isIncoming
      ? crossing.entering(card, share: replicaShare, of: groupShare)
      : crossing.leaving(card, share: replicaShare, of: groupShare)
  }

  /// The part of the batches that copies on a card of the first group, and on those in its place of others, serve.
  private func replicaShares(ofCard card: Int) -> Double {
    let cards = placement.cards(at: .card(card))
    return lowering.program.variants.reduce(0) { sum, variant in
      sum + (cards.contains { variant.card == $0 + 1 } ? variant.share : 0)
    }
  }
}
