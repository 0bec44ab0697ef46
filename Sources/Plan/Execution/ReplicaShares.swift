import CostModel
import Graph
import Hardware

/// Fraction of the requests that each card's replica serves.
///
/// In proportion to the speed at which the card runs all operators that every card supports, so that unlike cards
/// finish together. It depends on the model and the cards in use alone.
public enum ReplicaShares {
  /// By card in use; sums to 1.
  ///
  /// - Parameter cards: In use, of the system of `costs`.
  public static func shares(graph: Graph, cards: [Int], costs: CostModel) -> [Double] {
    var seconds = cards.map { _ in 0.0 }
    for index in graph.operators.indices {
      let each = cards.map { costs.cost(of: OperatorID(index), on: .card($0))?.seconds }
      guard each.allSatisfy({ $0 != nil }) else { continue }
      for place in cards.indices { seconds[place] += each[place] ?? 0 }
    }
    guard seconds.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      return cards.map { _ in 1 / Double(max(1, cards.count)) }
    }
    let total = seconds.reduce(0) { $0 + 1 / $1 }
    return seconds.map { 1 / $0 / total }
  }
}
