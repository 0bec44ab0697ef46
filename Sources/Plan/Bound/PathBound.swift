import CostModel
import Graph
import Hardware

/// A lower bound on the latency of every placement: the longest way from the request to the response with every operator
/// where it is fastest.
///
/// Operators on a way run one after the other wherever they are. Transfers between host and cards are left out, and so
/// is everything off that way.
public struct PathBound: Sendable {
  /// Seconds.
  public let seconds: Double

  public init(_ question: PlacementQuestion) {
    let graph = question.graph
    let served = ServedLookups(graph: graph)
    let cards = CardKinds(system: question.system).representatives
    let locations = [Location.host] + cards.map { .card($0) }
    var finish = Array(repeating: 0.0, count: graph.operators.count)
    var longest = 0.0
    for (index, op) in graph.operators.enumerated() {
      var start = 0.0
      for case .some(let input) in op.inputs {
        if let producer = graph[input].producer { start = max(start, finish[producer.index]) }
      }
      var least = 0.0
      if served.table[index] == nil {
        let costs = locations.compactMap { question.costs.cost(of: OperatorID(index), on: $0)?.seconds }
        least = costs.min() ?? 0
      }
      finish[index] = start + least
      longest = max(longest, finish[index])
    }
    seconds = longest
  }
}
