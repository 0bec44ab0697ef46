import Partitioner

/// What the cost model says of a whole network on one card of a system.
struct NetworkCost {
  /// All operators, one after the other.
  let seconds: Double
  /// The network's inputs over the card's link.
  let linkSeconds: Double
  /// Matrix operations of the batch.
  let operations: Double

  /// Batches a second, the next one sent meanwhile.
  var batchesPerSecond: Double { 1 / max(seconds, linkSeconds) }

  /// - Parameters:
  ///   - path: Of the network.
  ///   - activations: What they are stored in between operators.
  ///   - tables: How rows of tables are stored.
  /// - Throws: `missingFile`, `badInput`.
  init(
    path: String, batch: Int, on system: System, precision: Precision, activations: Precision,
    tables: TableFormat = .int8
  ) throws(PartitionError) {
    let model = try Partitioner.loadModel(path: path, dimensions: ["batch": batch])
    let costs = CostModel(
      graph: model.graph, system: system,
      options: CostOptions(
        cardMatrixPrecision: precision, cardActivationPrecision: activations, tableFormat: tables))
    var (seconds, operations) = (0.0, 0.0)
    for index in model.graph.operators.indices {
      guard let cost = costs.cost(of: OperatorID(index), on: .card(0)) else {
        throw PartitionError(
          .badInput, "\(path): \(model.graph.operators[index].name) does not run on \(system.name)")
      }
      seconds += cost.seconds
      operations += Double(model.graph.operators[index].work.matrixOperations)
    }
    self.seconds = seconds
    self.operations = operations
    let bytes = model.graph.tensors.indices.filter { model.graph.tensors[$0].role == .input }.reduce(0) {
      $0 + costs.transferBytes(of: TensorID($1))
    }
    linkSeconds =
      system.cards.first.map { costs.transferSeconds(bytes: bytes, commands: 1, link: $0.link) } ?? 0
  }
}
