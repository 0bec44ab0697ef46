/// Something in a plan that does not hold.
public struct Violation: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    case modelChanged
    case missingOperator, duplicateOperator, unknownOperator, unsupportedOperator
    case missingTable, duplicateTable, unknownTable
    case shardGap, shardOverlap, shardOutOfRange, shardCount
    case unknownSite, coreAllocation
    case partitionCycle, partitionMismatch
    case transferMismatch, byteCount
    case memoryExceeded, memoryMismatch
    case loadMismatch, latencyMismatch, energyMismatch, latencyBudget
    case certificate
    /// What a plan says of the errors of its costs is not what draws of them give.
    case uncertainty
    /// What a plan says of the choice of its machine is not so.
    case sizing
    /// The plans of padding buckets are not what the plan says of them.
    case buckets
    case accuracyBudget, accuracyMismatch
    /// A rule that the plan names is broken, or names nothing.
    case rule
    case unusableFigure
  }
  public var kind: Kind
  /// What is wrong, where, with both figures.
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}
