/// Normalisations, softmax and scans along an axis: the output has the input's shape, but an element depends on many.
enum NormalisationOperators {
  static let definitions: [OperatorDefinition] =
    ["Softmax", "LogSoftmax"].map { along($0, 5) } + [along("BiasSoftmax", in: .microsoft, 6)]
    + ["GroupNormalization", "InstanceNormalization", "LRN"].map { along($0, 8) }
    + ["BranchwiseRMSNorm", "GatedRMSNorm", "GroupNorm"].map { along($0, in: .microsoft, 8) }
    + [
      "CumProd", "CumSum", "Hardmax", "LpNormalization", "MeanVarianceNormalization", "Trilu",
    ].map { along($0, 1) }
    + ["LayerNormalization", "RMSNormalization", "SimplifiedLayerNormalization"].map {
      OperatorDefinition($0, shape: layerNormalization, work: .perOutput(8))
    }
    + [
      OperatorDefinition(
        "SkipGroupNorm", in: .microsoft, shape: twice, work: .perOutput(9)),
      OperatorDefinition("EngramGate", in: .microsoft, shape: twice, work: .perOutput(24)),
      OperatorDefinition("RMSNormRotary", in: .microsoft, shape: rotated, work: .perOutput(11)),
    ]
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

  /// The result, and beside it a tensor of the same kind.
  private static let twice: ShapeRule = { node throws(ShapeProblem) in
    let output = try ElementwiseOperators.same(node)
    return output + output
  }

  /// X [batch, length, heads, stride] with a scale [width] to [batch, length, heads * width].
  private static let rotated: ShapeRule = { node in
    guard let x = node.shape(0), let width = node.shape(1)?.first, x.count == 4 else { return [] }
    return [
      TensorFact(node.elementType(0), [x[0], x[1], Saturating.product(x[2], width)]),
      TensorFact(.float32, [x[0], x[1], x[2], width]),
    ]
  }
}
