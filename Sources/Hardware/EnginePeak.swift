/// Peak rate of one engine at one precision and the fraction of it that real kernels sustain.
public struct EnginePeak: Sendable, Hashable, Codable {
  /// Operations per second; a multiply-accumulate is two.
  public var operationsPerSecond: Double
  /// Between 0 and 1.
  public var sustainedFraction: Double

  public init(operationsPerSecond: Double, sustainedFraction: Double) {
    self.operationsPerSecond = operationsPerSecond
    self.sustainedFraction = sustainedFraction
  }

  public var sustained: Double { operationsPerSecond * sustainedFraction }
}
