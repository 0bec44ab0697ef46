import Graph

/// Which operators run inside the shards of which table: the look-ups, and the reduction that pools a plain Gather.
///
/// A shard answers pooled rows, so a `ReduceSum` or `ReduceMean` that is the only reader of a Gather on a pooled table
/// is computed where the rows are.
public struct ServedLookups: Sendable {
  /// By operator: its table.
  public private(set) var table: [Int?]
  /// By operator: whether its output is what the table's shards return.
  public private(set) var isResult: [Bool]
  /// By table: the operators whose outputs are results.
  public private(set) var results: [[OperatorID]]
  /// By table: the non-constant input that is charged with the table's index bytes.
  public private(set) var firstIndexTensor: [TensorID?]

  public init(graph: Graph) {
    table = Array(repeating: nil, count: graph.operators.count)
    isResult = Array(repeating: false, count: graph.operators.count)
    results = Array(repeating: [], count: graph.embeddingTables.count)
    firstIndexTensor = Array(repeating: nil, count: graph.embeddingTables.count)
    for (index, entry) in graph.embeddingTables.enumerated() {
      for lookup in entry.lookups {
        table[lookup.index] = index
        let result = Self.pooling(of: lookup, in: graph, isPooled: entry.isPooled) ?? lookup
        table[result.index] = index
        isResult[result.index] = true
        results[index].append(result)
        if firstIndexTensor[index] == nil {
          firstIndexTensor[index] = graph[lookup].inputs.compactMap { $0 }.first {
            graph[$0].role != .constant
          }
        }
      }
    }
  }

  private static func pooling(of lookup: OperatorID, in graph: Graph, isPooled: Bool) -> OperatorID? {
    guard isPooled, graph[lookup].has(.rowLookup), let output = graph[lookup].outputs.first ?? nil,
      graph[output].consumers.count == 1, let reader = graph[output].consumers.first,
      graph[reader].has(.pooling)
    else { return nil }
    return reader
  }
}
