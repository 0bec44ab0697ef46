/// What one replication measured. Times are seconds, areas request-seconds or server-seconds of the window.
struct RunResult: Sendable {
  struct Resource: Sendable {
    var busySeconds: Double
    var queueSeconds: Double
    var longestQueue: Int
    var waitedSeconds: Double
    var served: Int
    var pathWaitSeconds: Double
    var pathServiceSeconds: Double
  }

  struct Device: Sendable {
    var mostInFlight: Int
    var inFlightSeconds: Double
    var pathGateSeconds: Double
    /// In which any of its cores worked.
    var workingSeconds: Double
  }

  var windowSeconds: Double
  var simulatedSeconds: Double
  var events: UInt64
  var latencies: LatencyHistogram
  var meanLatencySeconds: Double
  var measuredCompleted: Int
  var measuredFailed: Int
  var arrived: Int
  var completed: Int
  var failed: Int
  /// Counted in the engine's slots, not by difference.
  var inFlight: Int
  var mostInSystem: Int
  /// Over the window.
  var meanInSystem: Double
  /// Whether the time integral of the number in the system equals the sum of all times in the system, to the tick.
  var littleIdentityHolds: Bool
  var growthPerSecond: Double
  var isUnstable: Bool
  var resources: [Resource]
  var devices: [Device]
  var pathBatchingSeconds: Double
  var phases: [PhaseMeter]
  /// Every latency in order of completion, where asked for.
  var latencySeries: [Double]
}

/// Areas of a resource at the start of the measured window.
struct ResourceSnapshot {
  var busy: Int128
  var queue: Int128
  var waited: Int128
  var served: Int64

  init(_ state: ResourceState, at now: Int64) {
    busy = state.busyArea(now)
    queue = state.queueArea(now)
    waited = state.waited
    served = state.served
  }
}
