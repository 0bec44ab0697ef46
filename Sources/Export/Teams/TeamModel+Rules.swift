import Graph
import ONNXSchema

extension TeamModel {
  /// Whether a part of an operator is the operator with parts of its inputs, but for what ``restate(_:_:_:_:)`` mends.
  static func knows(_ node: Operator, _ kind: GraphCut.Kind) -> Bool {
    guard let definition = node.definition else { return false }
    if kind == .batch { return true }
    if definition.splits.contains(.experts) { return chooses(node) }
    return !["GroupNormalization", "Pad", "Tile", "TopK"].contains(node.type)
  }

  /// Of what the operator has in parts; empty where that differs among its values.
  func segments(of node: Operator, _ operation: CutDetail.Operation) -> [Int] {
    let all = zip(node.outputs + node.inputs, operation.outputs + operation.inputs)
    for (id, axis) in all {
      if let id, axis != nil, detail.axes[id.index] != nil { return segments[id] }
    }
    return []
  }

  /// Of a tensor that cards have parts of, or read parts of.
  func segments(of tensor: TensorID, along axis: Int?, like others: [Int]) -> [Int] {
    guard detail.axes[tensor.index] == nil, let axis else { return segments[tensor] }
    let size = whole[tensor].shape[axis]
    return others.reduce(0, +) == size ? others : [size]
  }

  /// The axis along which a card reads an input, also of one that is whole.
  func axis(ofInput position: Int, _ node: Operator, _ operation: CutDetail.Operation) -> Int? {
    if let axis = operation.inputs[position] { return axis }
    guard let definition = node.definition, let tensor = node.inputs[position],
      let output = node.outputs.first.flatMap({ $0 }), let axis = operation.outputs.first.flatMap({ $0 })
    else { return nil }
    let (shape, y) = (whole[tensor].shape, whole[output].shape)
    if node.type == "Concat" { return axis }
    // One value a channel.
    if ["BatchNormalization", "InstanceNormalization"].contains(node.type), position > 0 {
      return axis == 1 && shape == [y[1]] ? 0 : nil
    }
    if detail.kind == .batch, definition.splits.contains(.heads) {
      // Lengths and masks of items, and biases of scores; caches of angles are of positions.
      let isOfItems = whole[tensor].type.isIndex || shape.count > 2
      return position > 2 && axis == 0 && isOfItems && shape.first == y[0] ? 0 : nil
    }
    // Masks and biases by head.
    if definition.splits.contains(.heads) {
      return position > 2 && shape.count == 4 && shape[1] > 1 && shape[1] % ranks == 0
        && !whole[tensor].type.isIndex
        ? 1 : nil
    }
    // A bias that other products read too stays whole on every card, which takes its own columns of it.
    if detail.kind == .weights, definition.splits.contains(.outputs), position == 2,
      whole[tensor].role == .constant
    {
      return shape.count == 1
        ? (y.indices.contains(axis) && shape[0] == y[axis] ? 0 : nil) : CutLayout.axis(axis, of: y, in: shape)
    }
    let isElementwise =
      definition.traits.contains(.elementwise) || ["QuantizeLinear", "DequantizeLinear"].contains(node.type)
    return isElementwise ? CutLayout.axis(axis, of: y, in: shape) : nil
  }

  /// Sizes that the file states for the whole.
  mutating func restate(
    _ message: inout Onnx_NodeProto, _ node: Operator, _ cut: Operator, _ operation: CutDetail.Operation
  ) {
    func shape(_ tensor: TensorID?) -> [Int64] { tensor.map { detail.graph[$0].shape.map(Int64.init) } ?? [] }
    switch node.type {
    case "Reshape", "Expand":
      guard message.input.count > 1 else { return }
      message.input[1] = writer.list(shape(cut.outputs.first.flatMap { $0 }))
      message.attribute.removeAll { $0.name == "allowzero" }
    case "Resize":
      // Sizes are of the whole batch, and scales of any.
      guard message.input.count > 3, !message.input[3].isEmpty else { return }
      message.input[3] = writer.list(shape(cut.outputs.first.flatMap { $0 }))
    case "Split":
      guard let axis = operation.outputs.first.flatMap({ $0 }) else { return }
      var split = 0
      if case .int(let given)? = node.attributes["axis"] { split = given }
      if split < 0 { split += cut.outputs.first.flatMap { $0 }.map { detail.graph[$0].shape.count } ?? 0 }
      guard split == axis else { return }
      let sizes = cut.outputs.map { shape($0)[split] }
      if message.input.count > 1, !message.input[1].isEmpty {
        message.input[1] = writer.list(sizes)
      } else if node.attributes["split"] != nil {
        message.attribute.removeAll { $0.name == "split" }
        message.attribute.append(NodeText.attribute("split", .ints(sizes.map { Int($0) })))
      }
    case "Slice":
      // Along the axis in parts nothing may be left out.
      guard let x = node.inputs.first.flatMap({ $0 }), let y = node.outputs.first.flatMap({ $0 }),
        let axis = operation.outputs.first.flatMap({ $0 }), whole[x].shape[axis] != whole[y].shape[axis]
      else { return }
      guard restateSlice(&message, of: y, along: axis) else {
        let problem =
          "operator '\(node.name)' (Slice): cuts the axis that is shared out; plan again with --no-cut"
        if !problems.contains(problem) { problems.append(problem) }
        return
      }
    case "RotaryEmbedding":
      for index in message.attribute.indices where message.attribute[index].name == "num_heads" {
        message.attribute[index].i /= Int64(ranks)
      }
    default: break
    }
  }

  /// Bounds along the axis in parts, which are those of segments of what is cut.
  private mutating func restateSlice(_ message: inout Onnx_NodeProto, of y: TensorID, along axis: Int) -> Bool
  {
    let written = source.written
    guard let slice = segments.slices[y], let value = values[y],
      case .node(let index, _) = written.scope.values[value].origin
    else { return false }
    let node = written.scope.nodes[index]
    let bounds = segments[slice.input].reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    guard bounds.contains(slice.range.lowerBound), bounds.contains(slice.range.upperBound),
      let position = SlicedAxis.position(of: axis, rank: whole[y].shape.count, in: node, written)
    else { return false }
    for (input, name, bound) in [(1, "starts", slice.range.lowerBound), (2, "ends", slice.range.upperBound)] {
      guard var values = SlicedAxis.list(input, name, of: node, written) else { return false }
      values[position] = bound / ranks
      if message.input.count > input {
        message.input[input] = writer.list(values.map(Int64.init))
      } else {
        message.attribute.removeAll { $0.name == name }
        message.attribute.append(NodeText.attribute(name, .ints(values)))
      }
    }
    return true
  }
}
