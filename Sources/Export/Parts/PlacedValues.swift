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
  /// By value that a look-up of a table results in: the look-up; those of parts of a table that are added up are not listed.
  let lookup: [Int: OperatorID]
  let heat: HeatParts

  init(graph: Graph, written: WrittenGraph, partitions: PartitionGraph) {
    self.graph = graph
    self.written = written
    var valueOfTensor: [TensorID: Int] = [:]
    for (value, tensor) in written.tensorOfValue.enumerated() where value < written.scope.values.count {
      if let tensor, graph[tensor].role != .constant, valueOfTensor[tensor] == nil {
        valueOfTensor[tensor] = value
      }
    }
    heat = HeatParts(graph)
    // What parts of a table give is no value of the file: it stands for what they add up to.
    for (result, sum) in heat.sumOfResult { valueOfTensor[result] = valueOfTensor[sum] }
    self.valueOfTensor = valueOfTensor
    var home: [Int: Int] = [:]
    var lookup: [Int: OperatorID] = [:]
    let served = ServedLookups(graph: graph)
    for (index, op) in graph.operators.enumerated() {
      for case .some(let output) in op.outputs {
        guard let value = valueOfTensor[output], heat.sumOfResult[output] == nil else { continue }
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
    // Of parts the last one has the tensor of the whole table.
    let tensor = graph.embeddingTables[heat.parts(of: table).last ?? table].tensor
    return written.tensorOfValue.indices.filter {
      written.tensorOfValue[$0] == tensor && $0 < written.scope.values.count
    }
  }
}
