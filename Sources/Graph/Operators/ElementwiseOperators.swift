import Foundation

/// Operators that compute each element of their output from one element of each input.
enum ElementwiseOperators {
  static let definitions: [OperatorDefinition] =
    unary.map { elementwise($0, same) } + foldedUnary + predicates + binary + comparisons
    + contributed.map { elementwise($0, in: .microsoft, same) } + [
      elementwise("Where", selection, work: .movement, values: ValueArithmetic.selection),
      elementwise("Cast", cast, work: .counted(castWork), values: ValueArithmetic.cast),
      elementwise("BitCast", cast, work: .movement),
      elementwise(
        "CastLike", castLike, work: .counted(castWork), values: ValueArithmetic.castLike),
      elementwise("SwiGLU", gated, work: .perOutput(2)),
      OperatorDefinition("SwiGLU", in: .microsoft, shape: halved, work: .perOutput(2)),
      OperatorDefinition("BiasSplitGelu", in: .microsoft, shape: halved, work: .perOutput(3)),
      elementwise("BatchNormalization", batchNormalization, work: .perOutput(2)),
    ]

  private static let unary = [
    "Acos", "Acosh", "Affine", "Asin", "Asinh", "Atan", "Atanh", "BitwiseNot", "Celu", "Cos",
    "Cosh", "Elu", "Erf", "Gelu", "HardSigmoid", "HardSwish", "ImageScaler", "LeakyRelu",
    "Mish", "ParametricSoftplus", "Scale", "ScaledRelu", "ScaledTanh", "Selu", "Shrink",
    "Sigmoid", "Silu", "Sin", "Sinh", "Softplus", "Softsign", "Swish", "Tan", "Tanh",
    "ThresholdedRelu",
  ]

  /// The second input, where there is one, is a bias along the last axis.
  private static let contributed = [
    "BiasAdd", "BiasGelu", "ComplexMul", "ComplexMulConj", "FastGelu", "GatedAdd", "QuickGelu",
    "SampleOp", "ScaledSiLU",
  ]

  private static let foldedUnary: [OperatorDefinition] = [
    elementwise("Abs", same, values: ValueArithmetic.unary({ $0 == .min ? nil : abs($0) }, { abs($0) })),
    elementwise("Neg", same, values: ValueArithmetic.unary({ $0 == .min ? nil : -$0 }, { -$0 })),
    elementwise("Ceil", same, values: ValueArithmetic.unary({ _ in nil }, { $0.rounded(.up) })),
    elementwise("Floor", same, values: ValueArithmetic.unary({ _ in nil }, { $0.rounded(.down) })),
    elementwise("Round", same, values: ValueArithmetic.unary({ _ in nil }, { $0.rounded(.toNearestOrEven) })),
    elementwise("Sqrt", same, values: ValueArithmetic.unary({ _ in nil }, { $0.squareRoot() })),
    elementwise("Exp", same, values: ValueArithmetic.unary({ _ in nil }, { exp($0) })),
    elementwise("Log", same, values: ValueArithmetic.unary({ _ in nil }, { log($0) })),
    elementwise("Relu", same, values: ValueArithmetic.unary({ max($0, 0) }, { max($0, 0) })),
    elementwise(
      "Sign", same,
      values: ValueArithmetic.unary({ $0.signum() }, { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 })),
    elementwise("Clip", same, values: ValueArithmetic.clip),
    elementwise("Reciprocal", same, values: ValueArithmetic.unary({ _ in nil }, { 1 / $0 })),
  ]

  private static let predicates: [OperatorDefinition] = [
    elementwise("IsInf", predicate), elementwise("IsNaN", predicate),
    elementwise(
      "Not", predicate, values: ValueArithmetic.unary({ $0 == 0 ? 1 : 0 }, { $0 == 0 ? 1 : 0 })),
  ]

  private static let binary: [OperatorDefinition] =
    ["Mean", "PRelu"].map { elementwise($0, broadcast) } + [
      elementwise("Pow", broadcast, values: ValueArithmetic.power),
      elementwise("BitShift", broadcast, values: ValueArithmetic.shift),
      elementwise("BitwiseAnd", broadcast, values: ValueArithmetic.logical { $0 & $1 }),
      elementwise("BitwiseOr", broadcast, values: ValueArithmetic.logical { $0 | $1 }),
      elementwise("BitwiseXor", broadcast, values: ValueArithmetic.logical { $0 ^ $1 }),
      elementwise("Xor", broadcast, values: ValueArithmetic.logical { $0 ^ $1 }),
      elementwise(
        "Add", broadcast, values: ValueArithmetic.binary({ $0.addingReportingOverflow($1) }, { $0 + $1 })),
      elementwise(
        "Sum", broadcast, values: ValueArithmetic.binary({ $0.addingReportingOverflow($1) }, { $0 + $1 })),
      elementwise(
        "Sub", broadcast,
        values: ValueArithmetic.binary({ $0.subtractingReportingOverflow($1) }, { $0 - $1 })),
      elementwise(
        "Mul", broadcast,
        values: ValueArithmetic.binary({ $0.multipliedReportingOverflow(by: $1) }, { $0 * $1 })),
      elementwise(
        "Div", broadcast, values: ValueArithmetic.binary({ $0.dividedReportingOverflow(by: $1) }, { $0 / $1 })
      ),
      elementwise("Mod", broadcast, values: ValueArithmetic.modulo),
      elementwise(
        "Max", broadcast, values: ValueArithmetic.binary({ (max($0, $1), false) }, { max($0, $1) })),
      elementwise(
        "Min", broadcast, values: ValueArithmetic.binary({ (min($0, $1), false) }, { min($0, $1) })),
      elementwise("And", broadcast, values: ValueArithmetic.logical { $0 & $1 }),
      elementwise("Or", broadcast, values: ValueArithmetic.logical { $0 | $1 }),
    ]

  private static let comparisons: [OperatorDefinition] = [
    elementwise("Equal", comparison, values: ValueArithmetic.comparison({ $0 == $1 }, { $0 == $1 })),
    elementwise("Greater", comparison, values: ValueArithmetic.comparison({ $0 > $1 }, { $0 > $1 })),
    elementwise("GreaterOrEqual", comparison, values: ValueArithmetic.comparison({ $0 >= $1 }, { $0 >= $1 })),
    elementwise("Less", comparison, values: ValueArithmetic.comparison({ $0 < $1 }, { $0 < $1 })),
    elementwise("LessOrEqual", comparison, values: ValueArithmetic.comparison({ $0 <= $1 }, { $0 <= $1 })),
  ]

  private static func elementwise(
    _ name: String, in domain: OperatorDomain = .standard, _ shape: @escaping ShapeRule,
    work: WorkRule = .perElement, values: ValueRule? = nil, traits: OperatorTraits = []
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: domain, shape: shape, work: work, values: values, traits: traits.union(.elementwise))
  }

  /// The first output has type and shape of the first input.
  static let same: ShapeRule = { node in
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

  /// A cast to the type that the value has is a view.
  @Sendable private static func castWork(_ node: NodeContext, _ outputs: [TensorFact]) -> OperatorWork {
    guard let type = node.elementType(0), type == outputs.first?.type else { return .movement }
    return OperatorWork(isView: true)
  }

  /// A gate and what it scales, of one shape.
  private static let gated: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let b = node.shape(1) else { return [] }
    return [TensorFact(node.elementType(0), try Broadcasting.shape([a, b]))]
  }

  /// Both halves of the last axis make one, unless the second half is an input of its own.
  private static let halved: ShapeRule = { node in
    guard let shape = node.shape(0), let last = shape.last else { return [] }
    let isWhole = node.type != "BiasSplitGelu" && node.has(1)
    return [TensorFact(node.elementType(0), isWhole ? shape : shape.dropLast() + [last / 2])]
  }

  private static let castLike: ShapeRule = { node in
    [TensorFact(node.elementType(1), node.shape(0))]
  }

  private static let batchNormalization: ShapeRule = { node in
    let statistics = (3...4).map { TensorFact(node.elementType($0), node.shape($0)) }
    return [TensorFact(node.elementType(0), node.shape(0))] + statistics + statistics
  }
}
