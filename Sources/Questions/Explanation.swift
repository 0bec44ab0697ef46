import Partitioner

/// Why a plan is as it is: where something could be instead and what that would cost, what limits the plan, and what more of
/// the machine would buy. Every figure of a change comes of planning with it.
public struct Explanation: Sendable, Encodable {
  /// What is asked about.
  public enum Subject: Sendable, Hashable {
    case plan
    case `operator`(String)
    case table(String)
    /// A card by name.
    case card(String)
  }

  /// One place for an operator or a table, or the machine without a card.
  public struct Alternative: Sendable, Encodable {
    /// `host`, `every card`, a card's name, `another card`.
    public var place: String
    /// Whether the plan has it there.
    public var isChosen: Bool
    /// By itself there, seconds a batch on all cores, with what limits it; absent where the device cannot run it.
    public var seconds: Double?
    public var limit: String?
    /// Of the whole plan with it there; absent where there is no plan.
    public var objective: Double?
    /// Against the plan, as a share of its objective: above 0 is worse.
    public var change: Double?
    /// The resource with the largest load then.
    public var bottleneck: String?
    /// Why there is no plan.
    public var reason: String?
  }

  /// Something the plan is near the end of.
  public struct Limit: Sendable, Encodable {
    public enum Kind: String, Sendable, Encodable { case load, memory, latencyBudget }
    public var kind: Kind
    /// A resource or a device.
    public var name: String
    /// Of what there is, 1 for all; a load's share of the bottleneck.
    public var share: Double
  }

  /// More of something, and what it buys.
  public struct WhatIf: Sendable, Encodable {
    /// For example `10 % more DRAM bandwidth on every card`.
    public var change: String
    public var objective: Double?
    /// As a share of the plan's objective: below 0 is better.
    public var difference: Double?
    public var batchesPerSecond: Double?
    public var bottleneck: String?
    public var reason: String?
  }

  /// In words.
  public var subject: String
  /// Of the plan: seconds or joules.
  public var unit: PlanDocument.CertificateEntry.Unit
  public var objective: Double
  public var bottleneck: String
  /// Of an operator or a table, or without a card; empty for the plan as a whole.
  public var alternatives: [Alternative]
  public var limits: [Limit]
  public var whatIfs: [WhatIf]
}
