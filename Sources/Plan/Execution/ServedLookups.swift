import Graph

/// Which operators run inside the shards of which table: its look-ups, with the pooling that is part of them.
public struct ServedLookups: Sendable {
  /// By operator: its table.
  public private(set) var table: [Int?]
  /// By table: the non-constant input that is charged with the table's index bytes.
  public private(set) var firstIndexTensor: [TensorID?]

  public init(graph: Graph) {
    table = Array(repeating: nil, count: graph.operators.count)
    firstIndexTensor = Array(repeating: nil, count: graph.embeddingTables.count)
    for (index, entry) in graph.embeddingTables.enumerated() {
      for lookup in entry.lookups {
        table[lookup.index] = index
        if firstIndexTensor[index] == nil {
          firstIndexTensor[index] = graph[lookup].inputs.compactMap { $0 }.first {
            graph[$0].role != .constant
          }
        }
      }
    }
  }
}
