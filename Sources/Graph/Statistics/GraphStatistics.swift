/// What there is to know about a model before it is planned: what `partition inspect` prints.
public struct GraphStatistics: Sendable, Hashable, Codable {
  /// Operators of one type.
  public struct OperatorCount: Sendable, Hashable, Codable {
    /// With the domain in front where that is not the standard one.
    public let type: String
    public let count: Int
    /// Matrix and vector operations of all of them.
    public let operations: Int
    /// Whether some of them have results of unknown size and count as nothing.
    public let isOpen: Bool
  }

  public struct Table: Sendable, Hashable, Codable {
    public let name: String
    public let rows: Int
    public let dimension: Int
    /// Element type as stored.
    public let type: String
    public let bytes: Int
    /// Row look-ups per batch.
    public let averageLookups: Double
    public let maximumLookups: Int
    public let isPooled: Bool
  }

  public struct LargeOperator: Sendable, Hashable, Codable {
    public let name: String
    public let type: String
    public let operations: Int
    public let weightBytes: Int
    public let outputBytes: Int
  }

  public let name: String
  /// Nodes of the model as written.
  public let nodes: Int
  /// Operators left after folding what is constant.
  public let operators: Int
  /// Weights, quantisation parameters inside fused embedding rows excluded.
  public let parameters: Int
  /// Bytes of what operators read of constants, as stored: weights with their scales and zero points, each once; indices and
  /// shapes excluded. Devices hold them in their own precisions, never in more bytes.
  public let weightBytes: Int
  /// Parameters of embedding tables; part of `parameters`.
  public let embeddingParameters: Int
  public let embeddingBytes: Int
  /// 2 x multiply-accumulates of convolutions, matrix products, Einsum and recurrent layers.
  public let macFlops: Int
  /// Arithmetic outside the matrix engine; see ``Work``.
  public let vectorFlops: Int
  /// Bytes of everything operators write.
  public let activationBytes: Int
  /// The most bytes of activations alive at one time, in stored order and without reuse in place.
  public let peakActivationBytes: Int
  public let inputBytes: Int
  public let outputBytes: Int
  /// Inputs that come back as outputs and stay on a device, with their bytes of one request; `nil` where there are none.
  public let states: Int?
  public let stateBytes: Int?
  /// Operations per byte of weights and activations: all operations over the bytes of weights outside tables, of looked-up
  /// rows and of what operators write.
  public let arithmeticIntensity: Double
  public let operatorsByType: [OperatorCount]
  public let embeddingTables: [Table]
  /// The operators with the most operations, heaviest first.
  public let largestOperators: [LargeOperator]
  public let latencyBudgetMilliseconds: Double?
  public let batch: Int?
  public let provenance: String?
  /// Where the figures are known to be too low, in one sentence; `nil` where they are complete.
  public let incomplete: String?
  public let findings: [Finding]
  /// Whether dimensions were left open: sums of operations and activations are then only of what is known.
  public let hasUnknownSizes: Bool

  /// - Parameter largest: how many of the largest operators are listed.
  public init(
    _ graph: Graph, findings: [Finding] = [], largest: Int = 10, hasUnknownSizes: Bool = false
  ) {
    let tables = graph.embeddingTables
    let tableTensors = Set(tables.map(\.tensor))
    let weights = graph.tensors.indices.filter { graph.tensors[$0].isParameter }
    let dense = weights.filter { !tableTensors.contains(TensorID($0)) }.map { graph.tensors[$0] }
    let denseBytes = Self.sum(
      graph.tensors.enumerated().filter { index, tensor in
        tensor.role == .constant && tensor.type.isWeight && !tensor.consumers.isEmpty
          && !tableTensors.contains(TensorID(index))
      }.map(\.element.stored.bytes))
    let activations = ActivationStatistics(graph)

    name = graph.name
    nodes = graph.sourceNodeCount
    operators = graph.operators.count
    embeddingParameters = Self.sum(tables.map { Saturating.product($0.rows, $0.dimension) })
    let ownTables = tables.filter { graph[$0.tensor].isParameter }
    parameters = Self.sum(
      dense.map { Saturating.product($0.count, $0.parametersPerElement) }
        + ownTables.map { Saturating.product($0.rows, $0.dimension) })
    embeddingBytes = Self.sum(tables.map { graph[$0.tensor].stored.bytes })
    weightBytes = Saturating.sum(denseBytes, embeddingBytes)
    macFlops = Self.sum(graph.operators.map(\.work.matrixOperations))
    vectorFlops = Self.sum(graph.operators.map(\.work.vectorOperations))
    activationBytes = activations.total
    peakActivationBytes = activations.peak
    inputBytes = Self.sum(graph.inputs.map { graph[$0].bytes })
    outputBytes = Self.sum(graph.outputs.map { graph[$0].bytes })
    states = graph.states.isEmpty ? nil : graph.states.count
    stateBytes = graph.states.isEmpty ? nil : graph.stateBytes
    let rowBytes = tables.reduce(0.0) {
      let table = graph[$1.tensor]
      return $0 + $1.averageLookups * Double(table.stored.bytes) / Double(max(1, $1.rows))
    }
    let bytes = Double(denseBytes) + Double(activationBytes) + rowBytes
    arithmeticIntensity = bytes > 0 ? (Double(macFlops) + Double(vectorFlops)) / bytes : 0
    self.hasUnknownSizes = hasUnknownSizes
    operatorsByType = Self.counts(graph, hasUnknownSizes: hasUnknownSizes)
    embeddingTables = tables.map { Table($0, in: graph) }
    largestOperators = Self.largest(graph, count: largest)
    latencyBudgetMilliseconds = graph.serving.latencyBudgetMilliseconds
    batch = graph.serving.batch
    provenance = graph.serving.provenance
    incomplete = IncompleteFigures(graph)?.sentence
    self.findings = findings
  }

  private static func sum(_ values: [Int]) -> Int { values.reduce(0, Saturating.sum) }

  private static func counts(_ graph: Graph, hasUnknownSizes: Bool) -> [OperatorCount] {
    var counts: [String: (count: Int, operations: Int, isOpen: Bool)] = [:]
    for operation in graph.operators {
      let entry = counts[operation.qualifiedType] ?? (0, 0, false)
      // A shape that is not known is [0].
      let isOpen =
        hasUnknownSizes && operation.outputs.contains { $0.map { graph[$0].shape == [0] } ?? false }
      counts[operation.qualifiedType] = (
        entry.count + 1, Saturating.sum(entry.operations, operation.work.operations), entry.isOpen || isOpen
      )
    }
    return counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
      OperatorCount(
        type: $0.key, count: $0.value.count, operations: $0.value.operations, isOpen: $0.value.isOpen)
    }
  }

  private static func largest(_ graph: Graph, count: Int) -> [LargeOperator] {
    graph.operators.enumerated().filter { $0.element.work.operations > 0 }
      .sorted { ($1.element.work.operations, $0.offset) < ($0.element.work.operations, $1.offset) }
      .prefix(count).map(\.element).map {
        LargeOperator(
          name: $0.name, type: $0.qualifiedType, operations: $0.work.operations,
          weightBytes: $0.work.weightBytes, outputBytes: $0.work.outputBytes)
      }
  }
}

extension GraphStatistics.Table {
  init(_ table: EmbeddingTable, in graph: Graph) {
    name = table.name
    rows = table.rows
    dimension = table.dimension
    type = graph[table.tensor].stored.type.rawValue
    bytes = graph[table.tensor].stored.bytes
    averageLookups = table.averageLookups
    maximumLookups = table.maximumLookups
    isPooled = table.isPooled
  }
}
