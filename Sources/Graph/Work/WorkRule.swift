/// How the arithmetic of an operator follows from its shapes.
///
/// Matrix operations are 2 x multiply-accumulates of convolutions, matrix products and recurrent layers, bias
/// additions left out. Vector operations are, per output element: 1 for arithmetic and activations, the window size for
/// pooling, 5 for Softmax, 8 for LayerNormalization and its kin, 2 for BatchNormalization; per input element 1 for
/// reductions; per element of a looked-up row 1, or 2 where it is dequantised; per hidden unit of a recurrent layer and per
/// inner element of an expert those of their equations. Data movement has none. Unknown shapes count
/// as nothing.
enum WorkRule: Sendable {
  /// A count from a node and its first output; `nil` where the node does not tell it, which makes its work unknown.
  typealias Count = @Sendable (NodeContext, TensorFact) -> Int?
  typealias AttentionReading =
    @Sendable (NodeContext) throws(ShapeProblem) -> (
      sizes: AttentionSizes, projections: Int
    )?

  /// The output renames its input's bytes.
  case view
  case movement
  /// One vector operation for each element of all outputs.
  case perElement
  /// So many vector operations for each element of the first output.
  case perOutput(Int)
  /// One vector operation for each element of the first input.
  case perInput
  /// Vector operations.
  case vector(Count)
  /// Multiply-accumulates on the matrix engine.
  case matrix(Count)
  /// Multiply-accumulates on the matrix engine, and vector operations between them.
  case matrixAndVector(@Sendable (NodeContext) -> (multiplyAdds: Int, vectorOperations: Int))
  /// An attention, with multiply-accumulates of projections that are part of it; nothing where its sizes are not known.
  case attention(AttentionReading)
  /// Nothing is known of its arithmetic: one operation for each element of all outputs, marked as unknown.
  case unknown
  case counted(@Sendable (NodeContext, [TensorFact]) -> OperatorWork)

  func work(_ node: NodeContext, outputs: [TensorFact]) -> OperatorWork {
    let first = outputs.first ?? .unknown
    return switch self {
    case .view: OperatorWork(isView: true)
    case .movement: .movement
    case .perElement: .vector(Self.elements(outputs))
    case .unknown: Self.unknown(outputs: outputs)
    case .perOutput(let operations): .vector(Saturating.product(operations, first.count ?? 0))
    case .perInput: .vector(node.input(0)?.count ?? 0)
    case .vector(let count): count(node, first).map(OperatorWork.vector) ?? Self.unknown(outputs: outputs)
    case .matrix(let count): count(node, first).map(OperatorWork.matrix) ?? Self.unknown(outputs: outputs)
    case .matrixAndVector(let count): Self.work(of: count(node))
    case .attention(let read):
      (try? read(node)).flatMap { $0 }.map { $0.sizes.work(projections: $0.projections) } ?? .matrix(0)
    case .counted(let work): work(node, outputs)
    }
  }

  private static func work(of counts: (multiplyAdds: Int, vectorOperations: Int)) -> OperatorWork {
    var work = OperatorWork.matrix(counts.multiplyAdds)
    work.vectorOperations = counts.vectorOperations
    return work
  }

  /// An operator of which nothing is known is taken to compute each element of its outputs once.
  static func unknown(outputs: [TensorFact]) -> OperatorWork {
    OperatorWork(kind: .unknown, vectorOperations: elements(outputs))
  }

  private static func elements(_ outputs: [TensorFact]) -> Int {
    outputs.reduce(0) { Saturating.sum($0, $1.count ?? 0) }
  }
}
