/// Operators that make tensors from attributes, shapes or nothing.
enum GeneratingOperators {
  static let definitions: [OperatorDefinition] =
    [
      OperatorDefinition(
        "Constant", shape: constant, work: .movement, values: ValueFolding.constant),
      OperatorDefinition(
        "ConstantOfShape", shape: constantOfShape, work: .movement, values: ValueFolding.filled),
      OperatorDefinition(
        "Shape", shape: shape, work: .movement, values: ValueFolding.shape, traits: .readsShape),
      OperatorDefinition(
        "Size", shape: { _ in [TensorFact(.int64, [])] }, work: .movement, values: ValueFolding.size,
        traits: .readsShape),
      OperatorDefinition("Range", shape: range, work: .movement, values: ValueArithmetic.range),
      OperatorDefinition("EyeLike", shape: like, work: .movement),
      OperatorDefinition("Multinomial", shape: multinomial, traits: .random),
    ]
    + ["RandomNormal", "RandomUniform"].map { OperatorDefinition($0, shape: random, traits: .random) }
    + ["RandomNormalLike", "RandomUniformLike", "Bernoulli"].map {
      OperatorDefinition($0, shape: like, traits: .random)
    }

  private static let constant: ShapeRule = { node throws(ShapeProblem) in
    if let value = node.node.tensors["value"] ?? node.node.tensors["sparse_value"] {
      return [TensorFact(value.type, value.shape)]
    }
    for (name, value) in node.node.attributes {
      switch (name, value) {
      case ("value_int", .int): return [TensorFact(.int64, [])]
      case ("value_ints", .ints(let values)): return [TensorFact(.int64, [values.count])]
      case ("value_float", .float): return [TensorFact(.float32, [])]
      case ("value_floats", .floats(let values)): return [TensorFact(.float32, [values.count])]
      case ("value_string", .string): return [TensorFact(.string, [])]
      case ("value_strings", .strings(let values)): return [TensorFact(.string, [values.count])]
      case (_, _) where name.hasPrefix("value"):
        throw ShapeProblem("attribute '\(name)' must not be \(value.kindName)", field: name)
      default: continue
      }
    }
    throw ShapeProblem("a Constant needs a value", field: "value")
  }

  private static let constantOfShape: ShapeRule = { node throws(ShapeProblem) in
    let type = node.node.tensors["value"]?.type ?? .float32
    guard let shape = node.intValues(0) else { return [TensorFact(type, nil)] }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw ShapeProblem("shape \(shape) has a negative dimension", field: "input")
    }
    return [TensorFact(type, shape)]
  }

  private static let shape: ShapeRule = { node throws(ShapeProblem) in
    guard let rank = node.shape(0)?.count else { return [TensorFact(.int64, nil)] }
    return [TensorFact(.int64, [try shapeRange(node, rank: rank).count])]
  }

  /// The axes a Shape reports, by its attributes `start` and `end`.
  static func shapeRange(_ node: NodeContext, rank: Int) throws(ShapeProblem) -> Range<Int> {
    func position(_ value: Int) -> Int {
      min(max(value < 0 ? Saturating.sum(value, rank) : value, 0), rank)
    }
    let start = position(try node.int("start", default: 0))
    let end = position(try node.int("end", default: rank))
    return start..<max(start, end)
  }

  private static let range: ShapeRule = { node throws(ShapeProblem) in
    let type = node.elementType(0)
    guard let start = node.floatValues(0)?.first, let limit = node.floatValues(1)?.first,
      let delta = node.floatValues(2)?.first
    else { return [TensorFact(type, nil)] }
    let count = ((limit - start) / delta).rounded(.up)
    guard delta != 0, count < 0x1p48 else {
      throw ShapeProblem("range from \(start) to \(limit) by \(delta) is not valid", field: "delta")
    }
    return [TensorFact(type, [Int(max(0, count))])]
  }

  private static let random: ShapeRule = { node throws(ShapeProblem) in
    let type = ElementType(onnxCode: try node.int("dtype", default: 1)) ?? .float32
    return [TensorFact(type, try node.ints("shape") ?? [])]
  }

  private static let multinomial: ShapeRule = { node throws(ShapeProblem) in
    guard let batch = node.shape(0)?.first else { return [] }
    let type = ElementType(onnxCode: try node.int("dtype", default: 6)) ?? .int32
    return [TensorFact(type, [batch, try node.int("sample_size", default: 1)])]
  }

  private static let like: ShapeRule = { node throws(ShapeProblem) in
    let type = try node.int("dtype").flatMap(ElementType.init(onnxCode:))
    return [TensorFact(type ?? node.elementType(0), node.shape(0))]
  }
}
