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
  /// Share of its constants that is read in one run: less than 1 where experts are chosen.
  public var weightShare = 1.0
  /// Bytes of constants read, at the stored type; 0 for look-ups, whose rows are in the table.
  public var weightBytes: Int
  /// Bytes of non-constant inputs.
  public var inputBytes: Int
  public var outputBytes: Int
  /// Bytes that each request in flight keeps where the operator runs, read once a batch and never sent.
  public var stateBytes = 0
  /// What cards that act as one exchange here; `nil` for everything that computes.
  public var collective: Collective?
  /// True where the output only renames its input's bytes (Reshape, Flatten, Squeeze, Identity ...).
  public var isView: Bool
  /// True where part of the work could not be counted, because a shape or the operator itself is not known; the figures are
  /// then too low.
  public var isIncomplete: Bool

  public init(
    kind: Kind = .movement, matrixOperations: Int = 0, vectorOperations: Int = 0,
    weightBytes: Int = 0, inputBytes: Int = 0, outputBytes: Int = 0, isView: Bool = false,
    isIncomplete: Bool = false
  ) {
    self.kind = kind
    self.matrixOperations = matrixOperations
    self.vectorOperations = vectorOperations
    self.weightBytes = weightBytes
    self.inputBytes = inputBytes
    self.outputBytes = outputBytes
    self.isView = isView
    self.isIncomplete = isIncomplete
  }
}

extension Work {
  /// Matrix and vector operations together.
  public var operations: Int { Saturating.sum(matrixOperations, vectorOperations) }
}
