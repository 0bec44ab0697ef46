/// SequenceMap is costed as one node: its body for each item.
extension ShapeInference {
  /// The body runs once for each item of the first input; other sequences of the same length give an item each, tensors
  /// go in whole.
  mutating func inferMap(
    _ node: NodeContext, _ captured: [TensorFact]
  ) -> ([TensorFact], OperatorWork) {
    guard let body = node.node.bodies.first?.scope, let items = node.input(0)?.items else {
      return ([], .movement)
    }
    func inputs(at position: Int?) -> [TensorFact] {
      node.inputs.map { input in
        guard let items = input?.items else { return (input ?? .unknown).asVariable }
        return items.item(at: position) ?? items.common
      }
    }
    guard case .each(let each) = items else {
      let result = infer(body, inputs: inputs(at: nil), captured: captured)
      var work = result.total
      work.isIncomplete = true
      return (body.outputs.map { .sequence(.any(result.facts[$0].asVariable)) }, work)
    }
    var outputs = [[TensorFact]](repeating: [], count: body.outputs.count)
    var work = OperatorWork.movement
    for position in each.indices {
      let result = infer(body, inputs: inputs(at: position), captured: captured)
      work = work + result.total
      for (slot, value) in body.outputs.enumerated() { outputs[slot].append(result.facts[value].asVariable) }
    }
    return (outputs.map { .sequence(.each($0)) }, work)
  }
}
