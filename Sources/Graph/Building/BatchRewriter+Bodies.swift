/// The batch inside the bodies of If, Loop and Scan.
extension BatchRewriter {
  /// Changes the bodies of a node that read the batch, node by node as outside.
  mutating func followBodies(_ node: inout Scope.Node) throws(Finding) {
    guard ["If", "Loop", "Scan"].contains(node.type) else {
      guard let inner = Self.fixedReshape(in: node) else { return }
      throw refusal(node, "the Reshape '\(inner)' inside it has a constant shape")
    }
    let condition =
      node.type == "If" ? node.inputs.first.flatMap { $0 }.flatMap { new[$0].values?.ints?.first } : nil
    for index in node.bodies.indices {
      let body = node.bodies[index]
      // A branch that is never taken stays as it is.
      if let condition, (condition != 0) != (body.attribute == "then_branch") { continue }
      let slices = try slices(of: node, body.scope)
      guard
        slices.contains(where: { $0.old.shape != $0.new.shape })
          || node.captured.contains(where: { hasChanged($0) })
      else { continue }
      var inner = BatchRewriter(inside: self, body.scope, slices)
      if node.type == "If" { inner.inference.branchDepth += 1 }
      do throws(Finding) {
        for child in body.scope.nodes { try inner.follow(child) }
      } catch {
        isSequence = isSequence || inner.isSequence
        throw error
      }
      inner.scope.nodes = inner.nodes
      node.bodies[index].scope = inner.scope
      (names, followers) = (inner.names, inner.followers)
    }
    // What was replaced inside is not read any more.
    let captured = Set(node.bodies.flatMap { $0.scope.readCaptures })
    node.captured.removeAll { !captured.contains($0) }
  }

  /// An input of a body before and after the change, and the elements before the batch in it.
  struct Slice {
    var old: TensorFact
    var new: TensorFact
    var position: Int?
  }

  /// What the inputs of a body are: the iteration and the condition of a Loop, states, and what a Scan cuts.
  private mutating func slices(of node: Scope.Node, _ body: Scope) throws(Finding) -> [Slice] {
    switch node.type {
    case "Loop":
      let count = TensorFact(.int64, [])
      let condition = TensorFact(.bool, [])
      return [Slice(old: count, new: count), Slice(old: condition, new: condition)]
        + node.inputs.dropFirst(2).map { state($0) }
    case "Scan":
      let context = NodeContext(node: node, inputs: node.inputs.map { $0.map { old[$0] } })
      guard let sequences = try? context.int("num_scan_inputs"), sequences >= 0,
        sequences <= node.inputs.count,
        node.inputs.count == body.inputs.count
      else { throw refusal(node, "its body is not followed") }
      let states = node.inputs.count - sequences
      let axes = (try? context.ints("scan_input_axes")) ?? []
      var result = node.inputs.prefix(states).map { state($0) }
      for (index, input) in node.inputs.dropFirst(states).enumerated() {
        var slice = state(input)
        if let shape = slice.old.shape,
          let axis = try? context.axis(axes.indices.contains(index) ? axes[index] : 0, rank: shape.count)
        {
          if states > 0, input.flatMap({ grownAxis($0) }) == axis {
            isSequence = true
            throw refusal(node, "what grows is the sequence that it runs over, with a state")
          }
          if let place = slice.position, place.isMultiple(of: max(1, shape[axis])),
            let grown = input.flatMap({ grownAxis($0) }), grown > axis
          {
            slice.position = place / max(1, shape[axis])
          }
          slice.old.shape?.remove(at: axis)
          slice.new.shape?.remove(at: axis)
        }
        result.append(slice)
      }
      return result
    default: return []
    }
  }

  private func state(_ value: Int?) -> Slice {
    guard let value else { return Slice(old: .unknown, new: .unknown) }
    return Slice(old: old[value].asVariable, new: new[value].asVariable, position: positions[value])
  }

  private init(inside outer: BatchRewriter, _ body: Scope, _ slices: [Slice]) {
    scope = body
    readers = body.readers
    (from, to) = (outer.from, outer.to)
    inference = outer.inference
    old = inference.infer(body, inputs: slices.map(\.old), captured: outer.old).facts
    new = old
    (names, followers) = (outer.names, outer.followers)
    for (value, entry) in body.values.enumerated() {
      guard case .captured(let captured) = entry.origin else { continue }
      new[value] = outer.new[captured]
      positions[value] = outer.positions[captured]
    }
    for (value, slice) in zip(body.inputs, slices) where slice.old.shape != slice.new.shape {
      new[value].shape = slice.new.shape
      scope.values[value].declared?.shape = slice.new.shape
      positions[value] = slice.position
    }
  }

  /// The name of a Reshape to a constant shape in the bodies of a node.
  private static func fixedReshape(in node: Scope.Node) -> String? {
    for body in node.bodies {
      for inner in body.scope.nodes {
        if let found = fixedReshape(in: inner) { return found }
        guard inner.type == "Reshape", inner.inputs.count > 1, let target = inner.inputs[1] else { continue }
        switch body.scope.values[target].origin {
        case .constant, .captured: return inner.name
        case .node(let producer, _) where body.scope.nodes[producer].type == "Constant": return inner.name
        default: continue
        }
      }
    }
    return nil
  }
}

extension Scope {
  /// The values of the scope around this one that its nodes read or that are its outputs.
  fileprivate var readCaptures: [Int] {
    (nodes.flatMap(\.reads) + outputs).compactMap { value in
      if case .captured(let outer) = values[value].origin { outer } else { nil }
    }
  }
}
