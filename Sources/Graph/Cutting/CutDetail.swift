/// A cut graph with how its tensors lie, for writing what each card computes.
package struct CutDetail: Sendable {
  /// One operator that cards share out.
  package struct Operation: Sendable {
    /// By input and output: the axis along which a card has a part; `nil` for all of it.
    package var inputs: [Int?]
    package var outputs: [Int?]
    /// As on one card: what counts heads or groups counts a card's.
    package var attributes: [String: Attribute]
  }

  /// What one card computes.
  package let graph: Graph
  package let kind: GraphCut.Kind
  /// By tensor of ``graph``: the axis along which a card has a part.
  package let axes: [Int?]
  /// By operator of ``graph``; `nil` for what every card does and for exchanges.
  package let operations: [Operation?]

  /// - Returns: `nil` where nothing can be cut: see ``Graph/cut(over:by:)``.
  package init?(_ whole: Graph, ranks: Int, kind: GraphCut.Kind) {
    guard ranks > 1, whole.cut == nil else { return nil }
    let cutter = GraphCutter.settled(whole, ranks: ranks, by: kind)
    guard let graph = cutter.graph else { return nil }
    self.graph = graph
    self.kind = kind
    axes = cutter.axes
    operations = graph.operators.indices.map { index in
      cutter.plans[index].map { plan in
        Operation(
          inputs: plan.inputs.map(\.axis), outputs: plan.outputs.map(\.axis),
          attributes: graph.operators[index].attributes)
      }
    }
  }
}
