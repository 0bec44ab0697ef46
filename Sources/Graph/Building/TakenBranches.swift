/// Puts the nodes of the taken branch in the place of an If whose condition is constant. Functions of exporters tell their
/// variants apart by such conditions; what is recognised behind them need not see through them, and the branch can be cut.
extension Scope {
  func takingKnownBranches() -> Scope {
    var scope = self
    for _ in 0..<ScopeResolver.maximumDepth {
      guard scope.nodes.contains(where: { $0.type == "If" }) else { return scope }
      let isConstant = scope.dependsOnConstantsAlone
      let known = scope.nodes.indices.filter { index in
        let node = scope.nodes[index]
        return node.type == "If" && node.domain.isEmpty
          && (node.inputs.first.flatMap { $0 }.map { isConstant[$0] } ?? false)
      }
      guard !known.isEmpty else { return scope }
      var inference = ShapeInference()
      let facts = inference.infer(scope, inputs: []).facts
      var replacements: [Int: [Node]] = [:]
      for index in known {
        let node = scope.nodes[index]
        guard let condition = node.inputs[0], let value = facts[condition].values?.ints?.first,
          let branch = node.bodies.first(where: { ($0.attribute == "then_branch") == (value != 0) })?.scope,
          branch.outputs.count >= node.outputs.count
        else { continue }
        replacements[index] = scope.absorb(branch, of: node)
      }
      guard !replacements.isEmpty else { return scope }
      scope = scope.replacing(replacements)
    }
    return scope
  }

  /// Adds what a branch holds to this scope.
  ///
  /// - Returns: its nodes, and an Identity for each output of the If.
  private mutating func absorb(_ branch: Scope, of node: Node) -> [Node] {
    /// By value of the branch: the value here.
    var places: [Int] = []
    for value in branch.values {
      if case .captured(let outer) = value.origin {
        places.append(outer)
        continue
      }
      var value = value
      if case .constant(let position) = value.origin {
        value.origin = .constant(constants.count)
        constants.append(branch.constants[position])
      } else {
        // Set where the nodes are put in.
        value.origin = .removed
      }
      places.append(values.count)
      values.append(value)
    }
    let nodes = branch.nodes.map { inner in
      var inner = inner
      inner.inputs = inner.inputs.map { $0.map { places[$0] } }
      inner.outputs = inner.outputs.map { $0.map { places[$0] } }
      inner.captured = inner.captured.map { places[$0] }.sorted()
      for index in inner.bodies.indices { inner.bodies[index].scope.moveCaptures(to: places) }
      return inner
    }
    return nodes
      + node.outputs.enumerated().compactMap { slot, output in
        output.map {
          Node(
            name: slot == 0 ? node.name : "\(node.name):\(slot)", type: "Identity", domain: "",
            inputs: [places[branch.outputs[slot]]], outputs: [$0], attributes: [:], tensors: [:], bodies: [],
            captured: [])
        }
      }
  }

  mutating func moveCaptures(to places: [Int]) {
    for index in values.indices {
      if case .captured(let outer) = values[index].origin { values[index].origin = .captured(places[outer]) }
    }
  }
}
