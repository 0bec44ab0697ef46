import CostModel
import Graph
import Hardware
import ONNXImport
import Plan

/// A plan with its model, for writing it in another format.
package struct FormatContext {
  package var graph: Graph
  package var system: System
  package var placement: ModelPlacement
  package var partitions: PartitionGraph

  package init(graph: Graph, system: System, placement: ModelPlacement, partitions: PartitionGraph) {
    self.graph = graph
    self.system = system
    self.placement = placement
    self.partitions = partitions
  }

  /// A plan with groups has copies of single cards, which few formats know.
  func refuseGroups(_ format: String) throws(ExportError) {
    guard placement.groups > 1 else { return }
    throw ExportError(
      .unsupported,
      "\(format): the plan has \(placement.groups) groups of cards that serve requests by turns, which it cannot say; plan for one group (--cards \(placement.cardsPerGroup)) and run it \(placement.groups) times"
    )
  }

  // MARK: Nodes

  /// A node of the file with the partition that runs it.
  struct PlacedNode {
    /// As in the file.
    var name: String
    var partition: Int
  }

  /// The nodes of the file in their order, those that follow from constants alone left out.
  ///
  /// - Throws: where a node that must be named has no name of its own in the file.
  func nodes(of source: ModelSource, _ format: String) throws(ExportError) -> [PlacedNode] {
    let placed = NodePlaces(
      try PartLayout(graph: graph, written: source.written, partitions: partitions, placement: placement))
    var result: [PlacedNode] = []
    var nameless: [String] = []
    for (index, node) in source.written.scope.nodes.enumerated() {
      guard let partition = placed.partition[index] else { continue }
      // What follows another batch is no node of the file.
      if node.origin == nil, source.written.batch == .followed { continue }
      let name = node.origin.map { source.messages.nodes[$0].name } ?? ""
      if name.isEmpty || name != node.name { nameless.append(node.name) }
      result.append(PlacedNode(name: name, partition: partition))
    }
    if let first = nameless.first {
      throw ExportError(
        .unsupported,
        "\(format): names nodes as the file does, and \(nameless.count) of them have no name of their own there, '\(first)' for instance (unnamed, named twice, or inside a function); give each node a name, or inline the functions"
      )
    }
    return result
  }

  /// Refuses tables in pieces, which no node of the file computes.
  func refuseSplits(_ format: String) throws(ExportError) {
    let split = zip(graph.embeddingTables, placement.tables).filter { $0.1.shards.count > 1 }.map(\.0.name)
    guard let first = split.first else { return }
    throw ExportError(
      .unsupported,
      "\(format): places whole nodes, and the plan splits \(split.count == 1 ? "table" : "\(split.count) tables,") '\(first)'; plan with --no-split, or export parts"
    )
  }

  /// What formats without copies lose.
  func lossOfCopies(_ format: String, _ advice: String) -> [String] {
    placement.hasCopies && placement.usedCards.count > 1
      ? ["\(format): copies on \(placement.usedCards.count) cards cannot be said; \(advice)"] : []
  }

  /// What formats without precisions of tables lose.
  func lossOfPrecision(_ format: String) -> [String] {
    let stored = Set(placement.tables.map(\.format.precision)).subtracting([.fp32])
    guard !stored.isEmpty else { return [] }
    let names = stored.map(\.rawValue).sorted().joined(separator: ", ")
    return ["\(format): that tables are stored in \(names) cannot be said"]
  }

  /// The device number of a site, of copies the first; `nil` for the host.
  func card(of site: PlacementSite) -> Int? { placement.cards(at: site).first }
}

/// Which partition computes which node of the file.
struct NodePlaces {
  /// By node; none for what follows from constants alone.
  private(set) var partition: [Int: Int] = [:]

  init(_ layout: PartLayout) {
    let written = layout.values.written
    for draft in layout.drafts {
      guard let position = draft.partition else { continue }
      for node in draft.copies.reduce(draft.trace.nodes, { $0.union($1.trace.nodes) })
      where partition[node] == nil
        && !written.scope.nodes[node].outputs.allSatisfy({ $0.map { written.value($0).isConstant } ?? true })
      {
        partition[node] = position
      }
    }
  }
}
