import Graph
import Hardware

/// Where the operator that reads most look-up results is: the cases of a proof, one of which holds for every placement.
///
/// With its site known, it is known which results must cross from card to card.
public enum BoundCase: Hashable, Sendable {
  /// No operator reads look-up results, or there are no cards.
  case any
  case host
  case everyCard
  /// A card; it stands for all that are alike.
  case card(Int)

  /// Whether the operator may be there.
  func allows(_ site: PlacementSite) -> Bool {
    switch (self, site) {
    case (.any, _), (.host, .host), (.everyCard, .everyCard): true
    case (.card(let own), .card(let other)): own == other
    default: false
    }
  }

  /// `nil` where the operator may be anywhere.
  var site: PlacementSite? {
    switch self {
    case .any: nil
    case .host: .host
    case .everyCard: .everyCard
    case .card(let card): .card(card)
    }
  }
}

/// The operator whose site tells the cases of a proof apart.
struct PivotReader: Sendable {
  let op: OperatorID
  /// By table: results of it that the operator reads.
  let results: [Int]

  /// The first operator that reads the results of most tables; `nil` where none reads any.
  init?(graph: Graph, served: ServedLookups) {
    var readers: [OperatorID: [Int: Int]] = [:]
    for (table, entry) in graph.embeddingTables.enumerated() {
      for lookup in entry.lookups {
        for case .some(let output) in graph[lookup].outputs {
          for reader in Set(graph[output].consumers) where served.table[reader.index] == nil {
            readers[reader, default: [:]][table, default: 0] += 1
          }
        }
      }
    }
    let best = readers.min { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    guard let best else { return nil }
    op = best.key
    results = graph.embeddingTables.indices.map { best.value[$0] ?? 0 }
  }
}
