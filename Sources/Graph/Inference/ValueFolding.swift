/// How the values of small tensors follow from shapes and constants, so that reshapes and slices by computed shapes can
/// be inferred. `nil` stands for values that are not known.
enum ValueRule: Sendable {
  /// The values of the first output, from its type and shape.
  typealias Single = @Sendable (NodeContext, ElementType?, [Int]) -> ConstantValues?

  /// From shapes and attributes: the inputs' values need not be known.
  case generated(Single)
  /// From the values of all inputs.
  case computed(Single)
  /// The values of every output.
  case parts(@Sendable (NodeContext, [TensorFact]) -> [ConstantValues?])

  /// The values of each output, as far as they are known and few enough to keep.
  func values(_ node: NodeContext, outputs: [TensorFact]) -> [ConstantValues?] {
    switch self {
    case .parts(let parts): return parts(node, outputs)
    case .generated(let single):
      return Self.first(of: outputs).map { [single(node, $0.type, $0.shape)] } ?? []
    case .computed(let single):
      guard node.has(0), node.inputs.allSatisfy({ $0 == nil || $0?.values != nil }) else { return [] }
      return Self.first(of: outputs).map { [single(node, $0.type, $0.shape)?.rounded(to: $0.type)] } ?? []
    }
  }

  private static func first(of outputs: [TensorFact]) -> (type: ElementType?, shape: [Int])? {
    guard let first = outputs.first, let count = first.count, count <= ConstantValues.limit,
      let shape = first.shape
    else { return nil }
    return (first.type, shape)
  }
}

/// Values that follow from attributes and shapes.
enum ValueFolding {
  static let shape = ValueRule.generated { node, _, _ in
    guard let input = node.input(0), let source = input.shape, !input.isBound,
      let range = try? GeneratingOperators.shapeRange(node, rank: source.count)
    else { return nil }
    return .ints(Array(source[range]))
  }

  static let size = ValueRule.generated { node, _, _ in
    guard let input = node.input(0), !input.isBound, let size = input.count else { return nil }
    return .ints([size])
  }

  static let constant = ValueRule.generated { node, _, _ in
    if let tensor = node.node.tensors["value"] { return tensor.values }
    switch node.node.attributes.first(where: { $0.key.hasPrefix("value_") })?.value {
    case .int(let value): return .ints([value])
    case .ints(let values): return values.count <= ConstantValues.limit ? .ints(values) : nil
    case .float(let value): return .floats([value])
    case .floats(let values): return values.count <= ConstantValues.limit ? .floats(values) : nil
    default: return nil
    }
  }

  static let filled = ValueRule.generated { node, _, shape in
    guard node.input(0)?.values != nil else { return nil }
    let count = Saturating.product(shape)
    guard let value = node.node.tensors["value"] else {
      return .floats([Double](repeating: 0, count: count))
    }
    switch value.values {
    case .ints(let values): return values.first.map { .ints([Int](repeating: $0, count: count)) }
    case .floats(let values): return values.first.map { .floats([Double](repeating: $0, count: count)) }
    case nil: return nil
    }
  }
}
