/// How one operator is shared out over cards that act as one, given how its inputs lie.
struct CutRule {
  /// How the inputs must lie and the outputs then do.
  struct Plan {
    var inputs: [CutLayout]
    var outputs: [CutLayout]
    /// Whether outputs that are not in parts are terms of a sum.
    var isReduced = false
    /// Attributes that count what is shared out: heads, groups.
    var counts: [String] = []

    func attributes(_ attributes: [String: Attribute], ranks: Int) -> [String: Attribute] {
      var attributes = attributes
      for name in counts {
        if case .int(let count) = attributes[name] { attributes[name] = .int(count / ranks) }
      }
      return attributes
    }
  }

  private let node: Operator
  private let graph: Graph
  private let layouts: [CutLayout]
  private let withItems: Set<Int>
  private let ranks: Int
  private let kind: GraphCut.Kind
  private let definition: OperatorDefinition?

  /// - Parameter withItems: Whole tensors that a card may read the items of its own of.
  init(
    _ node: Operator, _ graph: Graph, _ layouts: [CutLayout], withItems: Set<Int> = [], ranks: Int,
    kind: GraphCut.Kind
  ) {
    self.node = node
    self.graph = graph
    self.layouts = layouts
    self.withItems = withItems
    self.ranks = ranks
    self.kind = kind
    definition = node.definition
  }

  /// Whether a tensor may be laid out as its only reader wants it: weights, and states.
  static func isFree(_ id: TensorID, in graph: Graph) -> Bool {
    let tensor = graph[id]
    let isTable = graph.embeddingTables.contains { $0.tensor == id }
    return (tensor.role == .constant && tensor.consumers.count == 1 && !isTable) || tensor.role == .state
  }

  /// - Parameter isWhole: Whether it is left whole although its weights could be cut.
  /// - Returns: `nil` where every card does all of it.
  func plan(isWhole: Bool) -> Plan? { candidate(isWhole: isWhole).flatMap { isSound($0) ? $0 : nil } }

  private func candidate(isWhole: Bool) -> Plan? {
    if definition?.isView ?? false { return view() }
    let repeats = Set(partInputs.map { layout($0).repeats })
    guard let several = repeats.first, repeats != [1] else { return rule(isWhole: isWhole) }
    guard repeats.count == 1, var plan = rule(isWhole: isWhole), sharesOneSize(plan) else { return nil }
    plan.inputs = plan.inputs.map { $0.repeating(several) }
    plan.outputs = plan.outputs.map { $0.repeating(several) }
    return plan
  }

  /// Whether all that is shared out has as many elements, which then are the same.
  private func sharesOneSize(_ plan: Plan) -> Bool {
    let sizes = zip(node.inputs + node.outputs, plan.inputs + plan.outputs).compactMap { id, layout in
      id.flatMap { id in layout.axis.map { graph[id].shape.indices.contains($0) ? graph[id].shape[$0] : 0 } }
    }
    return Set(sizes).count == 1
  }

  private func rule(isWhole: Bool) -> Plan? {
    guard let definition, !definition.traits.contains(.hasBodies) else { return nil }
    switch kind {
    case .weights:
      if definition.splits.contains(.heads) { return attention() }
      if definition.splits.contains(.experts) { return isWhole ? nil : experts() }
      if definition.isMatrix { return product(definition, isWhole: isWhole) }
    case .batch:
      if keepsItemsApart(definition) { return ofItems() }
      if definition.isMatrix { return partInputs.isEmpty ? nil : product(definition, isWhole: true) }
    }
    // What moves or computes parts needs at least one.
    guard partInputs.count > 0 else { return nil }
    if definition.traits.contains(.elementwise) || Self.elementwiseKin.contains(node.type) {
      return elementwise()
    }
    switch definition.kernel {
    case .softmax, .normalisation: return alongLastAxes()
    case .pooling where !node.type.contains("Roi"):
      return layout(0).axis == 1 && output(0)?.count == shape(0)?.count ? one(1, 1) : nil
    default: break
    }
    switch node.type {
    case "Transpose": return transpose()
    case "Concat": return concat()
    case "Split": return split()
    case "Gather": return gather()
    case "Slice", "Expand", "Tile", "Pad", "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "TopK",
      "ArgMax":
      return keepingAxis()
    default: return nil
    }
  }

  private static let elementwiseKin: Set<String> = ["QuantizeLinear", "DequantizeLinear", "RotaryEmbedding"]

  // MARK: Reading the node

  private func shape(_ position: Int) -> [Int]? {
    guard node.inputs.indices.contains(position) else { return nil }
    return node.inputs[position].map { graph[$0].shape }
  }

  private func output(_ position: Int) -> [Int]? {
    guard node.outputs.indices.contains(position) else { return nil }
    return node.outputs[position].map { graph[$0].shape }
  }

  private func layout(_ position: Int) -> CutLayout {
    guard node.inputs.indices.contains(position), let input = node.inputs[position] else { return .whole }
    return withItems.contains(input.index) ? .parts(axis: 0) : layouts[input.index]
  }

  private func isFree(_ position: Int) -> Bool {
    guard node.inputs.indices.contains(position), let input = node.inputs[position] else { return false }
    return Self.isFree(input, in: graph)
  }

  private func isConstant(_ position: Int) -> Bool {
    guard node.inputs.indices.contains(position), let input = node.inputs[position] else { return false }
    return graph[input].role == .constant
  }

  /// Positions of inputs that lie in parts.
  private var partInputs: [Int] { node.inputs.indices.filter { layout($0) != .whole } }

  private func int(_ name: String) -> Int? {
    if case .int(let value) = node.attributes[name] { value } else { nil }
  }

  private var wholeInputs: [CutLayout] { node.inputs.map { _ in .whole } }
  private var wholeOutputs: [CutLayout] { node.outputs.map { _ in .whole } }

  private func divides(_ size: Int?) -> Bool { size.map { $0 > 0 && $0 % ranks == 0 } ?? false }

  /// Not so for an axis that a shape does not have: one that is not known has a single one.
  private func divides(_ shape: [Int], _ axis: Int) -> Bool {
    shape.indices.contains(axis) && divides(shape[axis])
  }

  /// Whether every tensor has the axes that a plan shares out, in equal parts.
  private func isSound(_ plan: Plan) -> Bool {
    zip(node.inputs + node.outputs, plan.inputs + plan.outputs).allSatisfy { id, layout in
      guard let id, let axis = layout.axis else { return true }
      return divides(graph[id].shape, axis)
    }
  }

  // MARK: Products

  private func product(_ definition: OperatorDefinition, isWhole: Bool) -> Plan? {
    guard let x = shape(0), let y = output(0), !x.isEmpty, !y.isEmpty, node.outputs.count == 1,
      !definition.splits.isEmpty
    else { return nil }
    let weights = node.inputs.indices.dropFirst().first { isConstant($0) && (shape($0)?.count ?? 0) > 1 }
    guard let weights, let w = shape(weights) else { return partInputs.isEmpty ? nil : batchProduct() }
    let isConvolution = definition.kernel == .convolution
    // Weights in blocks are [columns, blocks of rows, bytes].
    let isByColumn = isConvolution || (node.type == "MatMulNBits" && w.count == 3)
    let (rowAxis, columnAxis) =
      isByColumn ? (1, 0) : int("transB") == 1 ? (w.count - 1, w.count - 2) : (w.count - 2, w.count - 1)
    let channelAxis = isConvolution ? 1 : y.count - 1
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs)
    if let axis = layout(0).axis {
      if isConvolution, axis == 1, int("group") == x[1], w[0] == x[1], isFree(weights) {
        // A filter a channel.
        plan.inputs[0] = .parts(axis: 1)
        layWeights(weights, along: 0, isRow: false, &plan)
        plan.outputs[0] = .parts(axis: 1)
        plan.counts = ["group"]
        return plan
      }
      let isContraction = axis == (isConvolution ? 1 : x.count - 1) && int("transA") != 1
      if isContraction {
        guard definition.splits.contains(.inputs), !isConvolution, isFree(weights), divides(w[rowAxis]) else {
          return nil
        }
        plan.inputs[0] = .parts(axis: axis)
        layWeights(weights, along: rowAxis, isRow: true, &plan)
        plan.isReduced = true
        return plan
      }
      // Other rows of the input: each card has its rows of the output.
      guard !isConvolution, int("transA") != 1, y.count == x.count, y[axis] == x[axis] else { return nil }
      plan.inputs[0] = .parts(axis: axis)
      plan.outputs[0] = .parts(axis: axis)
      return plan
    }
    guard !isWhole, definition.splits.contains(.outputs), isFree(weights), divides(w[columnAxis]),
      divides(y, channelAxis), !isConvolution || (int("group") ?? 1) == 1
    else { return nil }
    layWeights(weights, along: columnAxis, isRow: false, &plan)
    plan.outputs[0] = .parts(axis: channelAxis)
    return plan
  }

  /// Weights, and the constants beside them that have one value a column (biases, scales) or a row.
  private func layWeights(_ weights: Int, along axis: Int, isRow: Bool, _ plan: inout Plan) {
    plan.inputs[weights] = .parts(axis: axis)
    guard let w = shape(weights) else { return }
    for position in node.inputs.indices where position != weights && position > 0 && isFree(position) {
      guard let shape = shape(position), let own = shape.lastIndex(of: w[axis]) else { continue }
      // Of one axis, it belongs to columns; a bias is added once.
      if isRow, shape.count < 2 { continue }
      plan.inputs[position] = .parts(axis: own)
    }
  }

  /// A product of two activations.
  private func batchProduct() -> Plan? {
    guard let a = shape(0), let b = shape(1), let y = output(0), a.count > 1, b.count > 1, y.count > 1,
      int("transA") != 1, int("transB") != 1, node.outputs.count == 1
    else { return nil }
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs)
    let (left, right) = (layout(0).axis, layout(1).axis)
    if left == a.count - 1, right == b.count - 2 {
      plan.inputs[0] = layout(0)
      plan.inputs[1] = layout(1)
      plan.isReduced = true
      return plan
    }
    // Along an axis of the output; the other factor has it as well, is the same for all of it, or gives its part of what it has.
    let candidates = [
      left.flatMap { $0 < a.count - 1 ? $0 + y.count - a.count : nil },
      right.flatMap { $0 < b.count - 2 ? $0 + y.count - b.count : $0 == b.count - 1 ? y.count - 1 : nil },
    ]
    guard let axis = candidates.compactMap({ $0 }).first, divides(y, axis) else { return nil }
    for (position, shape) in [a, b].enumerated() {
      let own = axis - (y.count - shape.count)
      let isShared =
        axis < y.count - 2 ? own >= 0 && shape[own] == y[axis] : (axis == y.count - 2) == (position == 0)
      if isShared { plan.inputs[position] = .parts(axis: own) }
    }
    plan.outputs[0] = .parts(axis: axis)
    return plan
  }

  /// Experts: each card has some, and the terms of those that it has.
  private func experts() -> Plan? {
    let weights = node.inputs.indices.filter { isConstant($0) && (shape($0)?.count ?? 0) > 1 && isFree($0) }
    guard let count = weights.first.flatMap({ shape($0)?.first }), divides(count),
      weights.allSatisfy({ shape($0)?.first == count })
    else { return nil }
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs)
    for position in weights { plan.inputs[position] = .parts(axis: 0) }
    plan.isReduced = true
    return plan
  }

  // MARK: Attention

  private static let headCounts = ["num_heads", "q_num_heads", "kv_num_heads"]

  /// By heads, where queries and keys can be shared out alike.
  private func attention() -> Plan? {
    let names = Self.headCounts.filter { int($0) != nil }
    if isConstant(1) { return projectedAttention(names) }
    guard partInputs.contains(where: { $0 < 3 }), names.allSatisfy({ divides(int($0)) }) else { return nil }
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs, counts: names)
    for position in node.inputs.indices {
      guard let shape = shape(position) else { continue }
      if position < 3, !isConstant(position) {
        let axis = shape.count == 4 ? 1 : shape.count - 1
        guard divides(shape, axis) else { return nil }
        plan.inputs[position] = .parts(axis: axis)
      } else if shape.count == 4, divides(shape[1]), isFree(position) {
        // A cache [batch, heads, length, size].
        plan.inputs[position] = .parts(axis: 1)
      }
    }
    for position in node.outputs.indices {
      guard let shape = output(position) else { continue }
      let axis = shape.count == 4 ? 1 : shape.count - 1
      guard shape.count > 1, divides(shape[axis]) else { return nil }
      plan.outputs[position] = .parts(axis: axis)
    }
    return plan
  }

  /// One that projects queries, keys and values itself: the projections by columns.
  private func projectedAttention(_ names: [String]) -> Plan? {
    guard partInputs.isEmpty, !names.isEmpty, names.allSatisfy({ divides(int($0)) }), isFree(1),
      let w = shape(1), w.count == 2, divides(w[1]), let y = output(0), divides(y.last)
    else { return nil }
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs, counts: names)
    plan.inputs[1] = .parts(axis: 1)
    for position in node.inputs.indices.dropFirst(2) {
      guard let shape = shape(position), isFree(position) else { continue }
      if shape == [w[1]] {
        plan.inputs[position] = .parts(axis: 0)
      } else if shape.count == 5, divides(shape[2]) {
        // A cache [2, batch, heads, length, size].
        plan.inputs[position] = .parts(axis: 2)
      }
    }
    plan.outputs[0] = .parts(axis: y.count - 1)
    for position in node.outputs.indices.dropFirst() {
      guard let shape = output(position) else { continue }
      guard shape.count == 5, divides(shape[2]) else { return nil }
      plan.outputs[position] = .parts(axis: 2)
    }
    return plan
  }

  // MARK: Items of a batch

  /// Whether the first axis of what it reads is that of what it writes, and nothing is mixed along it.
  private func keepsItemsApart(_ definition: OperatorDefinition) -> Bool {
    if Self.mixesItems.contains(node.type) || int("training_mode") == 1 { return false }
    if definition.splits.contains(.heads) || definition.splits.contains(.experts) { return true }
    switch definition.kernel {
    case .convolution, .transposedConvolution, .attention, .responseNormalisation, .resampling: return true
    // Where the largest stand is counted through the whole batch.
    case .pooling: return !node.type.contains("Roi") && node.outputs.count == 1
    case .softmax, .normalisation: return firstOfLastAxes.map { $0 > 0 } ?? true
    default: return definition.isMatrix && node.type.contains("Conv")
    }
  }

  /// Kin of those that keep items apart: their first axis is of tokens of all items, or they count through the batch.
  private static let mixesItems: Set<String> = [
    "PagedAttention", "PackedAttention", "PackedMultiHeadAttention", "MaxUnpool", "AffineGrid",
    "CropAndResize",
  ]

  /// All that has items comes in parts, and so do all results.
  private func ofItems() -> Plan? {
    guard let first = partInputs.first, layout(first) == .parts(axis: 0), let items = shape(first)?.first
    else {
      return nil
    }
    var plan = Plan(inputs: wholeInputs, outputs: node.outputs.map { _ in .parts(axis: 0) })
    for position in node.inputs.indices {
      guard let own = shape(position), !isConstant(position) else { continue }
      if layout(position) == .parts(axis: 0) || (isFree(position) && own.first == items) {
        plan.inputs[position] = .parts(axis: 0)
      } else if isFree(position), own.count > 1, own[1] == items {
        plan.inputs[position] = .parts(axis: 1)
      } else if layout(position) != .whole || own.first == items {
        return nil
      }
    }
    for position in node.outputs.indices {
      guard let own = output(position), own.first != items else { continue }
      guard own.count > 1, own[1] == items else { return nil }
      plan.outputs[position] = .parts(axis: 1)
    }
    return plan
  }

  // MARK: What keeps the parts

  private func elementwise() -> Plan? {
    guard let y = output(0), let first = partInputs.first, let own = layout(first).axis,
      let shape = shape(first),
      let axis = CutLayout.broadcast(own, of: shape, to: y), divides(y[axis])
    else { return nil }
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs)
    for position in node.inputs.indices {
      guard let shape = self.shape(position), let own = CutLayout.axis(axis, of: y, in: shape) else {
        continue
      }
      // A whole input is read in part; one in other parts is made whole first.
      let isAlike = layout(position).axis == own
      if isAlike || (layout(position) == .whole && isFree(position)) {
        plan.inputs[position] = .parts(axis: own)
      }
    }
    for position in node.outputs.indices where output(position) == y {
      plan.outputs[position] = .parts(axis: axis)
    }
    return plan.outputs.contains(.whole) ? nil : plan
  }

  private func view() -> Plan? {
    guard let x = shape(0), let y = output(0),
      let layout = layout(0).reshaped(from: x, to: y, ranks: ranks)
    else { return nil }
    var plan = Plan(inputs: wholeInputs, outputs: node.outputs.map { _ in layout })
    plan.inputs[0] = self.layout(0)
    return plan
  }

  private func one(_ own: Int, _ axis: Int) -> Plan {
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs)
    plan.inputs[0] = .parts(axis: own)
    plan.outputs = node.outputs.map { _ in .parts(axis: axis) }
    return plan
  }

  /// Softmax and normalisations: along axes that every card has whole.
  private func alongLastAxes() -> Plan? {
    guard let x = shape(0), let own = layout(0).axis, output(0) == x, node.outputs.count == 1 else {
      return nil
    }
    guard let axis = firstOfLastAxes, own < axis else { return nil }
    if partInputs.contains(where: { $0 > 0 }) { return nil }
    return one(own, own)
  }

  /// Of the axes that softmax and normalisations are over.
  private var firstOfLastAxes: Int? {
    shape(0).map { shape in
      let first = int("axis") ?? -1
      return first < 0 ? first + shape.count : first
    }
  }

  private func transpose() -> Plan? {
    guard let x = shape(0), let own = layout(0).axis else { return nil }
    let order: [Int]
    if case .ints(let given) = node.attributes["perm"] { order = given } else { order = x.indices.reversed() }
    guard let axis = order.firstIndex(of: own) else { return nil }
    return one(own, axis)
  }

  private func concat() -> Plan? {
    guard let y = output(0), let first = partInputs.first, let own = layout(first).axis,
      let given = int("axis")
    else { return nil }
    let axis = given < 0 ? given + y.count : given
    guard own != axis, divides(y, own) else { return nil }
    var plan = Plan(inputs: wholeInputs, outputs: [.parts(axis: own)])
    for position in node.inputs.indices {
      guard layout(position).axis == own || (layout(position) == .whole && isFree(position)) else {
        continue
      }
      plan.inputs[position] = .parts(axis: own)
    }
    return plan
  }

  /// Rows of a constant by numbers in parts, or another axis of what is in parts.
  private func gather() -> Plan? {
    guard let x = shape(0), let indices = shape(1) else { return nil }
    let given = int("axis") ?? 0
    let axis = given < 0 ? given + x.count : given
    var plan = Plan(inputs: wholeInputs, outputs: wholeOutputs)
    if let own = layout(1).axis, isConstant(0) {
      plan.inputs[1] = layout(1)
      plan.outputs[0] = .parts(axis: axis + own)
      return plan
    }
    guard let own = layout(0).axis, layout(1) == .whole, own != axis else { return nil }
    return one(own, own < axis ? own : own + indices.count - 1)
  }

  private func split() -> Plan? {
    guard let own = layout(0).axis, let x = shape(0) else { return nil }
    for case let output? in node.outputs {
      let shape = graph[output].shape
      guard shape.count == x.count, divides(shape[own]) else { return nil }
    }
    return one(own, own)
  }

  /// Operators that change other axes than the one with the parts.
  private func keepingAxis() -> Plan? {
    guard let own = layout(0).axis, let x = shape(0), let y = output(0), y.count >= x.count else {
      return nil
    }
    let axis = own + y.count - x.count
    let isSelected = node.type == "Slice" && divides(y[axis])
    guard y[axis] == x[own] || isSelected else { return nil }
    return one(own, axis)
  }
}
