import Graph
import Hardware

/// What the costs need to know of a graph on any device.
struct GraphStructure: Sendable {
  /// Groups that are placed as one.
  let fusion: Fusion
  /// The same without interactions, where there are any.
  private let apart: Fusion?
  /// The tensor whose buffer a tensor lives in.
  let buffer: [TensorID]
  /// The embedding table that an operator looks up.
  let tableOfOperator: [Int?]
  let isTable: [Bool]
  /// By operator: whether it looks up rows of a constant, be it a table or a smaller one.
  let looksUpRows: [Bool]
  let lookupCount: Int
  /// By operator: whether it looks up single rows that nothing but the kernel of an interaction reads.
  let feedsInteraction: [Bool]
  /// By operator: its non-constant inputs, each once.
  let activationInputs: [[TensorID]]
  /// By operator: its constant inputs, each once, embedding tables excluded.
  let weights: [[TensorID]]
  let isGraphOutput: [Bool]
  /// By operator: the states that it has.
  let states: [Int: [State]]
  /// By tensor: whether it is a state before or after its operator. Both are one buffer.
  let isState: [Bool]

  /// - Parameters:
  ///   - isRefused: By kind of card and operator: what it cannot run.
  ///   - kernels: Operators by name that a compiler computes together; `nil` for the rule of ``Fusion``. Look-ups of tables
  ///     are placed with their tables and belong to none.
  init(_ graph: Graph, isRefused: [[Bool]], kernels: [[String]]?) {
    var tableOfOperator = [Int?](repeating: nil, count: graph.operators.count)
    var isTable = [Bool](repeating: false, count: graph.tensors.count)
    for (index, table) in graph.embeddingTables.enumerated() {
      isTable[table.tensor.index] = true
      for op in table.lookups { tableOfOperator[op.index] = index }
    }
    self.tableOfOperator = tableOfOperator
    self.isTable = isTable
    let classes = DeviceClasses(graph, isRefused: isRefused)
    var apart: Fusion?
    if let kernels {
      var kernelOfName: [String: Int] = [:]
      for (index, names) in kernels.enumerated() {
        for name in names { kernelOfName[name] = kernelOfName[name] ?? index }
      }
      fusion = Fusion(
        graph, deviceClasses: classes,
        kernels: graph.operators.indices.map {
          tableOfOperator[$0] == nil ? kernelOfName[graph.operators[$0].name] : nil
        })
    } else {
      let interactions = Interaction.all(in: graph).filter { found in
        found.operators.allSatisfy {
          classes.runs($0, wherever: found.product) && tableOfOperator[$0.index] == nil
        }
      }
      fusion = Fusion(graph, deviceClasses: classes, interactions: interactions)
      if !interactions.isEmpty { apart = Fusion(graph, deviceClasses: classes) }
    }
    self.apart = apart
    var buffer = graph.tensors.indices.map { TensorID($0) }
    for (index, node) in graph.operators.enumerated() {
      guard let input = fusion.inPlaceInput[index], let output = node.outputs.first.flatMap({ $0 })
      else { continue }
      buffer[output.index] = buffer[input.index]
    }
    var isState = [Bool](repeating: false, count: graph.tensors.count)
    for state in graph.states {
      isState[state.output.index] = true
      guard let input = state.input else { continue }
      buffer[input.index] = buffer[state.output.index]
      isState[input.index] = true
    }
    self.isState = isState
    states = Dictionary(grouping: graph.states, by: \.owner.index)
    self.buffer = buffer
    activationInputs = graph.operators.map { graph.activationInputs(of: $0) }
    weights = graph.operators.map { node in
      graph.constantInputs(of: node).filter { !isTable[$0.index] }
    }
    let looksUpRows = graph.operators.enumerated().map { index, node in
      tableOfOperator[index] != nil || graph.constantInputs(of: node).contains { node.readsRows(of: $0) }
    }
    self.looksUpRows = looksUpRows
    var feedsInteraction = looksUpRows.map { _ in false }
    for interaction in fusion.interactions {
      for read in interaction.reads where graph[read].consumers.allSatisfy(interaction.operators.contains) {
        guard let producer = graph[read].producer, looksUpRows[producer.index],
          !graph.responses.contains(read)
        else { continue }
        let table = tableOfOperator[producer.index].map { graph.embeddingTables[$0] }
        feedsInteraction[producer.index] =
          table.map { $0.lookups.count == 1 && (!$0.isPooled || $0.maximumLookups <= $0.bags) } ?? true
      }
    }
    self.feedsInteraction = feedsInteraction
    lookupCount = looksUpRows.count { $0 }
    var isGraphOutput = [Bool](repeating: false, count: graph.tensors.count)
    for output in graph.responses { isGraphOutput[output.index] = true }
    self.isGraphOutput = isGraphOutput
  }

  /// By the rule of ``Fusion`` alone.
  var withoutInteractions: Fusion { apart ?? fusion }

  /// What a device computes in one kernel.
  func fusion(on processor: Processor) -> Fusion {
    processor.joins(.interaction) ? fusion : apart ?? fusion
  }
}
