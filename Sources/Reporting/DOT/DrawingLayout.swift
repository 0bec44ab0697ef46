import Plan

/// What a drawing of a plan shows: clusters of devices, nodes of partitions, edges of transfers, with what is alike
/// folded together.
struct DrawingLayout {
  /// Devices drawn as one box.
  struct Cluster {
    enum Kind { case host, cards, everyCard }
    var kind: Kind
    /// Names of sites, at least one; several when alike cards are folded.
    var sites: [String]
    /// Positions in ``DrawingLayout/nodes``.
    var nodes: [Int] = []
  }

  /// Partitions drawn as one box: one, or those of folded cards that have the same role and level.
  struct Node {
    var cluster: Int
    var partitions: [PlanDocument.PartitionEntry]
    var tables: [TableShare]
  }

  /// One shard of a table that a node holds.
  struct TableShare {
    var table: PlanDocument.TableEntry
    var shard: PlanDocument.ShardEntry
  }

  enum End: Hashable {
    case request, response
    case node(Int)
  }

  struct Edge {
    var from: End
    var to: End
    /// None for what is handed over inside a device.
    var transfers: [PlanDocument.TransferEntry]
  }

  /// Cards with the same partitions are folded into one cluster from this many on.
  static let foldedFrom = 9

  private(set) var clusters: [Cluster] = []
  private(set) var nodes: [Node] = []
  private(set) var edges: [Edge] = []

  init(_ plan: PlanDocument, foldsAlike: Bool) {
    addClusters(plan, foldsAlike: foldsAlike)
    addNodes(plan)
    addEdges(plan)
  }

  // MARK: Clusters

  /// What makes two cards alike in a drawing.
  private struct Signature: Hashable {
    var model: String
    var parts: [String]
  }

  private mutating func addClusters(_ plan: PlanDocument, foldsAlike: Bool) {
    clusters.append(Cluster(kind: .host, sites: ["host"]))
    let used = Set(plan.partitions.map(\.site)).union(plan.tables.flatMap { $0.shards.map(\.site) })
    let isReplicated = used.contains("every card")
    let bySite = Dictionary(grouping: plan.partitions, by: \.site)
    var signatures: [Signature] = []
    var members: [Signature: [String]] = [:]
    for card in plan.system.cards {
      // A card whose only work is its replica is drawn with the replicas.
      if isReplicated, !used.contains(card.name) { continue }
      // One group stands for all.
      if plan.counterpart(ofCard: card.name) != card.name { continue }
      let signature = Signature(
        model: card.model,
        parts: (bySite[card.name] ?? []).map { "\($0.level) \($0.role.rawValue)" }.sorted())
      if members[signature] == nil { signatures.append(signature) }
      members[signature, default: []].append(card.name)
    }
    for signature in signatures {
      let cards = members[signature] ?? []
      if foldsAlike, cards.count >= Self.foldedFrom {
        clusters.append(Cluster(kind: .cards, sites: cards))
      } else {
        clusters += cards.map { Cluster(kind: .cards, sites: [$0]) }
      }
    }
    if isReplicated { clusters.append(Cluster(kind: .everyCard, sites: ["every card"])) }
  }

  // MARK: Nodes

  private mutating func addNodes(_ plan: PlanDocument) {
    var shares: [String: [TableShare]] = [:]
    for table in plan.tables {
      for shard in table.shards { shares[shard.site, default: []].append(.init(table: table, shard: shard)) }
    }
    for cluster in clusters.indices {
      let sites = Set(clusters[cluster].sites)
      let partitions = plan.partitions.filter { sites.contains($0.site) }
      var order: [String] = []
      var groups: [String: [PlanDocument.PartitionEntry]] = [:]
      for partition in partitions {
        let key = "\(partition.level) \(partition.role.rawValue)"
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(partition)
      }
      // The plan says which site holds a shard; the first look-up partition there shows them.
      var tables = clusters[cluster].sites.flatMap { shares[$0] ?? [] }
      for key in order {
        let group = groups[key] ?? []
        let holdsTables = group.first?.role == .sparse
        clusters[cluster].nodes.append(nodes.count)
        nodes.append(
          Node(cluster: cluster, partitions: group, tables: holdsTables ? tables : []))
        if holdsTables { tables = [] }
      }
    }
  }

  // MARK: Edges

  private mutating func addEdges(_ plan: PlanDocument) {
    var nodeOfPartition: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for partition in node.partitions { nodeOfPartition[partition.id] = index }
    }
    struct Ends: Hashable {
      var from: End
      var to: End
    }
    var order: [Ends] = []
    var groups: [Ends: [PlanDocument.TransferEntry]] = [:]
    for transfer in plan.transfers {
      let from = transfer.fromPartition.map { nodeOfPartition[$0].map(End.node) ?? .request } ?? .request
      let to = transfer.toPartitions.min().map { nodeOfPartition[$0].map(End.node) ?? .response } ?? .response
      let ends = Ends(from: from, to: to)
      if groups[ends] == nil { order.append(ends) }
      groups[ends, default: []].append(transfer)
    }
    // What stays on its device crosses no link; what folded partitions hand themselves is not drawn.
    for partition in plan.partitions {
      guard let node = nodeOfPartition[partition.id] else { continue }
      var inside = (partition.after ?? []).compactMap { nodeOfPartition[$0] }.filter { $0 != node }
        .map { Ends(from: .node($0), to: .node(node)) }
      if partition.readsRequest == true { inside.append(Ends(from: .request, to: .node(node))) }
      if partition.answers == true { inside.append(Ends(from: .node(node), to: .response)) }
      for ends in inside where groups[ends] == nil {
        order.append(ends)
        groups[ends] = []
      }
    }
    edges = order.map { Edge(from: $0.from, to: $0.to, transfers: groups[$0] ?? []) }
  }
}
