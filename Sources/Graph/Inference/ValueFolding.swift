/// Computes the values of small tensors that follow from shapes and constants, so that reshapes and slices by
/// computed shapes can be inferred.
enum ValueFolding {
  /// The values of each output, `nil` where they are not known or too many to keep.
  static func fold(_ node: NodeContext, outputs: [TensorFact]) -> [ConstantValues?] {
    guard let first = outputs.first else { return [] }
    if node.type == "Split" { return foldSplit(node, outputs: outputs) }
    guard let count = first.count, count <= ConstantValues.limit, let shape = first.shape else { return [] }
    return [value(node, type: first.type, shape: shape)]
  }

  private static func value(_ node: NodeContext, type: ElementType?, shape: [Int]) -> ConstantValues? {
    switch node.type {
    case "Constant": return constant(node)
    case "Shape":
      guard let input = node.input(0), let source = input.shape, !input.isBound,
        let range = try? GeneratingRules.shapeRange(node, rank: source.count)
      else { return nil }
      return .ints(Array(source[range]))
    case "Size":
      guard let input = node.input(0), !input.isBound, let size = input.count else { return nil }
      return .ints([size])
    case "ConstantOfShape": return filled(node, count: Saturating.product(shape))
    default: break
    }
    guard node.inputs.allSatisfy({ $0 == nil || $0?.values != nil }), node.input(0) != nil else { return nil }
    if let result = ValueArithmetic.fold(node, type: type, shape: shape) { return result }
    return ValueLayout.fold(node, type: type, shape: shape)
  }

  private static func constant(_ node: NodeContext) -> ConstantValues? {
    if let tensor = node.node.tensors["value"] { return tensor.values }
    switch node.node.attributes.first(where: { $0.key.hasPrefix("value_") })?.value {
    case .int(let value): return .ints([value])
    case .ints(let values): return values.count <= ConstantValues.limit ? .ints(values) : nil
    case .float(let value): return .floats([value])
    case .floats(let values): return values.count <= ConstantValues.limit ? .floats(values) : nil
    default: return nil
    }
  }

  private static func filled(_ node: NodeContext, count: Int) -> ConstantValues? {
    guard node.input(0)?.values != nil else { return nil }
    guard let value = node.node.tensors["value"] else {
      return .floats([Double](repeating: 0, count: count))
    }
    switch value.values {
    case .ints(let values): return values.first.map { .ints([Int](repeating: $0, count: count)) }
    case .floats(let values): return values.first.map { .floats([Double](repeating: $0, count: count)) }
    case nil: return nil
    }
  }

  private static func foldSplit(_ node: NodeContext, outputs: [TensorFact]) -> [ConstantValues?] {
    guard let values = node.input(0)?.values, node.shape(0)?.count == 1 else { return [] }
    var start = 0
    return outputs.map { output in
      guard let count = output.count, start + count <= values.count else { return nil }
      defer { start += count }
      return values.picking(Array(start..<(start + count)))
    }
  }
}
