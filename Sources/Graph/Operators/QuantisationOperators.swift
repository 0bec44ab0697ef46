/// Quantising and dequantising, which change the type and keep the shape.
enum QuantisationOperators {
  static let definitions: [OperatorDefinition] = [
    OperatorDefinition(
      "QuantizeLinear",
      shape: { node throws(ShapeProblem) in
        let declared = try node.int("output_dtype").flatMap(ElementType.init(onnxCode:))
        return [TensorFact(node.elementType(2) ?? declared ?? .uint8, node.shape(0))]
      }, traits: .elementwise, quantised: QuantisedInputs(scales: [1, 2])),
    OperatorDefinition(
      "DequantizeLinear",
      shape: { node in [TensorFact(node.elementType(1) ?? .float32, node.shape(0))] },
      traits: .elementwise, quantised: QuantisedInputs(scales: [1, 2])),
    OperatorDefinition(
      "DynamicQuantizeLinear",
      shape: { node in
        [TensorFact(.uint8, node.shape(0)), TensorFact(.float32, []), TensorFact(.uint8, [])]
      }),
  ]
}
