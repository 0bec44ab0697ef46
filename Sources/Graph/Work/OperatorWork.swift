/// The arithmetic of one node, before its traffic is known.
struct OperatorWork: Sendable, Hashable {
  var kind = Work.Kind.movement
  var matrixOperations = 0
  var vectorOperations = 0
  var isView = false
  /// Whether it does something that only a host can do.
  var isHostOnly = false
  /// Whether part of it could not be counted.
  var isIncomplete = false

  static let movement = OperatorWork()

  static func matrix(_ multiplyAdds: Int) -> OperatorWork {
    OperatorWork(kind: .matrix, matrixOperations: Saturating.product(2, multiplyAdds))
  }

  static func vector(_ operations: Int) -> OperatorWork {
    OperatorWork(kind: .vector, vectorOperations: operations)
  }

  var operations: Int { Saturating.sum(matrixOperations, vectorOperations) }

  func repeated(_ times: Int) -> OperatorWork {
    var result = self
    result.matrixOperations = Saturating.product(matrixOperations, times)
    result.vectorOperations = Saturating.product(vectorOperations, times)
    return result
  }

  /// The work of both, as the kind of the heavier: what a body of operators costs as one node.
  static func + (a: OperatorWork, b: OperatorWork) -> OperatorWork {
    let matrix = Saturating.sum(a.matrixOperations, b.matrixOperations)
    let vector = Saturating.sum(a.vectorOperations, b.vectorOperations)
    return OperatorWork(
      kind: matrix > 0 ? .matrix : vector > 0 ? .vector : .movement, matrixOperations: matrix,
      vectorOperations: vector, isHostOnly: a.isHostOnly || b.isHostOnly,
      isIncomplete: a.isIncomplete || b.isIncomplete)
  }
}
