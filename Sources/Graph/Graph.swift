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
  /// Inputs and outputs that stay on a device between requests.
  public var states: [State] = []
  /// How it was cut over cards that act as one; `nil` for a whole model.
  public internal(set) var cut: GraphCut?
  /// Names of the operators that make of what is sent what the model reads: see ``sending(_:)``.
  public internal(set) var receivers: [String] = []
  /// Constants that are read only by row look-ups.
  public var embeddingTables: [EmbeddingTable]
  /// What the model says about how it is served.
  public var serving: Serving
  /// Nodes of the model as written, constants and folded shape arithmetic included.
  public var sourceNodeCount: Int

  public init(
    name: String, tensors: [Tensor] = [], operators: [Operator] = [], inputs: [TensorID] = [],
    outputs: [TensorID] = [], embeddingTables: [EmbeddingTable] = [], serving: Serving = Serving(),
    sourceNodeCount: Int? = nil
  ) {
    self.name = name
    self.tensors = tensors
    self.operators = operators
    self.inputs = inputs
    self.outputs = outputs
    self.embeddingTables = embeddingTables
    self.serving = serving
    self.sourceNodeCount = sourceNodeCount ?? operators.count
  }

  // Inlined, so that reading one property copies no tensor or operator.
  @inlinable public subscript(id: TensorID) -> Tensor { tensors[id.index] }
  @inlinable public subscript(id: OperatorID) -> Operator { operators[id.index] }
}
