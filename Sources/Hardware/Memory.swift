/// One level of memory.
public struct Memory: Sendable, Hashable, Codable {
  public var bytes: Int
  /// Peak bandwidth, one direction at a time.
  public var bytesPerSecond: Double
  /// Share of the peak that long sequential streams reach, between 0 and 1.
  public var sustainedFraction: Double
  /// Share of the peak that scattered reads of single bursts reach, between 0 and 1: they open a new DRAM page
  /// almost every time.
  public var randomFraction: Double
  /// Smallest transfer; a random row read is rounded up to it.
  public var burstBytes: Int
  /// Bytes that could be read in the time of a row however short, at least a burst; `nil` where that is a burst.
  public var leastRowBytes: Int?

  /// - Parameter randomFraction: `sustainedFraction` when `nil`.
  public init(
    bytes: Int, bytesPerSecond: Double, sustainedFraction: Double, randomFraction: Double? = nil,
    burstBytes: Int, leastRowBytes: Int? = nil
  ) {
    self.bytes = bytes
    self.bytesPerSecond = bytesPerSecond
    self.sustainedFraction = sustainedFraction
    self.randomFraction = randomFraction ?? sustainedFraction
    self.burstBytes = burstBytes
    self.leastRowBytes = leastRowBytes
  }

  /// Bytes per second of a long stream.
  public var sustained: Double { bytesPerSecond * sustainedFraction }
  /// Bytes per second of scattered single bursts.
  public var sustainedRandom: Double { bytesPerSecond * randomFraction }

  /// Bytes that reading `bytes` consecutive bytes at a random place counts with: whole bursts, at least those of the shortest row.
  ///
  /// A row is taken to start on a burst boundary; allocators align rows.
  public func burstAligned(_ bytes: Int) -> Int {
    guard burstBytes > 1, bytes > 0 else { return max(0, bytes) }
    let bursts = (bytes - 1) / burstBytes + 1
    let (total, overflow) = bursts.multipliedReportingOverflow(by: burstBytes)
    return overflow ? .max : max(total, leastRowBytes ?? 0)
  }
}
