/// Quantising and dequantising, which change the type and keep the shape.
enum QuantisationRules {
  static let rules: [String: ShapeRule] = [
    "QuantizeLinear": { node throws(ShapeProblem) in
      let declared = try node.int("output_dtype").flatMap(ElementType.init(onnxCode:))
      return [TensorFact(node.elementType(2) ?? declared ?? .uint8, node.shape(0))]
    },
    "DequantizeLinear": { node in [TensorFact(node.elementType(1) ?? .float32, node.shape(0))] },
    "DynamicQuantizeLinear": { node in
      [TensorFact(.uint8, node.shape(0)), TensorFact(.float32, []), TensorFact(.uint8, [])]
    },
  ]
}
