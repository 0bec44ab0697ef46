/// A neural network as a directed acyclic graph of operators, with every shape static.
///
/// Weights carry their shape and type, never their values. Operators are stored in a topological order:
/// every operator comes after the producers of its inputs.
public struct Graph: Sendable {
  public var name: String
  public var tensors: [Tensor]
  public var operators: [Operator]
  /// Tensors the caller feeds, constants excluded.
  public var inputs: [TensorID]
  public var outputs: [TensorID]
  /// Constants that are read only by row look-ups.
  public var embeddingTables: [EmbeddingTable]
  /// What the model says about how it is served.
  public var serving: Serving

  public init(
    name: String, tensors: [Tensor] = [], operators: [Operator] = [], inputs: [TensorID] = [],
    outputs: [TensorID] = [], embeddingTables: [EmbeddingTable] = [], serving: Serving = Serving()
  ) {
    self.name = name
    self.tensors = tensors
    self.operators = operators
    self.inputs = inputs
    self.outputs = outputs
    self.embeddingTables = embeddingTables
    self.serving = serving
  }

  public subscript(id: TensorID) -> Tensor { tensors[id.index] }
  public subscript(id: OperatorID) -> Operator { operators[id.index] }
}

/// A value that flows along an edge, or a constant.
public struct Tensor: Sendable, Hashable {
  public enum Role: Sendable, Hashable { case input, constant, intermediate }

  public var name: String
  public var type: ElementType
  /// Static dimensions; `[]` is a scalar.
  public var shape: [Int]
  public var role: Role
  /// The operator that computes it; `nil` for inputs and constants.
  public var producer: OperatorID?
  /// Operators that read it, ascending, each once.
  public var consumers: [OperatorID]

  public init(
    name: String, type: ElementType, shape: [Int], role: Role, producer: OperatorID? = nil,
    consumers: [OperatorID] = []
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.role = role
    self.producer = producer
    self.consumers = consumers
  }

  /// Number of elements. Loaders refuse shapes whose product overflows, so this does not trap on loaded graphs.
  public var count: Int { shape.reduce(1, *) }
  /// Size in bytes at the stored type.
  public var bytes: Int { type.bytes(for: count) ?? .max }
}

/// One node of the graph.
public struct Operator: Sendable, Hashable {
  public var name: String
  /// ONNX operator type, for example `Conv`.
  public var type: String
  /// Operator-set domain; empty for the standard one.
  public var domain: String
  /// `nil` marks an optional input that is not given.
  public var inputs: [TensorID?]
  public var outputs: [TensorID?]
  public var attributes: [String: Attribute]
  /// What it computes, from its shapes; see ``Work``.
  public var work: Work

  public init(
    name: String, type: String, domain: String = "", inputs: [TensorID?], outputs: [TensorID?],
    attributes: [String: Attribute] = [:], work: Work = Work()
  ) {
    self.name = name
    self.type = type
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.work = work
  }
}

/// An attribute value of an operator, subgraphs excluded.
public enum Attribute: Sendable, Hashable {
  case int(Int), float(Double), string(String)
  case ints([Int]), floats([Double]), strings([String])
}

/// The arithmetic and traffic of one operator for one batch, independent of any device.
public struct Work: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    /// Runs on the matrix engine: Conv, Gemm, MatMul and the like.
    case matrix
    /// Runs on the vector engine: elementwise, pooling, normalisation, softmax.
    case vector
    /// Reads rows of an embedding table.
    case lookup
    /// Copies or views; no arithmetic.
    case movement
    /// Unknown operator: costed from its bytes.
    case unknown
  }
  public var kind: Kind
  /// 2 x multiply-accumulates on the matrix engine.
  public var matrixOperations: Int
  /// Elementwise arithmetic on the vector engine.
  public var vectorOperations: Int
  /// Bytes of constants read, at the stored type; 0 for look-ups, whose rows are in the table.
  public var weightBytes: Int
  /// Bytes of non-constant inputs.
  public var inputBytes: Int
  public var outputBytes: Int
  /// True where the output only renames its input's bytes (Reshape, Flatten, Squeeze, Identity ...).
  public var isView: Bool

  public init(
    kind: Kind = .movement, matrixOperations: Int = 0, vectorOperations: Int = 0,
    weightBytes: Int = 0, inputBytes: Int = 0, outputBytes: Int = 0, isView: Bool = false
  ) {
    self.kind = kind
    self.matrixOperations = matrixOperations
    self.vectorOperations = vectorOperations
    self.weightBytes = weightBytes
    self.inputBytes = inputBytes
    self.outputBytes = outputBytes
    self.isView = isView
  }
}

/// An embedding table: a rank-2 constant read only by row look-ups.
public struct EmbeddingTable: Sendable, Hashable {
  public var name: String
  public var tensor: TensorID
  /// Operators that look rows up, ascending.
  public var lookups: [OperatorID]
  public var rows: Int
  /// Elements of one row, quantisation parameters excluded.
  public var dimension: Int
  /// Row look-ups per batch, on average: what balances load.
  public var averageLookups: Double
  /// Row look-ups per batch, padded maximum: what sizes buffers.
  public var maximumLookups: Int
  /// True when the look-ups of one sample are summed, so that a row shard returns a partial sum.
  public var isPooled: Bool
  /// Bytes of all look-up results per batch, at the graph's type.
  public var outputBytes: Int
  /// Samples per batch whose look-ups are pooled into one row each.
  public var bags: Int

  public init(
    name: String, tensor: TensorID, lookups: [OperatorID], rows: Int, dimension: Int,
    averageLookups: Double, maximumLookups: Int, isPooled: Bool, outputBytes: Int, bags: Int
  ) {
    self.name = name
    self.tensor = tensor
    self.lookups = lookups
    self.rows = rows
    self.dimension = dimension
    self.averageLookups = averageLookups
    self.maximumLookups = maximumLookups
    self.isPooled = isPooled
    self.outputBytes = outputBytes
    self.bags = bags
  }
}

/// How a model is served, where its file or sidecar says so.
public struct Serving: Sendable, Hashable {
  /// End-to-end latency budget of one batch, milliseconds.
  public var latencyBudgetMilliseconds: Double?
  /// Items in one batch as stored in the graph.
  public var batch: Int?
  /// Where the model comes from, in one sentence.
  public var provenance: String?
  /// Average look-ups per sample by table name.
  public var averageLookups: [String: Double]

  public init(
    latencyBudgetMilliseconds: Double? = nil, batch: Int? = nil, provenance: String? = nil,
    averageLookups: [String: Double] = [:]
  ) {
    self.latencyBudgetMilliseconds = latencyBudgetMilliseconds
    self.batch = batch
    self.provenance = provenance
    self.averageLookups = averageLookups
  }
}
