extension Graph {
  /// Tells every tensor anew which operator makes it and which read it, from ``operators``.
  package mutating func linkTensors() {
    for index in tensors.indices {
      tensors[index].producer = nil
      tensors[index].consumers = []
    }
    for (index, node) in operators.enumerated() {
      for case let input? in node.inputs where tensors[input.index].consumers.last?.index != index {
        tensors[input.index].consumers.append(OperatorID(index))
      }
      for case let output? in node.outputs { tensors[output.index].producer = OperatorID(index) }
    }
  }
}

extension Graph {
  /// The non-constant inputs of `node`, each once, in order.
  package func activationInputs(of node: Operator) -> [TensorID] {
    distinctInputs(of: node) { self[$0].role != .constant }
  }

  /// The constant inputs of `node`, each once, in order.
  package func constantInputs(of node: Operator) -> [TensorID] {
    distinctInputs(of: node) { self[$0].role == .constant }
  }

  private func distinctInputs(of node: Operator, where include: (TensorID) -> Bool) -> [TensorID] {
    var result: [TensorID] = []
    for case .some(let input) in node.inputs where include(input) && !result.contains(input) {
      result.append(input)
    }
    return result
  }
}
