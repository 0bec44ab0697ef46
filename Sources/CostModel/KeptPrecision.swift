import Graph
import Hardware
import Rules

/// Operators whose matrix work and weights are in a precision of their own on cards.
public struct KeptPrecision: Sendable, Hashable, Codable {
  public var precision: Precision
  /// See `LayerPrecision.weights`.
  public var weights: Precision?
  /// Of operators by name, as in rules; `first` and `last` are the model's first and last operator with matrix work.
  public var pattern: String

  public init(precision: Precision, pattern: String, weights: Precision? = nil) {
    self.precision = precision
    self.weights = weights
    self.pattern = pattern
  }

  /// - Parameters:
  ///   - word: One of `LayerPrecision.words`.
  ///   - pattern: Of operators by name.
  public init?(word: String, pattern: String) {
    guard let layer = LayerPrecision(word: word) else { return nil }
    self.init(precision: layer.precision, pattern: pattern, weights: layer.weights)
  }

  public var layer: LayerPrecision { LayerPrecision(precision, weights: weights) }

  /// The operators with matrix work that it names, ascending.
  public func operators(in graph: Graph) -> [OperatorID] {
    let all = graph.operators.indices.filter { graph.operators[$0].work.kind == .matrix }.map {
      OperatorID($0)
    }
    switch pattern {
    case "first": return Array(all.prefix(1))
    case "last": return Array(all.suffix(1))
    default:
      let names = NamePattern(pattern)
      return all.filter { names.matches(graph[$0].name) }
    }
  }

  /// By operator; of several that name one the first counts, and `nil` where none does.
  public static func byOperator(_ kept: [KeptPrecision], in graph: Graph) -> [LayerPrecision?] {
    var layers = [LayerPrecision?](repeating: nil, count: graph.operators.count)
    for entry in kept.reversed() {
      for op in entry.operators(in: graph) { layers[op.index] = entry.layer }
    }
    return layers
  }

  /// Values of weights in 4 bits that share a scale of 16 bits.
  public static let groupSize = 128
  /// Unpack a value, make it wider, scale it and shift it.
  static let operationsPerValue = 4
}
