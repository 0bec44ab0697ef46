/// Finds constants that are read only by row look-ups, and their look-ups per batch.
///
/// A look-up is an operator of the SparseLengthsSum family or EmbeddingBag in any domain, which ``BagForms`` and
/// ``RowPooling`` make of loops and of rows that are pooled, or a Gather of rows by an index that is not constant. A
/// constant that is gathered counts as a table when its rows are pooled, or when it is large: at least ``largeRows`` rows or
/// ``largeBytes`` bytes. That keeps position and token-type embeddings of language models, which have a few hundred rows,
/// with the dense part.
struct EmbeddingRecognition {
  static let largeRows = 10_000
  static let largeBytes = 16 << 20

  private var graph: Graph
  private(set) var findings: [Finding] = []

  init(graph: Graph) {
    self.graph = graph
  }

  /// One operator's look-ups into one table.
  private struct Lookup {
    var operation: OperatorID
    var dimension: Int
    var lookups: Int
    var bags: Int
    var outputBytes: Int
    var isPooled: Bool
  }

  /// The graph with its tables, and look-up operators marked as such.
  mutating func run() -> Graph {
    for (index, tensor) in graph.tensors.enumerated() {
      guard tensor.role == .constant, tensor.shape.count == 2, tensor.shape[0] > 0, tensor.shape[1] > 0,
        tensor.type.isWeight, !tensor.consumers.isEmpty
      else { continue }
      let id = TensorID(index)
      let lookups = tensor.consumers.compactMap { lookup($0, table: id) }
      guard lookups.count == tensor.consumers.count, isTable(tensor, lookups) else { continue }
      addTable(id, tensor, lookups)
    }
    return graph
  }

  private func isTable(_ tensor: Tensor, _ lookups: [Lookup]) -> Bool {
    lookups.contains(where: \.isPooled) || tensor.shape[0] >= Self.largeRows
      || tensor.bytes >= Self.largeBytes
  }

  private mutating func addTable(_ id: TensorID, _ tensor: Tensor, _ lookups: [Lookup]) {
    let most = lookups.reduce(0) { Saturating.sum($0, $1.lookups) }
    let bags = lookups.reduce(0) { Saturating.sum($0, $1.bags) }
    let average = graph.serving.averageLookups[tensor.name].map { $0 * Double(bags) }
    if let average, average > Double(most) {
      findings.append(
        Finding(
          .warning,
          "average look-ups of \(average) a batch exceed the \(most) the index tensor holds",
          field: tensor.name))
    }
    graph.embeddingTables.append(
      EmbeddingTable(
        name: tensor.name, tensor: id, lookups: lookups.map(\.operation), rows: tensor.shape[0],
        dimension: lookups.map(\.dimension).max() ?? tensor.shape[1],
        averageLookups: average ?? Double(most), maximumLookups: most,
        isPooled: lookups.allSatisfy(\.isPooled),
        outputBytes: lookups.reduce(0) { Saturating.sum($0, $1.outputBytes) }, bags: bags))
    for lookup in lookups {
      graph.operators[lookup.operation.index].work.kind = .lookup
    }
  }

  private func lookup(_ id: OperatorID, table: TensorID) -> Lookup? {
    let operation = graph[id]
    guard operation.inputs.filter({ $0 == table }).count == 1 else { return nil }
    if operation.has(.bagLookup) {
      return operation.inputs.first == table ? pooledLookup(id, operation) : nil
    }
    return operation.readsRows(of: table) ? gather(id, operation) : nil
  }

  private func pooledLookup(_ id: OperatorID, _ operation: Operator) -> Lookup? {
    guard let node = context(of: operation), let lookup = try? PooledLookup(node) else { return nil }
    let output = operation.outputs.first.flatMap { $0 }.map { graph[$0] }
    return Lookup(
      operation: id, dimension: lookup.dimension, lookups: lookup.lookups,
      bags: max(1, (output?.count ?? 1) / lookup.dimension), outputBytes: output?.bytes ?? 0, isPooled: true)
  }

  /// What ``PooledLookup`` needs to know of an operator of the graph.
  private func context(of operation: Operator) -> NodeContext? {
    let node = Scope.Node(
      name: operation.name, type: operation.type, domain: operation.domain, inputs: [], outputs: [],
      attributes: operation.attributes, tensors: [:], bodies: [], captured: [])
    return NodeContext(
      node: node,
      inputs: operation.inputs.map { $0.map { TensorFact(graph[$0].type, graph[$0].shape) } },
      declaredOutputs: operation.outputs.map { $0.map { graph[$0].shape } })
  }

  /// A look-up of rows that are not pooled. The width is the table's: the shape of the result is not known where that of
  /// the indices is not.
  private func gather(_ id: OperatorID, _ operation: Operator) -> Lookup? {
    guard operation.inputs.count > 1, let table = operation.inputs[0], let index = operation.inputs[1],
      graph[index].role != .constant, let output = operation.outputs.first.flatMap({ $0 })
    else { return nil }
    var width = graph[table].shape[1]
    switch operation.type {
    case "Gather": guard [nil, .int(0), .int(-2)].contains(operation.attributes["axis"]) else { return nil }
    case "GatherND": guard [nil, .int(0)].contains(operation.attributes["batch_dims"]) else { return nil }
    case "GatherBlockQuantized":
      guard [nil, .int(0)].contains(operation.attributes["gather_axis"]) else { return nil }
      width = graph[output].shape.last ?? width
    default: return nil
    }
    let lookups = graph[index].count
    guard width > 0, graph[output].count == Saturating.product(lookups, width) else { return nil }
    return Lookup(
      operation: id, dimension: width, lookups: lookups, bags: lookups, outputBytes: graph[output].bytes,
      isPooled: false)
  }
}
