/// Operators that reduce along axes.
enum ReductionOperators {
  static let definitions: [OperatorDefinition] =
    ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"].map {
      OperatorDefinition($0, shape: reduction, work: .perInput)
    } + [
      reduction("ReduceMax", ValueArithmetic.reduction({ $0.max() }, { $0.max() }), .pooling),
      reduction("ReduceMin", ValueArithmetic.reduction({ $0.min() }, { $0.min() })),
      reduction("ReduceProd", ValueArithmetic.reduction(Saturating.exactProduct, { $0.reduce(1, *) })),
      reduction(
        "ReduceSum", ValueArithmetic.reduction({ $0.reduce(0, Saturating.sum) }, { $0.reduce(0, +) }),
        .pooling),
      reduction(
        "ReduceMean",
        ValueArithmetic.reduction({ _ in nil }, { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }),
        .pooling),
      OperatorDefinition("ArgMax", shape: argument, work: .perInput),
      OperatorDefinition("ArgMin", shape: argument, work: .perInput),
    ]

  private static func reduction(
    _ name: String, _ values: ValueRule, _ traits: OperatorTraits = []
  ) -> OperatorDefinition {
    OperatorDefinition(name, shape: reduction, work: .perInput, values: values, traits: traits)
  }

  private static let reduction: ShapeRule = { node throws(ShapeProblem) in
    guard let axes = try axes(node), let shape = node.shape(0) else { return [] }
    return [TensorFact(node.elementType(0), try reduced(node, shape, axes))]
  }

  /// A reduction whose axes are an attribute, whatever its other inputs are.
  static let byAttribute: ShapeRule = { node throws(ShapeProblem) in
    try reduction(NodeContext(node: node.node, inputs: Array(node.inputs.prefix(1))))
  }

  /// The reduced axes as ascending positions; `nil` when they are not known.
  static func axes(_ node: NodeContext) throws(ShapeProblem) -> [Int]? {
    guard let shape = node.shape(0), !node.isComputed(input: 1) else { return nil }
    let given = try node.intsFrom(input: 1, attribute: "axes") ?? []
    if given.isEmpty {
      return try node.int("noop_with_empty_axes", default: 0) == 0 ? Array(shape.indices) : []
    }
    var axes: Set<Int> = []
    for axis in given { axes.insert(try node.axis(axis, rank: shape.count, field: "axes")) }
    return axes.sorted()
  }

  private static func reduced(
    _ node: NodeContext, _ shape: [Int], _ axes: [Int]
  ) throws(ShapeProblem) -> [Int] {
    let keeps = try node.int("keepdims", default: 1) != 0
    return shape.indices.compactMap { axis in
      axes.contains(axis) ? (keeps ? 1 : nil) : shape[axis]
    }
  }

  private static let argument: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let axis = try node.axis(try node.int("axis", default: 0), rank: shape.count)
    return [TensorFact(.int64, try reduced(node, shape, [axis]))]
  }
}
