import Graph

/// How a model is loaded.
public struct LoadOptions: Sendable, Hashable {
  /// Sizes of dynamic dimensions by name. An unnamed one is called after its input and axis, for example `image:0`; the
  /// trip count of a loop after its node, for example `decoder:trips`. ``batch`` that no dimension is called is the
  /// leading axis of all inputs, where their names do not say otherwise: a model that is written for another batch is changed.
  public var dimensions: [String: Int]
  /// Whether a model loads although sizes are not known; a warning lists them, and values that depend on them have no
  /// shape.
  public var allowsUnknownSizes: Bool

  /// Which inputs and outputs stay on a device between requests.
  public var states: StateChoice

  /// The dimension that is the number of items in a batch.
  public static let batch = "batch"

  public init(
    dimensions: [String: Int] = [:], allowsUnknownSizes: Bool = false, states: StateChoice = .named
  ) {
    self.states = states
    self.dimensions = dimensions
    self.allowsUnknownSizes = allowsUnknownSizes
  }
}
