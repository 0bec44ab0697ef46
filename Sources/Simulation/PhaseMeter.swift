/// What became of the requests of one phase of a run with failures.
struct PhaseMeter: Sendable {
  private(set) var failed = 0
  private(set) var firstFailed = Int64.max
  private(set) var lastFailed = Int64.min
  private(set) var latencies = LatencyHistogram()

  mutating func completed(_ latency: Int64) { latencies.record(latency) }

  mutating func failed(arrival: Int64) {
    failed += 1
    firstFailed = min(firstFailed, arrival)
    lastFailed = max(lastFailed, arrival)
  }

  mutating func merge(_ other: PhaseMeter) {
    failed += other.failed
    firstFailed = min(firstFailed, other.firstFailed)
    lastFailed = max(lastFailed, other.lastFailed)
    latencies.merge(other.latencies)
  }
}
