/// Sizes that depend on data, as the most that they can be.
///
/// Of a tensor whose shape is an upper bound (the boxes that a detector keeps, say) also what is worked out from that shape is
/// known as an upper bound, as long as no operator on the way falls where what it reads rises.
enum UpperBounds {
  /// Operators whose values never fall with those of these inputs; all other inputs must be known.
  private static let values: [String: ClosedRange<Int>] = {
    var positions: [String: ClosedRange<Int>] = ["Where": 1...2]
    for type in ["Add", "Concat", "Max", "Min", "Mul", "Sum"] { positions[type] = 0...(.max - 1) }
    for type in [
      "Cast", "Ceil", "Clip", "Div", "Expand", "Floor", "Gather", "GatherElements", "GatherND", "Identity",
      "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "Relu", "Reshape", "Round", "Shape", "Size",
      "Slice",
      "Split", "Sqrt", "Squeeze", "Sub", "Transpose", "Unsqueeze",
    ] { positions[type] = 0...0 }
    return positions
  }()

  /// Operators whose results never get smaller with the values of these inputs.
  private static let shapes: [String: ClosedRange<Int>] = [
    "ConstantOfShape": 0...0, "Expand": 1...1, "OneHot": 1...1, "Range": 1...1, "Reshape": 1...1,
    "Resize": 3...3, "Tile": 1...1, "TopK": 1...1,
  ]

  /// Operators that fall with their first input where a later one is negative.
  private static let signed: Set<String> = ["Div", "Mul", "Range", "ReduceProd"]

  /// The outputs, as upper bounds; `nil` where the inputs do not bound them.
  static func outputs(_ node: NodeContext, _ rule: ShapeRule) -> [TensorFact]? {
    guard let bounded = context(node, shapes[node.type]), let outputs = try? rule(bounded),
      outputs.contains(where: { $0.shape != nil })
    else { return nil }
    return outputs.map { output in
      var output = output
      output.isBound = output.shape != nil
      return output
    }
  }

  /// The most that the values of each output can be.
  static func values(_ node: NodeContext, _ rule: ValueRule, outputs: [TensorFact]) -> [ConstantValues?] {
    if node.type == "Where", let either = eitherBranch(node, rule, outputs) { return [either] }
    guard let bounded = context(node, values[node.type]) else { return [] }
    return rule.values(bounded, outputs: outputs)
  }

  /// The larger of what a selection may be, where its condition is not known.
  private static func eitherBranch(
    _ node: NodeContext, _ rule: ValueRule, _ outputs: [TensorFact]
  ) -> ConstantValues? {
    guard let condition = node.input(0), condition.values == nil, let count = condition.count,
      count <= ConstantValues.limit
    else { return nil }
    let branches = [0, 1].compactMap { taken -> ConstantValues? in
      var inputs = node.inputs.map { input -> TensorFact? in
        guard var fact = input else { return nil }
        fact.values = fact.values ?? fact.most
        return fact
      }
      inputs[0]?.values = .ints([Int](repeating: taken, count: count))
      return rule.values(NodeContext(node: node.node, inputs: inputs), outputs: outputs).first ?? nil
    }
    guard branches.count == 2, let first = branches[0].ints, let second = branches[1].ints else { return nil }
    return .ints(zip(first, second).map { max($0, $1) })
  }

  /// The node as if its inputs were as large as they can be; `nil` where none is known by a bound alone, or one that `positions`
  /// does not name.
  private static func context(_ node: NodeContext, _ positions: ClosedRange<Int>?) -> NodeContext? {
    guard let positions, OperatorDomain(node.node.domain) == .standard else { return nil }
    var inputs = node.inputs
    var isBounded = ["Shape", "Size"].contains(node.type) && node.hasBoundInput
    for position in inputs.indices {
      guard var input = inputs[position] else { continue }
      if input.values == nil, let most = input.most {
        guard positions.contains(position) else { return nil }
        input.values = most
        isBounded = true
      }
      input.isBound = false
      inputs[position] = input
    }
    guard isBounded else { return nil }
    if signed.contains(node.type), inputs.contains(where: { $0?.values?.floats.contains { $0 < 0 } ?? false })
    {
      return nil
    }
    return NodeContext(node: node.node, inputs: inputs, declaredOutputs: node.declaredOutputs)
  }
}
