import CostModel
import Graph
import Hardware

/// What layers are computed in on cards, where that was a decision.
extension PlanDocument {
  public struct LayerEntry: Codable, Hashable, Sendable {
    public var precision: LayerPrecision
    /// By name.
    public var operators: [String]

    public init(precision: LayerPrecision, operators: [String]) {
      self.precision = precision
      self.operators = operators
    }
  }

  /// By operator of the plan's model: `CostOptions.layers` of its costs.
  public func layers(in graph: Graph) -> [LayerPrecision?] { Self.layers(layers ?? [], in: graph) }

  /// By operator: what it is in on cards where that is not ``Request/precision``: kept, or decided.
  package func layersOnCards(in graph: Graph) -> [LayerPrecision?] {
    CostOptions(kept: request.kept ?? [], layers: layers(in: graph)).layers(in: graph)
  }

  /// By operator.
  ///
  /// - Parameter entries: what names no operator counts nothing.
  public static func layers(_ entries: [LayerEntry], in graph: Graph) -> [LayerPrecision?] {
    guard !entries.isEmpty else { return [] }
    var precisionOfName: [String: LayerPrecision] = [:]
    for entry in entries {
      for name in entry.operators { precisionOfName[name] = entry.precision }
    }
    return graph.operators.map { $0.work.kind == .matrix ? precisionOfName[$0.name] : nil }
  }

  /// - Parameter layers: by operator.
  /// - Returns: `nil` for none.
  public static func layerEntries(_ layers: [LayerPrecision?], in graph: Graph) -> [LayerEntry]? {
    var entries: [LayerEntry] = []
    for (node, layer) in zip(graph.operators, layers) {
      guard let layer else { continue }
      if let index = entries.firstIndex(where: { $0.precision == layer }) {
        entries[index].operators.append(node.name)
      } else {
        entries.append(LayerEntry(precision: layer, operators: [node.name]))
      }
    }
    return entries.isEmpty ? nil : entries
  }
}
