extension PlanDocument {
  /// What the errors of the costs do to a plan: how its objective, its bottleneck and its rank beside other plans change over
  /// draws of them.
  public struct UncertaintyEntry: Codable, Hashable, Sendable {
    /// How often a resource limits.
    public struct Limit: Codable, Hashable, Sendable {
      /// A resource, or a device whose requests in flight are too few.
      public var resource: String
      /// Of all draws.
      public var share: Double

      public init(resource: String, share: Double) {
        self.resource = resource
        self.share = share
      }
    }

    public static let drawCounts = 10...10_000

    public var draws: Int
    public var seed: UInt64
    /// Whether the plan is that with the least ``p90``, not the best one for the costs as they are.
    public var isRobust: Bool
    /// Of the objective over the draws, seconds or joules.
    public var p10: Double
    public var p50: Double
    public var p90: Double
    /// The most frequent first.
    public var limits: [Limit]
    /// Part of the draws in which one batch meets the latency budget; absent without one.
    public var withinBudget: Double?
    /// Other plans that were compared: those that are best for some of the draws.
    public var alternatives: Int
    /// Part of the draws in which no alternative is better; 1 where there is none.
    public var staysBest: Double
    /// The least 90th percentile of an alternative; absent where there is none.
    public var alternativeP90: Double?

    public init(
      draws: Int, seed: UInt64, isRobust: Bool, p10: Double, p50: Double, p90: Double, limits: [Limit],
      withinBudget: Double?, alternatives: Int, staysBest: Double, alternativeP90: Double?
    ) {
      self.draws = draws
      self.seed = seed
      self.isRobust = isRobust
      (self.p10, self.p50, self.p90) = (p10, p50, p90)
      self.limits = limits
      self.withinBudget = withinBudget
      self.alternatives = alternatives
      self.staysBest = staysBest
      self.alternativeP90 = alternativeP90
    }
  }
}
