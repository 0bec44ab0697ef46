import Graph

/// What the costs need to know of a graph on any device.
struct GraphStructure: Sendable {
  let fusion: Fusion
  /// The tensor whose buffer a tensor lives in.
  let buffer: [TensorID]
  /// The embedding table that an operator looks up.
  let tableOfOperator: [Int?]
  let isTable: [Bool]
  /// By operator: its non-constant inputs, each once.
  let activationInputs: [[TensorID]]
  /// By operator: its constant inputs, each once, embedding tables excluded.
  let weights: [[TensorID]]
  let isGraphOutput: [Bool]

  init(_ graph: Graph) {
    fusion = Fusion(graph)
    var buffer = graph.tensors.indices.map { TensorID($0) }
    for (index, node) in graph.operators.enumerated() {
      guard let input = fusion.inPlaceInput[index], let output = node.outputs.first.flatMap({ $0 })
      else { continue }
      buffer[output.index] = buffer[input.index]
    }
    self.buffer = buffer
    var tableOfOperator = [Int?](repeating: nil, count: graph.operators.count)
    var isTable = [Bool](repeating: false, count: graph.tensors.count)
    for (index, table) in graph.embeddingTables.enumerated() {
      isTable[table.tensor.index] = true
      for op in table.lookups { tableOfOperator[op.index] = index }
    }
    self.tableOfOperator = tableOfOperator
    self.isTable = isTable
    activationInputs = graph.operators.map { graph.activationInputs(of: $0) }
    weights = graph.operators.map { node in
      graph.constantInputs(of: node).filter { !isTable[$0.index] }
    }
    var isGraphOutput = [Bool](repeating: false, count: graph.tensors.count)
    for output in graph.outputs { isGraphOutput[output.index] = true }
    self.isGraphOutput = isGraphOutput
  }
}
