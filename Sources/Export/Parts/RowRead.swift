import Graph

/// How a node looks rows of its first input up: whether other rows and other indices can take the place of the file's.
enum RowRead {
  /// It hands rows on as they are.
  case gather
  /// It adds rows up, or divides such a sum by the length of the bag.
  case bag(Bag)
  /// It needs the table as it is: for this reason.
  case whole(String)

  struct Bag {
    /// Which of its inputs are the indices.
    var indices: Int
    /// The row that counts for nothing, and the input that says so.
    var padding: (row: Int, input: Int)?
  }

  /// - Parameter written: The graph around the node, which knows its constants; `nil` for a node in a body.
  init(_ node: Scope.Node, in written: WrittenGraph?) {
    if TableReads.isGather(node) {
      self = .gather
    } else if let written, WrittenGraph.isBagLookup(node) {
      self = Self.bag(node, written)
    } else if let written, let function = WrittenGraph.tensorFunction(of: node) {
      self = Self.bag(node, function: function, written)
    } else {
      self = .whole("'\(node.name)' (\(node.type)) does not pick rows")
    }
  }

  /// The conventions of Caffe2 and Glow: all of this family add up, or divide by the length.
  private static func bag(_ node: Scope.Node, _ written: WrittenGraph) -> RowRead {
    func fact(_ position: Int) -> WrittenGraph.Value? { node.inputs[position].map(written.value) }
    guard let indices = node.inputs.indices.dropFirst().first(where: { fact($0)?.type?.isIndex ?? false })
    else { return .whole("the indices of '\(node.name)' are of no known type") }
    let rows = fact(0)?.shape?.first
    if node.inputs.indices[1..<indices].contains(where: {
      fact($0)?.isConstant ?? false && fact($0)?.shape?.first == rows
    }) {
      return .whole("'\(node.name)' (\(node.type)) has a scale of each row in an input of its own")
    }
    if let mode = node.attributes["mode"],
      ![.int(0), .int(1), .string("sum"), .string("mean")].contains(mode)
    {
      return .whole("'\(node.name)' takes the largest of a bag, which is not a sum of what its shards have")
    }
    if let padding = node.attributes["padding_idx"], padding != .int(-1) {
      return .whole("'\(node.name)' leaves out a row of padding, which other shards do not have")
    }
    return .bag(.init(indices: indices, padding: nil))
  }

  /// `embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights, include_last_offset,
  /// padding_idx)` of PyTorch, and `embedding(weight, indices, ...)`.
  private static func bag(_ node: Scope.Node, function: String, _ written: WrittenGraph) -> RowRead {
    func constant(_ position: Int) -> Int? {
      guard node.inputs.indices.contains(position), let input = node.inputs[position],
        case .ints(let values)? = written.value(input).values
      else { return nil }
      return values.first
    }
    func isGiven(_ position: Int) -> Bool {
      node.inputs.indices.contains(position) && node.inputs[position] != nil
    }
    if function == "embedding" { return .bag(.init(indices: 1, padding: nil)) }
    guard ["embedding_bag", "_embedding_bag"].contains(function) else {
      return .whole("'\(node.name)' is PyTorch's '\(function)', of which nothing is known")
    }
    var mode = constant(4) ?? (isGiven(4) ? nil : 0)
    if let given = node.attributes["mode"] { mode = if case .int(let value) = given { value } else { nil } }
    guard let mode, (0...1).contains(mode) else {
      return .whole(
        "'\(node.name)' "
          + (mode == 2
            ? "takes the largest of a bag, which is not a sum of what its shards have"
            : "pools bags in a way that is not known"))
    }
    guard isGiven(8) else { return .bag(.init(indices: 1, padding: nil)) }
    guard var row = constant(8) else {
      return .whole("'\(node.name)' leaves out a row of padding that is not known")
    }
    // Without a row of padding the older function is handed -1; the newer one counts from the end.
    if row < 0, function == "_embedding_bag" { return .bag(.init(indices: 1, padding: nil)) }
    if row < 0, let rows = node.inputs[0].flatMap({ written.value($0).shape?.first }) { row += rows }
    if mode == 1 {
      return .whole(
        "'\(node.name)' divides by the ids that are no padding, which a shard without that row cannot count")
    }
    return .bag(.init(indices: 1, padding: (row, 8)))
  }
}
