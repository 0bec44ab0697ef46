import Histogram

/// Latencies with a relative error below 0.1 %.
///
/// HdrHistogram at three significant digits: 1,024 buckets or more for each power of two, the middle of a bucket
/// reported. A well-kept package with merging, and 10 ns a value.
struct LatencyHistogram: Sendable {
  private var histogram = Histogram<UInt64>(numberOfSignificantValueDigits: .three)

  var count: UInt64 { histogram.totalCount }
  var largestSeconds: Double { Ticks.seconds(Int64(clamping: histogram.maxRecorded)) }

  mutating func record(_ ticks: Int64) { histogram.record(UInt64(clamping: ticks)) }
  mutating func merge(_ other: LatencyHistogram) { histogram.add(other.histogram) }

  /// The value that `fraction` of all values do not exceed, in seconds; 0 when empty.
  func quantile(_ fraction: Double) -> Double {
    guard histogram.totalCount > 0 else { return 0 }
    let value = histogram.valueAtPercentile(fraction * 100)
    let middle = histogram.medianEquivalentForValue(value)
    return Ticks.seconds(Int64(clamping: max(histogram.min, min(middle, histogram.maxRecorded))))
  }
}

/// What became of the requests of one phase of a run with failures.
struct PhaseMeter: Sendable {
  var failed = 0
  private(set) var latencies = LatencyHistogram()

  mutating func completed(_ latency: Int64) { latencies.record(latency) }

  mutating func merge(_ other: PhaseMeter) {
    failed += other.failed
    latencies.merge(other.latencies)
  }
}
