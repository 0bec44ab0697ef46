import Graph

/// What the tensors of a table's look-ups hold on one kind of device; worked out once, since costs are asked for often.
struct LookupSizes: Sendable {
  /// Bytes of the padded index and weight tensors: weights as activations travel, indices at the graph's type.
  private(set) var perLookup = 0
  /// Bytes of the lengths or offsets.
  private(set) var perBag = 0
  /// Elements of all results at the table's full width.
  private(set) var results = 0.0

  init(_ table: EmbeddingTable, in graph: Graph, precisions: DevicePrecisions) {
    let maximum = table.maximumLookups / max(1, table.lookups.count)
    var bits = 32
    var sent: Set<TensorID> = []
    for lookup in table.lookups {
      for (position, input) in graph.activationInputs(of: graph[lookup]).enumerated()
      // What several look-ups read is sent once.
      where input != table.tensor && sent.insert(input).inserted {
        let tensor = graph[input]
        // The first is the indices; another of the same length is a weight per look-up.
        let bytes = precisions.bytes(of: input, in: graph)
        if position == 0 || (tensor.count == maximum && tensor.type.isFloat) {
          perLookup = saturatingSum(perLookup, bytes)
        } else {
          perBag = saturatingSum(perBag, bytes)
        }
      }
      for case .some(let output) in graph[lookup].outputs {
        results += Double(graph[output].count)
        bits = graph[output].type.bits
      }
    }
    if table.outputBytes > 0 { results = Double(table.outputBytes) * 8 / Double(bits) }
  }
}
