/// ONNX Runtime's operators on quantised activations: each operand is followed by its scale and zero point.
enum QLinearOperators {
  static let definitions: [OperatorDefinition] = [
    operation("QLinearAdd", broadcast(0, 3), traits: .elementwise),
    operation("QLinearMul", broadcast(0, 3), traits: .elementwise),
    operation("MulInteger", broadcast(0, 2, type: .int32), traits: .elementwise),
    operation("QLinearWhere", broadcast(1, 0, 4), work: .movement, traits: .elementwise),
    operation("QLinearLeakyRelu", ElementwiseOperators.same, traits: .elementwise),
    operation("QLinearSigmoid", ElementwiseOperators.same, traits: .elementwise),
    operation("QOrderedGelu", ElementwiseOperators.same, traits: .elementwise),
    operation("QLinearSoftmax", ElementwiseOperators.same, work: .perOutput(5)),
    operation("QOrderedLayerNormalization", ElementwiseOperators.same, work: .perOutput(8)),
    operation("QLinearReduceMean", ReductionOperators.byAttribute, work: .perInput),
    operation(
      "ReduceSumInteger",
      { node throws(ShapeProblem) in
        try ReductionOperators.byAttribute(node).map { TensorFact(.int32, $0.shape) }
      }, work: .perInput),
    operation("QLinearConcat", concat, work: .movement),
    operation(
      "QuantizeWithOrder", { node in [TensorFact(.int8, node.shape(0))] }, traits: .elementwise),
    operation(
      "DequantizeWithOrder", { node in [TensorFact(.float32, node.shape(0))] }, traits: .elementwise),
  ]

  private static func operation(
    _ name: String, _ shape: @escaping ShapeRule, work: WorkRule = .perElement,
    traits: OperatorTraits = []
  ) -> OperatorDefinition {
    OperatorDefinition(name, in: .microsoft, shape: shape, work: work, traits: traits)
  }

  /// The operands at `positions` broadcast together; the first gives the type.
  private static func broadcast(_ positions: Int..., type: ElementType? = nil) -> ShapeRule {
    { node throws(ShapeProblem) in
      var shapes: [[Int]] = []
      for position in positions {
        guard let shape = node.shape(position) else { return [] }
        shapes.append(shape)
      }
      return [TensorFact(type ?? node.elementType(positions[0]), try Broadcasting.shape(shapes))]
    }
  }

  /// The output's scale and zero point, then each part with its own.
  private static let concat: ShapeRule = { node throws(ShapeProblem) in
    let parts = stride(from: 2, to: node.inputs.count, by: 3).map { node.input($0) }
    return try LayoutOperators.joined(parts, node)
  }
}
