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
