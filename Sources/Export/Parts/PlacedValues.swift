import Graph
import Plan

/// Which partition makes which value of the file.
struct PlacedValues {
  let graph: Graph
  let written: WrittenGraph
  /// By tensor that is no constant.
  private let valueOfTensor: [TensorID: Int]
  /// By value: the partition whose operator writes it; look-ups of tables are not listed.
  let home: [Int: Int]
  /// By value that a look-up of a table results in: the look-up.
  let lookup: [Int: OperatorID]

  init(graph: Graph, written: WrittenGraph, partitions: PartitionGraph) {
    self.graph = graph
    self.written = written
    var valueOfTensor: [TensorID: Int] = [:]
    for (value, tensor) in written.tensorOfValue.enumerated() where value < written.scope.values.count {
      if let tensor, graph[tensor].role != .constant, valueOfTensor[tensor] == nil {
        valueOfTensor[tensor] = value
      }
    }
    self.valueOfTensor = valueOfTensor
    var home: [Int: Int] = [:]
    var lookup: [Int: OperatorID] = [:]
    let served = ServedLookups(graph: graph)
    for (index, op) in graph.operators.enumerated() {
      for case .some(let output) in op.outputs {
        guard let value = valueOfTensor[output] else { continue }
        if served.table[index] != nil {
          lookup[value] = OperatorID(index)
        } else {
          home[value] = partitions.partitionOfOperator[index]
        }
      }
    }
    self.home = home
    self.lookup = lookup
  }

  /// Values that an operator writes.
  func results(of op: OperatorID) -> [Int] {
    graph[op].outputs.compactMap { $0.flatMap { valueOfTensor[$0] } }
  }

  /// Values, constants left out, that an operator reads.
  func inputs(of op: OperatorID) -> [Int] {
    graph[op].inputs.compactMap { $0.flatMap { valueOfTensor[$0] } }
  }

  /// Values with the elements of a table, in the order of the file.
  func values(ofTable table: Int) -> [Int] {
    let tensor = graph.embeddingTables[table].tensor
    return written.tensorOfValue.indices.filter {
      written.tensorOfValue[$0] == tensor && $0 < written.scope.values.count
    }
  }
}
