/// Losses, which evaluation graphs end in.
enum LossOperators {
  static let definitions: [OperatorDefinition] = [
    OperatorDefinition("NegativeLogLikelihoodLoss", shape: loss, work: .perInput),
    OperatorDefinition("SoftmaxCrossEntropyLoss", shape: crossEntropy, work: .perInput),
  ]

  /// Of the targets' shape without a reduction, otherwise a scalar.
  private static let loss: ShapeRule = { node throws(ShapeProblem) in
    let isReduced = try node.string("reduction", default: "mean") != "none"
    return [TensorFact(node.elementType(0), isReduced ? [] : node.shape(1))]
  }

  private static let crossEntropy: ShapeRule = { node throws(ShapeProblem) in
    try loss(node) + [TensorFact(node.elementType(0), node.shape(0))]
  }
}
