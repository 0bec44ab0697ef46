/// How a model is loaded.
public struct LoadOptions: Sendable, Hashable {
  /// Sizes of dynamic dimensions by name. An unnamed one is called after its input and axis, for example `image:0`; the
  /// trip count of a loop after its node, for example `decoder:trips`.
  public var dimensions: [String: Int]
  /// Whether a model loads although sizes are not known; a warning lists them, and values that depend on them have no
  /// shape.
  public var allowsUnknownSizes: Bool

  public init(dimensions: [String: Int] = [:], allowsUnknownSizes: Bool = false) {
    self.dimensions = dimensions
    self.allowsUnknownSizes = allowsUnknownSizes
  }
}
