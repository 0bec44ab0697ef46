/// A draft with its names resolved: values and nodes refer to each other by position, and nodes are in
/// topological order. Bodies of operators are scopes of their own that capture values from outside.
struct Scope: Sendable {
  struct Value: Sendable {
    enum Origin: Sendable, Hashable {
      case input(Int)
      case constant(Int)
      case node(Int, slot: Int)
      /// A value of the scope around this one.
      case captured(Int)
      /// The node that wrote it was removed, because nothing reads it.
      case removed
    }
    var name: String
    var origin: Origin
    var declared: GraphDraft.Declaration?
  }

  struct Node: Sendable {
    var name: String
    var type: String
    var domain: String
    var inputs: [Int?]
    var outputs: [Int?]
    var attributes: [String: Attribute]
    var tensors: [String: GraphDraft.Constant]
    var bodies: [Body]
    /// Values of this scope that its bodies read, ascending, each once.
    var captured: [Int]
  }

  struct Body: Sendable {
    var attribute: String
    var scope: Scope
  }

  var name: String
  var values: [Value]
  var constants: [GraphDraft.Constant]
  /// Positions of the inputs in `values`.
  var inputs: [Int]
  var outputs: [Int]
  /// In topological order.
  var nodes: [Node]
}
