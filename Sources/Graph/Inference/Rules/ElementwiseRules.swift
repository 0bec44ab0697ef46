/// Operators whose output has the (broadcast) shape of their inputs.
enum ElementwiseRules {
  static let rules: [String: ShapeRule] = {
    var rules: [String: ShapeRule] = [:]
    for name in sameShape { rules[name] = same }
    for name in broadcasting { rules[name] = broadcast }
    for name in comparing { rules[name] = comparison }
    for name in ["IsInf", "IsNaN", "Not"] { rules[name] = predicate }
    rules["Where"] = selection
    rules["Cast"] = cast
    rules["CastLike"] = castLike
    rules["BitCast"] = cast
    rules["Dropout"] = dropout
    rules["BatchNormalization"] = batchNormalization
    for name in ["LayerNormalization", "SimplifiedLayerNormalization", "RMSNormalization"] {
      rules[name] = layerNormalization
    }
    for name in ["SkipLayerNormalization", "SkipSimplifiedLayerNormalization"] {
      rules[name] = skipLayerNormalization
    }
    for name in ["RandomNormalLike", "RandomUniformLike", "Bernoulli", "EyeLike"] {
      rules[name] = like
    }
    return rules
  }()

  private static let sameShape = [
    "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Celu", "Clip", "Cos", "Cosh",
    "CumSum", "CumProd", "Elu", "Erf", "Exp", "FastGelu", "Floor", "Gelu", "GroupNormalization", "GroupNorm",
    "HardSigmoid", "HardSwish", "Hardmax", "Identity", "InstanceNormalization", "LRN", "LeakyRelu",
    "Log", "LogSoftmax", "LpNormalization", "MeanVarianceNormalization", "Mish", "Neg", "QuickGelu",
    "Reciprocal", "Relu", "ReverseSequence", "RotaryEmbedding", "Round", "ScaledTanh", "ScatterElements",
    "Scatter", "ScatterND", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softmax", "Softplus",
    "Softsign", "Sqrt", "Swish", "TensorScatter", "Tan", "Tanh", "ThresholdedRelu", "Trilu", "BitwiseNot",
    "ParametricSoftplus", "Scale", "ScaledRelu", "ImageScaler", "Affine", "Swish", "BiasGelu",
    "BiasAdd", "BiasSoftmax", "Silu",
  ]

  private static let broadcasting = [
    "Add", "And", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Max", "Mean", "Min", "Mod",
    "Mul", "Or", "PRelu", "Pow", "Sub", "Sum", "Xor",
  ]

  private static let comparing = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"]

  private static let same: ShapeRule = { node in
    guard let first = node.input(0) else { return [] }
    return [TensorFact(first.type, first.shape)]
  }

  private static let broadcast: ShapeRule = { node throws(ShapeProblem) in
    [TensorFact(node.elementType(0) ?? node.elementType(1), try broadcastShape(node))]
  }

  private static let comparison: ShapeRule = { node throws(ShapeProblem) in
    [TensorFact(.bool, try broadcastShape(node))]
  }

  private static func broadcastShape(_ node: NodeContext) throws(ShapeProblem) -> [Int]? {
    // Before operator set 7 the second input was broadcast one way, along `axis`.
    if node.has(attribute: "broadcast") { return node.shape(0) }
    var shapes: [[Int]] = []
    for input in node.inputs {
      guard let shape = input?.shape else { return nil }
      shapes.append(shape)
    }
    return try Broadcasting.shape(shapes)
  }

  private static let predicate: ShapeRule = { node in [TensorFact(.bool, node.shape(0))] }

  private static let selection: ShapeRule = { node throws(ShapeProblem) in
    [TensorFact(node.elementType(1) ?? node.elementType(2), try broadcastShape(node))]
  }

  private static let cast: ShapeRule = { node throws(ShapeProblem) in
    let code = try node.int("to", default: 0)
    guard let type = ElementType(onnxCode: code) else {
      throw ShapeProblem("casts to element type \(code), which ONNX does not define", field: "to")
    }
    return [TensorFact(type, node.shape(0))]
  }

  private static let castLike: ShapeRule = { node in
    [TensorFact(node.elementType(1), node.shape(0))]
  }

  private static let like: ShapeRule = { node throws(ShapeProblem) in
    let type = try node.int("dtype").flatMap(ElementType.init(onnxCode:))
    return [TensorFact(type ?? node.elementType(0), node.shape(0))]
  }

  private static let dropout: ShapeRule = { node in
    [TensorFact(node.elementType(0), node.shape(0)), TensorFact(.bool, node.shape(0))]
  }

  private static let batchNormalization: ShapeRule = { node in
    let statistics = (3...4).map { TensorFact(node.elementType($0), node.shape($0)) }
    return [TensorFact(node.elementType(0), node.shape(0))] + statistics + statistics
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
