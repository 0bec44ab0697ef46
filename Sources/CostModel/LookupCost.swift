/// What the look-ups into one table, or into one shard of it, cost per batch on one device.
public struct LookupCost: Sendable, Hashable {
  /// Busy seconds on one core: look-ups x (1 / look-up rate of a core + sum of a row on its vector unit). Divide by
  /// the cores that share the work.
  public var coreSeconds: Double
  /// Busy seconds of the device's DRAM: look-ups x whole bursts per row / random bandwidth, and the stream of indices and results
  /// that leave the chip.
  public var dramSeconds: Double
  /// Start of the look-up operators; paid once a batch whatever the cores. Of a kernel that looks up all tables of a card it is
  /// shared equally among the tables of the model.
  public var launchSeconds: Double
  /// Bytes that the DRAM moves.
  public var bytes: Double
  /// Bytes of indices and lengths sent to the shard: the used prefix, at average look-ups.
  public var indexBytes: Int
  /// Bytes of results the shard returns, at the device's activation precision.
  public var resultBytes: Int
  /// Bytes that one request occupies while it is looked up: indices padded to the maximum, and the results.
  public var bufferBytes: Int
  /// Row reads per batch on the shard, on average.
  public var lookups: Double
  /// Which resource needs longest with all cores of the device.
  public var limit: OperatorCost.Limit

  /// The same with all its seconds scaled to what was measured.
  func scaled(by factor: Double) -> LookupCost {
    guard factor != 1 else { return self }
    var copy = self
    copy.coreSeconds *= factor
    copy.dramSeconds *= factor
    copy.launchSeconds *= factor
    copy.limit = .measured
    return copy
  }

  /// Seconds on `cores` cores: max(core seconds / cores, DRAM seconds) + launch.
  public func seconds(cores: Double) -> Double {
    max(coreSeconds / cores, dramSeconds) + launchSeconds
  }
}
