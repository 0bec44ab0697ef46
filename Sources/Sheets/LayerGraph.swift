import Graph

/// Makes a graph of layers that are given by their figures: each is one operator, whose bytes are as they are on any device.
struct LayerGraph {
  /// The type of all of its operators.
  static let type = "Layer"

  private(set) var graph: Graph

  init(_ layers: [LayerSheet.Layer], name: String) {
    graph = Graph(name: name)
    var results: [TensorID] = []
    for layer in layers {
      let id = OperatorID(graph.operators.count)
      var inputs: [TensorID] = []
      for input in layer.inputs {
        let tensor =
          input.map { results[$0] }
          ?? add("input of \(layer.name)", bytes: layer.inputBytes, role: .input, producer: nil)
        // Each once: a tensor that is read twice is sent once.
        if !inputs.contains(tensor) { inputs.append(tensor) }
      }
      if layer.weightBytes > 0 {
        inputs.append(
          add("weights of \(layer.name)", bytes: layer.weightBytes, role: .constant, producer: nil))
      }
      for input in inputs { graph.tensors[input.index].consumers.append(id) }
      let result = add(layer.name, bytes: layer.outputBytes, role: .intermediate, producer: id)
      results.append(result)
      var work = Work(
        kind: .matrix, matrixOperations: layer.operations, weightBytes: layer.weightBytes,
        outputBytes: layer.outputBytes)
      work.stateBytes = layer.stateBytes
      work.inputBytes = layer.inputs.reduce(0) { sum, input in
        Saturating.sum(sum, input.map { layers[$0].outputBytes } ?? layer.inputBytes)
      }
      graph.operators.append(
        Operator(name: layer.name, type: Self.type, inputs: inputs, outputs: [result], work: work))
    }
    graph.inputs = graph.tensors.indices.filter { graph.tensors[$0].role == .input }.map { TensorID($0) }
    graph.outputs = results.filter { graph[$0].consumers.isEmpty }
    graph.sourceNodeCount = graph.operators.count
  }

  /// Bytes stay bytes whatever a device computes in.
  private mutating func add(
    _ name: String, bytes: Int, role: Tensor.Role, producer: OperatorID?
  ) -> TensorID {
    graph.tensors.append(
      Tensor(
        name: name, type: .uint8, shape: [max(1, bytes)], role: role, producer: producer,
        isParameter: role == .constant))
    return TensorID(graph.tensors.count - 1)
  }
}
