import Plan

/// How a plan is held against the errors of the costs.
public struct UncertaintyOptions: Sendable, Hashable {
  /// Draws of the errors that plans are judged by: 10 to 10,000.
  public var draws: Int
  /// Whether the answer is the plan whose objective has the least 90th percentile over the draws, in place of the best one for
  /// the costs as they are.
  public var isRobust: Bool

  public init(draws: Int = 200, isRobust: Bool = false) {
    self.draws = draws
    self.isRobust = isRobust
  }
}
