/// Changes the batch of a model that was written for a fixed one.
///
/// The inputs say what the batch is, see ``InputBatch``. It is scaled, shapes are inferred again node by node, and
/// constants that carry the batch follow: target shapes, indices, and operands that are joined or combined with what it
/// grew. A node that cannot follow has the batch built in, which is an error that names it.
struct BatchRewriter {
  /// What errors and notes name as their field.
  static let field = "batch"

  var scope: Scope
  let from: Int
  let to: Int
  /// What is known of each value at the batch of the file, and at the new one.
  var old: [TensorFact]
  var new: [TensorFact]
  /// By value of the scope as given: the nodes that read it.
  let readers: [[Int]]
  var inference: ShapeInference
  var nodes: [Scope.Node] = []
  /// Elements before the batch in row-major order, by value; where views keep it.
  var positions: [Int: Int] = [:]
  var names = NodeNames()
  /// How many nodes of each type had constants that follow, in order of appearance.
  var followers: [(type: String, count: Int)] = []
  /// Whether what was scaled turned out to be the steps of a sequence.
  var isSequence = false

  /// A model with its batch changed; constants that nothing reads any more are left in it.
  struct Result {
    var scope: Scope
    var inputs: [TensorFact]
    var note: Finding?
  }

  /// - Parameter stated: the batch that the file's metadata states, if any.
  /// - Throws: one finding that says which input or node does not follow.
  static func rewrite(
    _ scope: Scope, inputs: [TensorFact], stated: Int?, to batch: Int
  ) throws(Finding) -> Result {
    guard batch > 0 else { throw Finding(.error, "a batch of \(batch) holds nothing", field: field) }
    var leadsSequence = false
    let refusal: Finding
    do throws(Finding) {
      let leading = try InputBatch.leading(scope, inputs, stated: stated)
      return try rewrite(scope, inputs: inputs, from: leading, to: batch, isSequence: &leadsSequence)
    } catch {
      refusal = error
    }
    for other in InputBatch.behind(inputs, stated: stated, leadsSequence: leadsSequence) {
      var isSequence = false
      do throws(Finding) {
        return try rewrite(scope, inputs: inputs, from: other, to: batch, isSequence: &isSequence)
      } catch {
        continue
      }
    }
    throw refusal
  }

  private static func rewrite(
    _ scope: Scope, inputs: [TensorFact], from: InputBatch, to batch: Int, isSequence: inout Bool
  ) throws(Finding) -> Result {
    guard from.size != batch else {
      // Where the inputs differ, or a sequence is meant, another batch shows that it is none.
      let isCommon = zip(inputs, from.axes).allSatisfy { fact, axis in
        axis.map { fact.shape?[$0] == batch } ?? true
      }
      do throws(Finding) {
        _ = try rewrite(
          scope, inputs: inputs, from: from, to: Saturating.product(2, batch), isSequence: &isSequence)
      } catch {
        guard isCommon, !isSequence else { throw error }
      }
      return Result(scope: scope, inputs: inputs, note: nil)
    }
    var rewriter = BatchRewriter(scope, inputs, from: from.size, to: batch)
    // What is wrong with the model at its own batch is no matter of the batch.
    if let error = rewriter.inference.log.findings.first(where: { $0.severity == .error }) { throw error }
    defer { isSequence = rewriter.isSequence }
    let scaled = try rewriter.scale(inputs, from)
    for node in scope.nodes { try rewriter.follow(node) }
    rewriter.scope.nodes = rewriter.nodes
    return Result(scope: rewriter.scope, inputs: scaled, note: rewriter.note(from.axes))
  }

  private init(_ scope: Scope, _ inputs: [TensorFact], from: Int, to: Int) {
    self.scope = scope
    self.from = from
    self.to = to
    readers = scope.readers
    inference = ShapeInference()
    old = inference.infer(scope, inputs: inputs).facts
    new = old
    for node in scope.nodes { names.reserve(node.name) }
  }

  private func note(_ axes: [Int?]) -> Finding {
    let places =
      axes.contains(1)
      ? zip(scope.inputs, axes).compactMap { value, axis in
        axis.map { "axis \($0) of '\(scope.values[value].name)'" }
      }.joined(separator: ", ") : "the leading axis of the inputs"
    let constants = followers.map { "\($0.count) \($0.type)" }.joined(separator: ", ")
    return Finding(
      .note,
      "the batch is changed from \(from) to \(to): \(places)"
        + (followers.isEmpty ? "" : ", and constants that carry it, read by \(constants)"),
      field: Self.field)
  }

  private mutating func scale(_ inputs: [TensorFact], _ batch: InputBatch) throws(Finding) -> [TensorFact] {
    var result = inputs
    for (position, value) in scope.inputs.enumerated() where position < result.count {
      guard var shape = result[position].shape, let axis = batch.axes[position] else { continue }
      let more = batch.offsets.contains(position) ? 1 : 0
      guard let size = scaled(shape[axis] - more).map({ Saturating.sum($0, more) }) else {
        throw Finding(
          .error, "a batch of \(to) makes axis \(axis) of the input too long", field: scope.values[value].name
        )
      }
      positions[value] = Saturating.product(shape[..<axis])
      shape[axis] = size
      result[position].shape = shape
      new[value].shape = shape
      scope.values[value].declared?.shape = shape
    }
    return result
  }

  /// A size that is a multiple of the batch, at the new batch.
  func scaled(_ size: Int) -> Int? {
    guard size % from == 0 else { return nil }
    let (product, overflow) = (size / from).multipliedReportingOverflow(by: to)
    return overflow ? nil : product
  }

  /// The axis of a value that grew.
  func grownAxis(_ value: Int) -> Int? {
    guard let before = old[value].shape, let after = new[value].shape, before.count == after.count else {
      return nil
    }
    return before.indices.first { before[$0] != after[$0] }
  }

  func hasChanged(_ value: Int) -> Bool {
    new[value].shape != old[value].shape || new[value].values != old[value].values
  }

  mutating func follow(_ given: Scope.Node) throws(Finding) {
    var node = given
    guard node.reads.contains(where: { hasChanged($0) }) else { return append(node) }
    try followBodies(&node)
    try checkRecurrence(node)
    try followTargets(&node)
    var problem = infer(node)
    if problem != nil || isSwallowed(node) {
      // What it is combined with may carry the batch as a constant.
      guard try followOperands(&node) else { throw refusal(node, problem ?? swallowed(node)) }
      problem = infer(node)
      if problem != nil || isSwallowed(node) { throw refusal(node, problem ?? swallowed(node)) }
    }
    try settle(node)
    append(node)
  }

  mutating func append(_ node: Scope.Node) {
    for (slot, output) in node.outputs.enumerated() {
      if let output { scope.values[output].origin = .node(nodes.count, slot: slot) }
    }
    nodes.append(node)
  }

  func refusal(_ node: Scope.Node, _ reason: String) -> Finding {
    Finding(
      .error,
      "the batch of \(from) is built into the model: \(node.type) does not follow a batch of \(to): \(reason); "
        + "plan it without --batch, or export it with a batch of \(to)",
      node: node.name, field: Self.field)
  }

  /// Recurrent layers say which axis is the batch: the second of a sequence and of initial states, or with `layout` 1 the first.
  private mutating func checkRecurrence(_ node: Scope.Node) throws(Finding) {
    guard ["LSTM", "GRU", "RNN"].contains(node.type), node.domain.isEmpty else { return }
    let axis = node.attributes["layout"] == .int(1) ? 0 : 1
    for slot in [0, 5, 6] where node.inputs.indices.contains(slot) {
      guard let grown = node.inputs[slot].flatMap({ grownAxis($0) }), grown != axis else { continue }
      isSequence = slot == 0
      throw refusal(
        node, "axis \(grown) of its input \(slot) is \(slot == 0 ? "the sequence" : "not the batch")")
    }
  }

  /// Whether a node reads the batch and gives the same sizes without it.
  private func isSwallowed(_ node: Scope.Node) -> Bool {
    guard !node.has(.readsShape), node.inputs.contains(where: { $0.flatMap(grownAxis) != nil }) else {
      return false
    }
    return node.outputs.allSatisfy { $0.map { new[$0].shape == old[$0].shape } ?? true }
      && node.outputs.contains { $0.map { old[$0].shape != nil } ?? false }
  }

  private func swallowed(_ node: Scope.Node) -> String {
    let shape = node.outputs.compactMap { $0 }.first.flatMap { old[$0].shape } ?? []
    return "its result has the shape \(shape) whatever the batch"
  }

  /// Infers a node at the new batch; what does not fit, or `nil`.
  private mutating func infer(_ node: Scope.Node) -> String? {
    for output in node.outputs.compactMap({ $0 }) where scope.values[output].declared?.shape != nil {
      // Widths that only the file knows are kept, the batch is inferred.
      let declared = old[output].shape ?? []
      scope.values[output].declared?.shape = declared.isEmpty ? nil : [nil] + declared.dropFirst().map { $0 }
    }
    inference.log = InferenceLog()
    _ = inference.infer(node, in: scope, facts: &new)
    if let error = inference.log.findings.first(where: { $0.severity == .error }) { return error.message }
    for output in node.outputs.compactMap({ $0 }) {
      guard let before = old[output].shape, let after = new[output].shape else { continue }
      guard before.count == after.count else { return "its result loses or gains an axis" }
      if zip(before, after).filter({ $0 != $1 }).count > 1 {
        // Each item with each other, as the steps of a sequence are.
        isSequence = true
        return "its result grows along two axes"
      }
    }
    return nil
  }

  /// Sets what the model declares of the outputs to what follows, and where the batch is in them.
  private mutating func settle(_ node: Scope.Node) throws(Finding) {
    let sources = node.inputs.compactMap { $0 }.filter { grownAxis($0) != nil }
    for output in node.outputs.compactMap({ $0 }) {
      if new[output].shape == nil, let before = old[output].shape, !sources.isEmpty {
        guard let first = before.first, let size = scaled(first),
          sources.contains(where: { grownAxis($0) == 0 })
        else { throw refusal(node, "what shape its result has is not known") }
        new[output].shape = [size] + before.dropFirst()
        scope.values[output].declared = GraphDraft.Declaration(
          name: scope.values[output].name, type: new[output].type, shape: new[output].shape)
      } else if scope.values[output].declared?.shape != nil || old[output].shape != nil {
        scope.values[output].declared?.shape = new[output].shape
      }
      guard let axis = grownAxis(output), let shape = old[output].shape else { continue }
      positions[output] = position(
        in: shape, axis: axis, sources: sources, isView: node.definition?.isView ?? false)
    }
  }

  private func position(in shape: [Int], axis: Int, sources: [Int], isView: Bool) -> Int {
    let before = Saturating.product(shape[..<axis])
    for source in sources {
      guard let known = positions[source], let sourceAxis = grownAxis(source), let given = old[source].shape
      else {
        continue
      }
      if isView { return known }
      // The axis moves as a whole.
      if given[sourceAxis] == shape[axis] {
        return Saturating.product(before, known / max(1, Saturating.product(given[..<sourceAxis])))
      }
    }
    return before
  }
}
