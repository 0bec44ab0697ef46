import Graph
import Hardware
import Rules

/// Operators whose matrix work and weights are in a precision of their own on cards.
public struct KeptPrecision: Sendable, Hashable, Codable {
  public var precision: Precision
  /// Of operators by name, as in rules; `first` and `last` are the model's first and last operator with matrix work.
  public var pattern: String

  public init(precision: Precision, pattern: String) {
    self.precision = precision
    self.pattern = pattern
  }

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
  public static func byOperator(_ kept: [KeptPrecision], in graph: Graph) -> [Precision?] {
    var precisions = [Precision?](repeating: nil, count: graph.operators.count)
    for entry in kept.reversed() {
      for op in entry.operators(in: graph) { precisions[op.index] = entry.precision }
    }
    return precisions
  }
}
