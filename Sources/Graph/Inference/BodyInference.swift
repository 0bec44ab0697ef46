/// Operators with bodies are costed as one node: If as its heavier branch, Loop and Scan as the sum of their passes.
extension ShapeInference {
  mutating func inferBodies(
    _ node: NodeContext, captured: [TensorFact]
  ) throws(ShapeProblem) -> ([TensorFact], OperatorWork) {
    switch node.type {
    case "If": return inferBranches(node, captured)
    case "Loop": return inferLoop(node, captured)
    case "SequenceMap": return inferMap(node, captured)
    default: return try inferScan(node, captured)
    }
  }

  private mutating func inferBranches(
    _ node: NodeContext, _ captured: [TensorFact]
  ) -> ([TensorFact], OperatorWork) {
    let condition = node.intValues(0)?.first
    if condition == nil { branchDepth += 1 }
    defer { if condition == nil { branchDepth -= 1 } }
    var results: [(outputs: [TensorFact], work: OperatorWork)] = []
    for body in node.node.bodies {
      // A branch that is never taken is not looked at.
      if let condition, (condition != 0) != (body.attribute == "then_branch") { continue }
      let result = infer(body.scope, inputs: [], captured: captured)
      results.append((body.scope.outputs.map { result.facts[$0].asVariable }, result.total))
    }
    guard var outputs = results.first?.outputs else { return ([], .movement) }
    for other in results.dropFirst() {
      for index in outputs.indices where index < other.outputs.count {
        outputs[index] = merge(outputs[index], other.outputs[index], output: index, of: node)
      }
    }
    return (outputs, results.map(\.work).max { $0.operations < $1.operations } ?? .movement)
  }

  private mutating func merge(
    _ first: TensorFact, _ second: TensorFact, output: Int, of node: NodeContext
  ) -> TensorFact {
    let merged = first.merged(with: second)
    if let a = first.shape, let b = second.shape, a != b {
      let outcome = merged.shape.map { "\($0) is the most it can be" } ?? "which one is not known"
      log.warn(
        "the branches give \(a) or \(b) depending on data; \(outcome)", node: node.node.name,
        field: node.node.outputs.indices.contains(output) ? "output \(output)" : nil)
    }
    return merged
  }
}

extension TensorFact {
  /// The same without known values: a value that changes from one pass to the next.
  var asVariable: TensorFact {
    var fact = TensorFact(type, shape, isBound: isBound)
    fact.items = items
    return fact
  }

  /// What is known of a value that is one or the other. Where only one is known it stands for both, as a bound.
  func merged(with other: TensorFact) -> TensorFact {
    if let items, let otherItems = other.items { return .sequence(items.merged(with: otherItems)) }
    if shape == nil || other.shape == nil {
      return TensorFact(type ?? other.type, shape ?? other.shape, isBound: true)
    }
    guard let shape, let otherShape = other.shape, shape.count == otherShape.count else {
      return TensorFact(type ?? other.type, nil)
    }
    return TensorFact(
      type ?? other.type, zip(shape, otherShape).map { max($0, $1) },
      isBound: isBound || other.isBound || shape != otherShape)
  }
}
