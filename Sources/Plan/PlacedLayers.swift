import Accuracy
import CostModel
import Graph
import Hardware

/// What a placement computes operators with matrix work in on its cards: what is asked for, or what their engines have in its place.
public struct PlacedLayers: Sendable {
  /// By operator: in how many ways its cards compute it, none for what the host alone does, and for what is no layer.
  public let precisions: [[LayerPrecision]]

  /// - Parameter options: of the placement's costs.
  public init(_ placement: ModelPlacement, graph: Graph, system: System, options: CostOptions) {
    let asked = options.layers(in: graph)
    // Of cards with the same engines one is asked.
    let engines = system.cards.map { Set($0.processor.matrix.keys) }
    let first = engines.map { own in engines.firstIndex(of: own) ?? 0 }
    var known: [LayerPrecision: [LayerPrecision]] = [:]
    precisions = graph.operators.indices.map { index in
      guard graph.operators[index].work.kind == .matrix else { return [] }
      let wanted = asked[index] ?? LayerPrecision(options.cardMatrixPrecision)
      let onCards = known[wanted] ?? engines.map { wanted.choice(among: $0) }
      known[wanted] = onCards
      var found: [LayerPrecision] = []
      var seen = -1
      for card in placement.cards(at: placement.operators[index]) where engines.indices.contains(card) {
        guard first[card] != seen else { continue }
        seen = first[card]
        if !found.contains(onCards[card]) { found.append(onCards[card]) }
      }
      return found
    }
  }

  /// By operator: that of them which loses most.
  public func worst(_ errors: LayerErrors) -> [LayerPrecision?] {
    precisions.enumerated().map { index, precisions in
      let op = OperatorID(index)
      return precisions.max { errors.error(of: op, in: $0) < errors.error(of: op, in: $1) }
    }
  }

  /// The error of the layers.
  public func error(_ errors: LayerErrors) -> Double {
    worst(errors).enumerated().reduce(0) { sum, entry in
      entry.element.map { sum + errors.weighted(OperatorID(entry.offset), in: $0) } ?? sum
    }
  }
}
