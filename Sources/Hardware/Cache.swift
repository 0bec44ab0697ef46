/// A cache between the engines and the DRAM that holds what was used last and cannot be told what to keep.
public struct Cache: Sendable, Hashable, Codable {
  /// What a kernel reads and writes is served from it where that is at most this share of its size: the rest is taken by what
  /// ran before.
  public static let usableShare = 0.7

  public var bytes: Int
  /// How many times faster than from DRAM; at least 1.
  public var speedup: Double

  public init(bytes: Int, speedup: Double) {
    self.bytes = bytes
    self.speedup = speedup
  }

  /// By how much the DRAM's time of a kernel shrinks that moves `moved` bytes.
  public func factor(moving moved: Double) -> Double {
    moved <= Self.usableShare * Double(bytes) ? speedup : 1
  }
}
