/// A node that contradicts the definition of its operator.
struct ShapeProblem: Error {
  var message: String
  /// The attribute or input concerned.
  var field: String?
  /// Whether the node itself is malformed, so that declared shapes do not save it.
  var isMalformed: Bool

  init(_ message: String, field: String? = nil, isMalformed: Bool = false) {
    self.message = message
    self.field = field
    self.isMalformed = isMalformed
  }
}

/// Infers what is known of the outputs of one node; trailing outputs may be left out. Returns an empty list when too
/// little is known of the inputs.
typealias ShapeRule = @Sendable (NodeContext) throws(ShapeProblem) -> [TensorFact]
