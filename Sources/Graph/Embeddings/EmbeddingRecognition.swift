/// Finds constants that are read only by row look-ups, and their look-ups per batch.
///
/// A look-up is an operator of the SparseLengthsSum family or EmbeddingBag in any domain, or a Gather of rows by an index
/// that is not constant. A constant that is gathered counts as a table when its rows are pooled (a ReduceSum or
/// ReduceMean follows), or when it is large: at least ``largeRows`` rows or ``largeBytes`` bytes. That keeps position and
/// token-type embeddings of language models, which have a few hundred rows, with the dense part.
struct EmbeddingRecognition {
  static let largeRows = 10_000
  static let largeBytes = 16 << 20

  private var graph: Graph
  private let scope: Scope
  private let facts: [TensorFact]
  private(set) var findings: [Finding] = []

  init(graph: Graph, scope: Scope, facts: [TensorFact]) {
    self.graph = graph
    self.scope = scope
    self.facts = facts
  }

  /// One operator's look-ups into one table.
  private struct Lookup {
    var operation: OperatorID
    var dimension: Int
    var lookups: Int
    var bags: Int
    var outputBytes: Int
    var isPooled: Bool
    /// An operator known to be a look-up whatever the size of the table.
    var isCertain: Bool
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
    lookups.contains { $0.isCertain || $0.isPooled } || tensor.shape[0] >= Self.largeRows
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
    if operation.has(.rowLookup) {
      return operation.inputs.first == table ? gather(id, operation) : nil
    }
    return operation.type == "Loop" ? loop(id, operation, table) : nil
  }

  private func pooledLookup(_ id: OperatorID, _ operation: Operator) -> Lookup? {
    guard let node = context(of: operation), let lookup = try? PooledLookup(node) else { return nil }
    let output = operation.outputs.first.flatMap { $0 }.map { graph[$0] }
    return Lookup(
      operation: id, dimension: lookup.dimension, lookups: lookup.lookups,
      bags: lookup.bags ?? output?.shape.first ?? 1, outputBytes: output?.bytes ?? 0, isPooled: true,
      isCertain: true)
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

  private func gather(_ id: OperatorID, _ operation: Operator) -> Lookup? {
    if case .int(let axis)? = operation.attributes["axis"], axis != 0, axis != -2 { return nil }
    guard operation.inputs.count > 1, let index = operation.inputs[1], graph[index].role != .constant,
      let output = operation.outputs.first.flatMap({ $0 })
    else { return nil }
    let result = graph[output]
    let lookups = graph[index].count
    let dimension = result.shape.last ?? 0
    guard let pooled = pooledOutput(of: output) else {
      return Lookup(
        operation: id, dimension: dimension, lookups: lookups, bags: lookups, outputBytes: result.bytes,
        isPooled: false, isCertain: false)
    }
    return Lookup(
      operation: id, dimension: dimension, lookups: lookups, bags: max(1, pooled.count / max(1, dimension)),
      outputBytes: pooled.bytes, isPooled: true, isCertain: false)
  }

  /// The sum or mean of gathered rows, when that is all they are for; the rows' width is kept.
  private func pooledOutput(of rows: TensorID) -> Tensor? {
    let tensor = graph[rows]
    guard tensor.shape.count >= 2, tensor.consumers.count == 1, !graph.outputs.contains(rows) else {
      return nil
    }
    let reader = graph[tensor.consumers[0]]
    guard reader.has(.pooling),
      let output = reader.outputs.first.flatMap({ $0 }), graph[output].shape.last == tensor.shape.last,
      graph[output].count < tensor.count || tensor.shape.dropLast().contains(1)
    else { return nil }
    return graph[output]
  }

  /// PyTorch exports an embedding bag as a Loop over bags whose body slices the indices, gathers rows and reduces them.
  private func loop(_ id: OperatorID, _ operation: Operator, _ table: TensorID) -> Lookup? {
    guard let node = scope.nodes.first(where: { $0.name == operation.name }),
      let body = node.bodies.first?.scope, let bag = BagLoop(body, table: graph[table].name),
      let indices = scope.values.firstIndex(where: { $0.name == bag.indices }),
      let output = operation.outputs.last.flatMap({ $0 })
    else { return nil }
    let result = graph[output]
    guard let dimension = result.shape.last, result.shape.count == 2 else { return nil }
    return Lookup(
      operation: id, dimension: dimension, lookups: facts[indices].count ?? 0, bags: result.shape[0],
      outputBytes: result.bytes, isPooled: true, isCertain: true)
  }
}
