/// Normalisations, softmax and scans along an axis: the output has the input's shape, but an element depends on many.
enum NormalisationOperators {
  static let definitions: [OperatorDefinition] =
    ["Softmax", "LogSoftmax"].map { along($0, 5) } + [along("BiasSoftmax", in: .microsoft, 6)]
    + ["GroupNormalization", "InstanceNormalization", "LRN"].map { along($0, 8) }
    + [along("GroupNorm", in: .microsoft, 8)]
    + [
      "CumProd", "CumSum", "Hardmax", "LpNormalization", "MeanVarianceNormalization", "RotaryEmbedding",
      "Trilu",
    ].map { along($0, 1) }
    + ["LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization"].map {
      OperatorDefinition($0, shape: layerNormalization, work: .perOutput(8))
    }
    + ["SkipLayerNormalization", "SkipSimplifiedLayerNormalization"].map {
      OperatorDefinition($0, in: .microsoft, shape: skipLayerNormalization, work: .perOutput(8))
    }

  private static func along(
    _ name: String, in domain: OperatorDomain = .standard, _ operations: Int
  ) -> OperatorDefinition {
    OperatorDefinition(name, in: domain, shape: ElementwiseOperators.same, work: .perOutput(operations))
  }

  private static let layerNormalization: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let axis = try node.axis(try node.int("axis", default: -1), rank: shape.count)
    let statistics = shape.enumerated().map { $0.offset >= axis ? 1 : $0.element }
    let side = TensorFact(.float32, statistics)
    return [TensorFact(node.elementType(0), shape), side, side]
  }

  private static let skipLayerNormalization: ShapeRule = { node in
    guard let shape = node.shape(0) else { return [] }
    let side = TensorFact(.float32, Array(shape.dropLast()) + [1])
    let main = TensorFact(node.elementType(0), shape)
    return [main, side, side, main]
  }
}
