/// Rewrites the forms in which exporters write an embedding bag as one `EmbeddingBag` operator: a Loop or Scan over bags,
/// and PyTorch's ATen fallback.
///
/// It goes by structure alone, before shapes are inferred, so that shapes behind a loop over a sequence follow from the
/// bag. What fed only the loop (offsets, trip counts) has no reader afterwards. The operator's inputs are the table, the
/// indices, the offsets and the weights of samples, as far as they are given; `include_last_offset` is an attribute, as in
/// PyTorch. Loops of which anything else is read stay as they are.
struct BagForms {
  private let scope: Scope
  private let readers: [[Int]]
  /// By value: whether it depends on constants alone.
  private let isConstant: [Bool]

  static func rewrite(_ scope: Scope) -> Scope {
    guard scope.nodes.contains(where: mayBeBag) else { return scope }
    let forms = BagForms(scope)
    var replacements: [Int: [Scope.Node]] = [:]
    for (index, node) in scope.nodes.enumerated() {
      if node.type == "Loop" || node.type == "Scan" {
        guard let bags = forms.bags(of: node) else { continue }
        replacements[index] = bags.nodes
        for join in bags.joins { replacements[join] = [] }
      } else if let bag = forms.fallback(node) {
        replacements[index] = [bag]
      }
    }
    return scope.replacing(replacements)
  }

  /// Whether a node is worth a look: most models have none such.
  private static func mayBeBag(_ node: Scope.Node) -> Bool {
    switch node.type {
    case "Loop", "Scan", "ATen", "ATenOp": true
    default: node.domain == "aten" || node.domain == "org.pytorch.aten"
    }
  }

  private init(_ scope: Scope) {
    self.scope = scope
    readers = scope.readers
    isConstant = scope.dependsOnConstantsAlone
  }

  // MARK: Loops

  /// An operator for every output of a loop that is read; `nil` when one of them is something else.
  ///
  /// Bags put into a sequence are joined behind the loop: `joins` has the positions of the joining nodes.
  private func bags(of node: Scope.Node) -> (nodes: [Scope.Node], joins: [Int])? {
    guard let body = node.bodies.first?.scope else { return nil }
    var nodes: [Scope.Node] = []
    var joins: [Int] = []
    let first = node.type == "Loop" ? 1 : 0
    for (slot, output) in node.outputs.enumerated() {
      guard let output, isRead(output) else { continue }
      guard slot + first < body.outputs.count,
        let bag = BagBody(top: scope, isConstant: isConstant, owner: node).bag(body.outputs[slot + first])
      else { return nil }
      var result = output
      if bag.isSequence {
        guard let join = join(of: output, rowRank: bag.rowRank) else { return nil }
        joins.append(join.index)
        result = join.output
      } else if bag.rowRank != (bag.isJoined ? 2 : 1) {
        return nil
      }
      nodes.append(
        embeddingBag(
          nodes.isEmpty ? node.name : "\(node.name):\(slot)", table: bag.table, indices: bag.indices,
          offsets: offsets(bag), weights: bag.weights, result: result))
    }
    return nodes.isEmpty ? nil : (nodes, joins)
  }

  private func isRead(_ value: Int) -> Bool { !readers[value].isEmpty || scope.outputs.contains(value) }

  /// The ConcatFromSequence that alone reads a sequence of bags.
  private func join(of sequence: Int, rowRank: Int) -> (index: Int, output: Int)? {
    guard readers[sequence].count == 1, !scope.outputs.contains(sequence) else { return nil }
    let index = readers[sequence][0]
    let node = scope.nodes[index]
    guard node.type == "ConcatFromSequence", node.attributes["axis"] == .int(0),
      let output = node.outputs.first.flatMap({ $0 })
    else { return nil }
    let stacks = node.attributes["new_axis"] == .int(1)
    return rowRank == (stacks ? 1 : 2) ? (index, output) : nil
  }

  /// The offsets as one would give them to an embedding bag: with the last one, or one a bag. Lengths of bags stand for offsets,
  /// since they are as many.
  private func offsets(_ bag: BagBody.Bag) -> Offsets {
    guard let start = bag.starts else {
      return Offsets(values: bag.ends.map { [$0] } ?? [], includesLast: false)
    }
    let origin = BagOffsets(scope: scope)
    let first = origin.source(of: start)
    guard let end = bag.ends else { return Offsets(values: [first.value], includesLast: first.extra < 0) }
    let last = origin.source(of: end)
    // Where both are cut from one value, a bag ends where the next one begins.
    let bags = start == end ? first.extra - 1 : min(first.extra, last.extra)
    guard first.value == last.value, bags == 0 || bags == -1 else {
      return Offsets(values: [start, end], includesLast: false)
    }
    return Offsets(values: [first.value], includesLast: bags < 0)
  }

  private struct Offsets {
    /// One value, or starts and ends.
    var values: [Int]
    var includesLast: Bool
  }

  private func embeddingBag(
    _ name: String, table: Int, indices: Int, offsets: Offsets, weights: Int?, result: Int
  ) -> Scope.Node {
    // Without offsets the rows of the index tensor are the bags.
    let source = offsets.values.isEmpty ? indices : scope.source(ofView: indices)
    return Scope.Node(
      name: name, type: "EmbeddingBag", domain: "",
      inputs: [table, source] + offsets.values + (weights.map { [$0] } ?? []), outputs: [result],
      attributes: ["include_last_offset": .int(offsets.includesLast ? 1 : 0)], tensors: [:],
      bodies: [], captured: [])
  }

  // MARK: ATen

  /// PyTorch's fallback for operators its exporter does not translate: `ATen` with the function's name as an attribute and
  /// its arguments as inputs, or as attributes in older files.
  private func fallback(_ node: Scope.Node) -> Scope.Node? {
    guard let function = Self.function(of: node), node.inputs.count > 1, let table = node.inputs[0],
      let indices = node.inputs[1],
      let result = node.outputs.first.flatMap({ $0 }),
      !node.outputs.dropFirst().contains(where: { $0.map(isRead) ?? false })
    else { return nil }
    switch function {
    case "embedding_bag", "_embedding_bag":
      let offsets = node.inputs.count > 2 ? node.inputs[2].map { [$0] } ?? [] : []
      let includesLast = node.attributes["include_last_offset"] == .int(1) || isTrue(node, input: 7)
      return embeddingBag(
        node.name, table: table, indices: indices,
        offsets: Offsets(values: offsets, includesLast: includesLast),
        weights: node.inputs.count > 6 ? node.inputs[6].flatMap { isConstant[$0] ? nil : $0 } : nil,
        result: result)
    case "embedding":
      var gather = node
      (gather.type, gather.domain, gather.attributes) = ("Gather", "", [:])
      gather.inputs = [table, indices]
      gather.outputs = [result]
      return gather
    default: return nil
    }
  }

  /// PyTorch's name of what a node computes by its fallback.
  static func function(of node: Scope.Node) -> String? {
    switch (node.type, node.attributes["operator"] ?? node.attributes["name"]) {
    case ("ATen", .string(let name)?): name
    // ONNX Runtime's own name for it.
    case ("ATenOp", .string(let name)?): String(name.split(separator: ":").last ?? "")
    case (let type, _) where node.domain == "aten" || node.domain == "org.pytorch.aten": type
    default: nil
    }
  }

  private func isTrue(_ node: Scope.Node, input: Int) -> Bool {
    node.inputs.count > input && node.inputs[input].flatMap { scope.constantInts($0) } == [1]
  }
}

extension Scope {
  /// The value whose elements a view hands on.
  func source(ofView value: Int) -> Int {
    guard let (_, node) = writer(of: value), let input = node.inputs.first.flatMap({ $0 }),
      node.definition?.isView ?? false
    else { return value }
    return source(ofView: input)
  }

  /// By value: whether it follows from constants alone, by operators that give the same result every time.
  var dependsOnConstantsAlone: [Bool] {
    var result = values.map { value in
      if case .constant = value.origin { true } else { false }
    }
    for node in nodes {
      let reads = node.elementInputs.compactMap { $0 } + node.captured
      guard
        node.type == "Constant" || (!reads.isEmpty && node.isDeterministic && reads.allSatisfy { result[$0] })
      else { continue }
      for output in node.outputs.compactMap({ $0 }) { result[output] = true }
    }
    return result
  }
}
