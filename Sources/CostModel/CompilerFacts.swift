/// What a compiler said of its own code: what it does not run, and what it computes in one kernel.
///
/// It is recorded in plans, so that a plan is checked and simulated without the compiler.
public struct CompilerFacts: Sendable, Hashable, Codable {
  /// An operator that a kind of card does not run.
  public struct Refusal: Sendable, Hashable, Codable {
    /// Its name in the graph.
    public var `operator`: String
    /// A card's `Card.model`. The host runs everything.
    public var device: String

    public init(operator name: String, device: String) {
      self.operator = name
      self.device = device
    }
  }

  /// Beside the types that cards list themselves.
  public var refusals: [Refusal]
  /// Operators by name that are one kernel each, in place of what the cost model takes to be fused; `nil` where the compiler
  /// did not say.
  public var kernels: [[String]]?

  public init(refusals: [Refusal] = [], kernels: [[String]]? = nil) {
    self.refusals = refusals
    self.kernels = kernels
  }

  public var isEmpty: Bool { refusals.isEmpty && kernels == nil }
}
