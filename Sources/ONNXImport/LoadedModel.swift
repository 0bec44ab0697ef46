import Graph

/// A model that was loaded, with what is worth knowing about it.
public struct LoadedModel: Sendable {
  public let graph: Graph
  /// Notes and warnings, in the order they were found.
  public let findings: [Finding]
  /// Whether dimensions were left without a size, so that figures that depend on them are not known.
  public let hasUnknownSizes: Bool
}
