import CostModel
import Graph
import Hardware

/// A lower bound on the latency of every placement, from the ways through the model.
///
/// With F(v, s) a bound on the end of v when it is on side s, the host or a card,
///
///     F(v, s) = least seconds of v on s + max over what v reads, made by u, of min over t of F(u, t) + transfer(u, t to s)
///
/// holds for every placement: each u is on some side, and is done before its result travels. To the same card nothing is
/// charged. The request comes from the host and the response goes there. Of a table cut over all devices one does at least its
/// part of look-ups and results. Where ways run side by side, ``NearWork`` raises F.
public struct PathBound: Sendable {
  /// Seconds.
  public let seconds: Double

  public init(_ question: PlacementQuestion) {
    let graph = question.graph
    let costs = PathCosts(question)
    let outputs = Set(graph.responses)
    var near = NearWork(graph: graph, costs: costs)
    var longest = 0.0
    for (index, op) in graph.operators.enumerated() {
      let id = OperatorID(index)
      var start = [0.0, 0.0]
      for case .some(let input) in op.inputs where graph[input].role.travels {
        let transfer = costs.transfer(of: input, to: id)
        for side in PathSide.allCases {
          let arrival =
            graph[input].producer.map { near.arrival(of: $0, at: side, transfer) }
            ?? (side == .host ? 0 : transfer.around)
          start[side.rawValue] = max(start[side.rawValue], arrival)
        }
      }
      near.add(id, notBefore: start)
      var end = PathSide.allCases.map { near.end(of: id, $0) }.min() ?? 0
      for case .some(let output) in op.outputs where outputs.contains(output) {
        end = max(end, near.arrival(of: id, at: .host, costs.transfer(of: output, to: nil)))
      }
      if end.isFinite { longest = max(longest, end) }
    }
    seconds = longest
  }
}
