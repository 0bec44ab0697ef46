import Graph
import Hardware

extension PlanDocument {
  /// Where one operator runs.
  public struct Assignment: Hashable, Sendable {
    /// Its partition's; of a look-up that shards of a table serve, those of the shards, each once, in their order.
    public var sites: [PlacementSite]
    /// All that run it, copies on every card and on groups of cards included, ascending.
    public var devices: [Location]
    /// The ``PartitionEntry/id`` of its partition; `nil` for a look-up that shards of a table serve.
    public var partition: Int?
    /// The embedding table whose shards serve it; `nil` for any other operator.
    public var table: String?
  }

  /// Where an operator runs; `nil` where no partition names it: shards of its table serve a look-up, see ``assignments(in:)``.
  public func site(of operatorName: String) -> PlacementSite? {
    partitions.first { $0.operators.contains(operatorName) }
      .flatMap { PlacementSite(name: $0.site, in: system) }
  }

  /// Where each operator of the plan's model runs.
  ///
  /// - Returns: By operator; `nil` where the plan is not one of this graph, see ``Verifier/check(_:graph:costs:known:layerErrors:)``.
  public func assignments(in graph: Graph) -> [Assignment]? {
    guard let placement = Verifier.placement(of: self, graph: graph) else { return nil }
    var partitionOfName: [String: Int] = [:]
    for partition in partitions {
      for name in partition.operators { partitionOfName[name] = partition.id }
    }
    let served = ServedLookups(graph: graph)
    return graph.operators.indices.map { index in
      let table = served.table[index]
      var sites: [PlacementSite] = []
      for site in table.map({ placement.tables[$0].shards.map(\.site) }) ?? [placement.operators[index]]
      where !sites.contains(site) {
        sites.append(site)
      }
      return Assignment(
        sites: sites, devices: Set(sites.flatMap { placement.locations(at: $0) }).sorted(),
        partition: table == nil ? partitionOfName[graph.operators[index].name] : nil,
        table: table.map { graph.embeddingTables[$0].name })
    }
  }
}
