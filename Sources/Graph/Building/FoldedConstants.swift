/// What becomes of constants once everything that depends on constants alone is computed before the first batch.
///
/// An operator whose inputs are all constants is folded: its result is a constant. Where the result has the elements of a
/// stored constant in another arrangement (Transpose, Reshape, a cast to a wider type), the two are one tensor with several
/// readers; the same operator on the same constants makes one tensor as well. Where it is computed element by element from
/// something narrower (a weight of 4-bit codes with scales and zero points, a broadcast constant), a device may hold that
/// instead and finish it while it reads; see ``Tensor/narrow``.
struct FoldedConstants {
  /// By node: whether it is folded.
  let isFolded: [Bool]
  /// By value: the value whose tensor it shares, itself where it has its own.
  private(set) var root: [Int]
  /// By value: how it is stored, for constants.
  private(set) var stored: [Tensor.Stored?]
  /// By value: whether it is a weight of the model as stored, scales and zero points excluded.
  private(set) var isParameter: [Bool]

  private let scope: Scope
  private let facts: [TensorFact]
  private let live: Liveness

  init(_ scope: Scope, _ facts: [TensorFact], _ live: Liveness) {
    self.scope = scope
    self.facts = facts
    self.live = live
    isFolded = scope.nodes.map { node in
      let outputs = node.outputs.compactMap { $0 }
      return !outputs.isEmpty && outputs.allSatisfy { facts[$0].isConstant }
    }
    root = Array(scope.values.indices)
    stored = [Tensor.Stored?](repeating: nil, count: scope.values.count)
    isParameter = [Bool](repeating: false, count: scope.values.count)
    for (index, value) in scope.values.enumerated() {
      if case .constant = value.origin { stored[index] = own(index) }
    }
    shareAndStore()
    findParameters()
  }

  private func own(_ value: Int) -> Tensor.Stored? {
    guard let count = facts[value].count else { return nil }
    let type = facts[value].type ?? .float32
    return type.bytes(for: count).map { Tensor.Stored(type: type, bytes: $0) }
  }

  // MARK: Sharing and storage

  private struct Key: Hashable {
    var type: String
    var domain: String
    var attributes: [String: Attribute]
    var inputs: [Int?]
  }

  private mutating func shareAndStore() {
    var known: [Key: [Int?]] = [:]
    let outputs = Set(scope.outputs)
    for (index, node) in scope.nodes.enumerated() where isFolded[index] && live.nodes[index] {
      for case .some(let output) in node.outputs { stored[output] = narrow(output, of: node) ?? own(output) }
      guard !node.inputs.isEmpty, node.bodies.isEmpty, node.tensors.isEmpty else { continue }
      if let output = node.outputs.first.flatMap({ $0 }), !outputs.contains(output),
        let same = rearranged(node, output)
      {
        root[output] = root[same]
        continue
      }
      let key = Key(
        type: node.type, domain: node.domain, attributes: node.attributes,
        inputs: node.inputs.map { $0.map { root[$0] } })
      guard let twin = known[key] else {
        known[key] = node.outputs
        continue
      }
      for (output, other) in zip(node.outputs, twin) {
        if let output, let other, !outputs.contains(output) { root[output] = root[other] }
      }
    }
  }

  /// The constant of which a node's result has the elements.
  private func rearranged(_ node: Scope.Node, _ output: Int) -> Int? {
    guard let input = node.inputs[0], let type = facts[input].type, type.isWeight,
      let rank = facts[input].shape?.count, let newRank = facts[output].shape?.count
    else { return nil }
    switch node.type {
    case "Identity", "Transpose": return input
    // A vector that became a matrix would no longer be seen as one where it is multiplied.
    case "Reshape", "Squeeze", "Unsqueeze", "Flatten": return (rank > 1) == (newRank > 1) ? input : nil
    case "Cast", "CastLike":
      guard type.isFloat, let wider = facts[output].type, wider.isFloat, wider.bits >= type.bits else {
        return nil
      }
      return input
    default: return nil
    }
  }

  /// The narrower form that a folded result can be computed from while it is read.
  private func narrow(_ output: Int, of node: Scope.Node) -> Tensor.Stored? {
    let inputs = node.inputs.compactMap { $0.flatMap { stored[$0] } }
    guard let first = inputs.first, let own = own(output) else { return nil }
    let form: Tensor.Stored
    let traits = node.definition?.traits ?? []
    if !traits.isDisjoint(with: [.elementwise, .arranges]) {
      // A kernel computes it as it reads the inputs.
      let widest = inputs.max { $0.bytes < $1.bytes } ?? first
      form = Tensor.Stored(type: widest.type, bytes: inputs.reduce(0) { Saturating.sum($0, $1.bytes) })
    } else if traits.contains(.selects), let whole = node.inputs[0].flatMap({ facts[$0].count }), whole > 0,
      let count = facts[output].count,
      let bytes = Int(exactly: (Double(first.bytes) * Double(count) / Double(whole)).rounded(.up))
    {
      form = Tensor.Stored(type: first.type, bytes: bytes)
    } else if traits.contains(.repeats) {
      form = first
    } else {
      return nil
    }
    return form.bytes < own.bytes ? form : nil
  }

  // MARK: Parameters

  private mutating func findParameters() {
    var isUsed = [Bool](repeating: false, count: scope.values.count)
    for output in scope.outputs { isUsed[output] = true }
    for index in scope.nodes.indices.reversed() where live.nodes[index] {
      guard !isFolded[index] || scope.nodes[index].outputs.contains(where: { $0.map { isUsed[$0] } ?? false })
      else { continue }
      let scales = scope.nodes[index].definition?.quantised?.scales ?? []
      for (position, input) in scope.nodes[index].inputs.enumerated() where !scales.contains(position) {
        if let input { isUsed[input] = true }
      }
      for value in scope.nodes[index].captured { isUsed[value] = true }
    }
    for (index, value) in scope.values.enumerated()
    where isUsed[index] && facts[index].type?.isWeight ?? false {
      switch value.origin {
      case .constant: isParameter[index] = !(facts[index].shape ?? []).isEmpty
      case .node(let writer, _):
        switch scope.nodes[writer].type {
        case "Constant": isParameter[index] = (facts[index].count ?? 0) > 8
        case "ConstantOfShape": isParameter[index] = facts[index].constancy == .stored
        default: break
        }
      default: break
      }
    }
  }
}
