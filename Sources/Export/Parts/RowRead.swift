import Graph

/// How a node looks rows of its first input up: whether other rows and other indices can take the place of the file's.
enum RowRead {
  /// It hands rows on as they are.
  case gather
  /// It adds rows up, divides such a sum by how many there are, or takes the largest.
  case bag(Bag)
  /// It needs the table as it is: for this reason.
  case whole(String)

  struct Bag {
    /// Which of its inputs are the indices.
    var indices: Int
    /// The row that counts for nothing, and what says so.
    var padding: (row: Int, place: Place)?
    /// Whether it takes the largest of a bag.
    var isMaximum = false

    enum Place {
      case input(Int)
      case attribute(String)
    }
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

  /// The conventions of Caffe2 and Glow: all of this family add up, or divide by the length, unless an attribute says otherwise.
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
    var bag = Bag(indices: indices, padding: nil)
    switch node.attributes["mode"] {
    case nil, .int(0), .int(1), .string("sum"), .string("mean"): break
    case .int(2), .string("max"):
      bag.isMaximum = true
      guard node.inputs.indices.dropFirst().allSatisfy({ fact($0)?.type.map { !$0.isFloat } ?? true }) else {
        return .whole(weightedMaximum(node))
      }
    default: return .whole("'\(node.name)' pools bags in a way that is not known")
    }
    switch node.attributes["padding_idx"] {
    case nil, .int(-1): break
    case .int(let row) where row >= 0: bag.padding = (row, .attribute("padding_idx"))
    default: return .whole("'\(node.name)' leaves out a row of padding that is not known")
    }
    return .bag(bag)
  }

  private static func weightedMaximum(_ node: Scope.Node) -> String {
    "'\(node.name)' takes the largest of rows with weights, which may be negative"
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
    guard let mode, (0...2).contains(mode) else {
      return .whole("'\(node.name)' pools bags in a way that is not known")
    }
    if mode == 2, isGiven(6) { return .whole(weightedMaximum(node)) }
    var bag = Bag(indices: 1, padding: nil, isMaximum: mode == 2)
    var padding: (row: Int?, place: Bag.Place)?
    if isGiven(8) { padding = (constant(8), .input(8)) }
    if let given = node.attributes["padding_idx"] {
      let row: Int? = if case .int(let row) = given { row } else { nil }
      padding = (row, .attribute("padding_idx"))
    }
    guard let padding else { return .bag(bag) }
    guard var row = padding.row else {
      return .whole("'\(node.name)' leaves out a row of padding that is not known")
    }
    // Without a row of padding the older function is handed -1; the newer one counts from the end.
    if row < 0, function == "_embedding_bag" { return .bag(bag) }
    if row < 0, let rows = node.inputs[0].flatMap({ written.value($0).shape?.first }) { row += rows }
    bag.padding = (row, padding.place)
    return .bag(bag)
  }
}
