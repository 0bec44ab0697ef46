/// How a model is loaded.
public struct LoadOptions: Sendable, Hashable {
  /// Sizes of dynamic dimensions by name. An unnamed one is called after its input and axis, for example `image:0`.
  public var dimensions: [String: Int]

  public init(dimensions: [String: Int] = [:]) {
    self.dimensions = dimensions
  }
}
