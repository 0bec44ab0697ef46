import Graph
import Hardware
import Rules

/// Operators whose matrix work and weights are in a precision of their own on cards.
public struct KeptPrecision: Sendable, Hashable, Codable {
  public var precision: Precision
  /// Of their constants where these lie narrower than what is computed in and are widened as they are read ("weight-only"
  /// quantisation, for instance Lin et al., "AWQ", arXiv 2306.00978); absent where both are one.
  public var weights: Precision?
  /// Of operators by name, as in rules; `first` and `last` are the model's first and last operator with matrix work.
  public var pattern: String

  public init(precision: Precision, pattern: String, weights: Precision? = nil) {
    self.precision = precision
    self.weights = weights
    self.pattern = pattern
  }

  /// - Parameters:
  ///   - word: A precision, or one of weights alone: `w8a16` and `w4a16`, computed in 16 bits.
  ///   - pattern: Of operators by name.
  public init?(word: String, pattern: String) {
    if let known = Self.ofWeights.first(where: { $0.word == word }) {
      self.init(precision: .fp16, pattern: pattern, weights: known.precision)
    } else if let precision = Precision(rawValue: word) {
      self.init(precision: precision, pattern: pattern)
    } else {
      return nil
    }
  }

  private static let ofWeights: [(word: String, precision: Precision)] = [("w8a16", .int8), ("w4a16", .int4)]

  /// What stands in front of a pattern.
  public static var words: [String] { Precision.allCases.map(\.rawValue) + ofWeights.map(\.word) }

  /// What people write for its precisions.
  public var word: String {
    guard let weights else { return precision.rawValue }
    return precision.bits == 16
      ? "w\(weights.bits)a16" : "\(weights.rawValue) weights in \(precision.rawValue)"
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
  public static func byOperator(_ kept: [KeptPrecision], in graph: Graph) -> [KeptPrecision?] {
    var entries = [KeptPrecision?](repeating: nil, count: graph.operators.count)
    for entry in kept.reversed() {
      for op in entry.operators(in: graph) { entries[op.index] = entry }
    }
    return entries
  }

  /// Values of weights in 4 bits that share a scale of 16 bits.
  public static let groupSize = 128
  /// Unpack a value, make it wider, scale it and shift it.
  static let operationsPerValue = 4
}
