/// A draft with its names resolved: values and nodes refer to each other by position, and nodes are in
/// topological order. Bodies of operators are scopes of their own that capture values from outside.
package struct Scope: Sendable {
  package struct Value: Sendable {
    package enum Origin: Sendable, Hashable {
      case input(Int)
      case constant(Int)
      case node(Int, slot: Int)
      /// A value of the scope around this one.
      case captured(Int)
      /// The node that wrote it was removed, because nothing reads it.
      case removed
    }
    package var name: String
    package var origin: Origin
    var declared: GraphDraft.Declaration?
  }

  package struct Node: Sendable {
    package var name: String
    package var type: String
    package var domain: String
    package var inputs: [Int?]
    package var outputs: [Int?]
    package var attributes: [String: Attribute]
    package var tensors: [String: GraphDraft.Constant]
    package var bodies: [Body]
    /// Values of this scope that its bodies read, ascending, each once.
    package var captured: [Int]
    /// Where the loader has the node as written; `nil` for nodes that were made on the way.
    package var origin: Int?
  }

  package struct Body: Sendable {
    package var attribute: String
    package var scope: Scope
  }

  package var name: String
  package var values: [Value]
  package var constants: [GraphDraft.Constant]
  /// Positions of the inputs in `values`.
  package var inputs: [Int]
  package var outputs: [Int]
  /// In topological order.
  package var nodes: [Node]
  /// Where the loader has the graph as written.
  package var origin: Int?
}
