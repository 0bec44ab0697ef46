import Graph

/// How much of the variance of a model's outputs passes through each operator: a proxy, as values are not looked at.
///
/// All outputs have equal parts. What reaches a result is shared out among the activations that its operator reads, equally, and by
/// their elements where they are joined to one tensor; so the parts of all paths to an output add up to its own (as relevance does
/// in Bach et al., "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation", 2015).
struct VarianceShares {
  /// By operator.
  let ofOperators: [Double]
  private let isLayer: [Bool]

  init(_ graph: Graph) {
    var ofTensors = [Double](repeating: 0, count: graph.tensors.count)
    let outputs = Self.outputs(graph)
    for output in outputs { ofTensors[output.index] += 1 / Double(outputs.count) }
    var ofOperators = [Double](repeating: 0, count: graph.operators.count)
    for (index, node) in graph.operators.enumerated().reversed() {
      let share = node.outputs.reduce(0) { sum, id in id.map { sum + ofTensors[$0.index] } ?? sum }
      ofOperators[index] = share
      guard share > 0 else { continue }
      let read = graph.activationInputs(of: node).filter { graph[$0].type.isFloat }
      let isJoined = node.type == "Concat"
      let total = read.reduce(0.0) { $0 + (isJoined ? Double(graph[$1].count) : 1) }
      for id in read where total > 0 {
        ofTensors[id.index] += share * (isJoined ? Double(graph[id].count) : 1) / total
      }
    }
    self.ofOperators = ofOperators
    isLayer = graph.operators.map { $0.work.kind == .matrix }
  }

  /// By operator: its part of that of all with matrix work; equal parts where none of it reaches an output.
  var ofLayers: [Double] {
    let layers = zip(ofOperators, isLayer).map { $1 ? $0 : 0 }
    let all = layers.reduce(0, +)
    let count = Double(isLayer.count { $0 })
    return zip(layers, isLayer).map { share, isLayer in
      isLayer ? (all > 0 ? share / all : 1 / count) : 0
    }
  }

  /// Those with floating-point values, or what whole numbers were made of: classes, boxes that were chosen.
  private static func outputs(_ graph: Graph) -> [TensorID] {
    let all = graph.responses.isEmpty ? graph.outputs : graph.responses
    let floats = all.filter { graph[$0].type.isFloat }
    return floats.isEmpty ? all : floats
  }
}
