/// The nodes behind a ``Graph``, as the file has them: local functions inlined and known branches taken, but nothing folded,
/// fused or recognised.
///
/// Values keep their positions from here to the graph, so that each operator can be traced back to the nodes that compute it,
/// whatever their names.
package struct WrittenGraph: Sendable {
  /// What is known of one value.
  package struct Value: Sendable, Hashable {
    package var type: ElementType?
    /// `nil` where it is not known, or where it is only an upper bound because it depends on data.
    package var shape: [Int]?
    /// Of small constants.
    package var values: ConstantValues?
    /// Whether it is known before a run.
    package var isConstant: Bool
    package var isSequence: Bool
  }

  /// Of the graph, beside that of the file.
  package enum Batch: Sendable, Hashable {
    /// The file's.
    case stated
    /// Another, which the nodes and constants of ``scope`` have followed.
    case followed
    /// Another; ``scope`` has the file's.
    case unfollowed
  }

  package let scope: Scope
  /// By value of ``scope``: its tensor in the graph. Values inside what was fused have none; constants with the same elements
  /// share one.
  package let tensorOfValue: [TensorID?]
  package let batch: Batch
  private let facts: [TensorFact]

  init(scope: Scope, facts: [TensorFact], tensorOfValue: [TensorID?], batch: Batch) {
    self.scope = scope
    self.facts = facts
    self.tensorOfValue = tensorOfValue
    self.batch = batch
  }

  package func value(_ index: Int) -> Value {
    let fact = facts.indices.contains(index) ? facts[index] : .unknown
    return Value(
      type: fact.type, shape: fact.isBound ? nil : fact.shape, values: fact.values,
      isConstant: fact.isConstant, isSequence: fact.items != nil)
  }

  /// Whether a node looks rows of its first input up and pools them.
  package static func isBagLookup(_ node: Scope.Node) -> Bool { node.has(.bagLookup) }

  /// PyTorch's name of what a node computes that its exporter did not translate (`embedding_bag`, for example).
  package static func tensorFunction(of node: Scope.Node) -> String? { BagForms.function(of: node) }
}
