/// What a simulation found, merged over its replications. Encodes to JSON under its property names.
///
/// Times are seconds, memory bytes, rates per second. Everything but ``counts`` holds for the measured part.
public struct SimulationReport: Sendable, Hashable, Codable {
  /// Version of this layout.
  public var format = 1
  /// Whether the plan holds under the load, by ``SimulationOptions/requirements``.
  public var verdict: Verdict
  /// Set when the load is more than the system can serve; the other figures then describe a growing queue.
  public var unstable: Unstable?
  public var latency: Latency
  /// Completed requests a second.
  public var throughputPerSecond: Estimate
  /// Requests a second that arrived; `nil` for a closed load.
  public var offeredPerSecond: Double?
  public var resources: [Resource]
  public var devices: [Device]
  /// Name of the resource with the highest utilisation.
  public var limitingResource: String
  /// Name of the device whose limit on requests in flight, and no resource, holds the rate down: it is nine tenths full
  /// or more, and fuller than the limiting resource is busy. `nil` otherwise.
  public var limitedByInFlight: String?
  /// Where the time of a mean request goes along its critical path; the parts add up to the mean latency.
  public var criticalPath: [PathPart]
  public var energyPerRequestJoules: Double
  public var averageWatts: Double
  public var requestsPerSecondPerWatt: Double
  /// Share of the requests that ended by being answered, not lost, over the whole run.
  public var availability: Double
  /// Whether any device held more bytes than it has.
  public var memoryViolated: Bool
  public var counts: Counts
  public var littlesLaw: LittlesLaw
  /// One entry each for requests that arrived before, during and after the outages; empty without failures.
  public var phases: [Phase]
  public var run: Run

  /// A value and how far it may be off.
  public struct Estimate: Sendable, Hashable, Codable {
    public var value: Double
    /// Half the width of the 95 % confidence interval over replications (Student's t); `nil` with one replication.
    public var halfWidth95: Double?

    public init(value: Double, halfWidth95: Double? = nil) {
      self.value = value
      self.halfWidth95 = halfWidth95
    }

    public var low: Double { value - (halfWidth95 ?? 0) }
    public var high: Double { value + (halfWidth95 ?? 0) }
  }

  /// Seconds from arrival to answer. Quantiles are exact to 0.1 %.
  public struct Latency: Sendable, Hashable, Codable {
    public var mean: Estimate
    public var p50: Estimate
    public var p90: Estimate
    public var p95: Estimate
    public var p99: Estimate
    public var p999: Estimate
    public var maximum: Double
  }

  public struct Resource: Sendable, Hashable, Codable {
    public var name: String
    public var device: String
    public var servers: Int
    /// Busy server-seconds over servers times seconds.
    public var utilisation: Double
    /// Legs waiting, not served, averaged over time.
    public var meanQueueLength: Double
    public var maximumQueueLength: Int
    /// Over all legs served, those that did not wait included.
    public var meanWaitSeconds: Double
    /// Waiting here along the critical path, in seconds of a mean request.
    public var criticalWaitSeconds: Double
  }

  public struct Device: Sendable, Hashable, Codable {
    public var name: String
    /// The share of time in which any group of its cores works; what power is interpolated with.
    public var utilisation: Double
    public var averageWatts: Double
    /// Static bytes and the activations of the most requests that were present at once, over the whole run.
    public var memoryHighWaterBytes: Int
    public var memoryBytes: Int
    public var memoryViolated: Bool
    public var maximumInFlight: Int
    /// Requests on the device, averaged over time.
    public var meanInFlight: Double
    /// How many may be there at once; `nil` for no limit.
    public var inFlightLimit: Int?
    /// Waiting for room among the requests in flight, in seconds of a mean request on its critical path.
    public var criticalWaitSeconds: Double
  }

  /// One share of the mean latency.
  public struct PathPart: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable {
      /// In a resource's queue, and in its service.
      case queue, service
      /// For room among a device's requests in flight.
      case admission
      /// For other requests of the batch.
      case batching
    }
    public var kind: Kind
    /// Of the resource or device; empty for batching.
    public var name: String
    public var seconds: Double
  }

  /// Over the whole run, warm-up included, all replications together.
  public struct Counts: Sendable, Hashable, Codable {
    public var arrived: Int
    public var completed: Int
    public var failed: Int
    /// In the system when the run ended.
    public var inFlight: Int
    /// Completed in the measured part.
    public var measured: Int
    /// arrived = completed + failed + inFlight, in every replication.
    public var balanced: Bool
  }

  /// L = lambda W, twice.
  public struct LittlesLaw: Sendable, Hashable, Codable {
    /// Time average of the number in the system.
    public var meanInSystem: Double
    /// Throughput times mean latency; differs by the requests that straddle the ends of the measured part.
    public var rateTimesLatency: Double
    /// Whether, over each whole replication, the integral of the number in the system equals the sum of the times
    /// that requests spent there, to the tick.
    public var holds: Bool
  }

  public struct Phase: Sendable, Hashable, Codable {
    public enum Name: String, Sendable, Hashable, Codable { case before, during, after }
    public var name: Name
    public var completed: Int
    public var failed: Int
    /// Arrival times of the first and the last request that failed; `nil` when none did.
    public var firstFailedSeconds: Double?
    public var lastFailedSeconds: Double?
    public var p50: Double
    public var p99: Double
  }

  public struct Run: Sendable, Hashable, Codable {
    public var seed: UInt64
    public var replications: Int
    /// Requests left out at the start of each replication.
    public var warmUpRequests: Int
    /// Whether p99's interval is as tight as was asked; `nil` when nothing was asked.
    public var precisionReached: Bool?
    /// How many times as long as a relaxation time of the load each replication measured; `nil` where that is not known: for
    /// closed and recorded loads, lengths, failures, and more load than can be served.
    public var relaxationTimes: Double?
    public var simulatedSeconds: Double
    public var events: UInt64

    /// How many times as long the run would have to be for its figures to be sound; `nil` where it is long enough.
    public var lengthNeeded: Double? {
      guard let relaxationTimes, relaxationTimes > 0, relaxationTimes < RunLength.fewestRelaxations else {
        return nil
      }
      return RunLength.relaxations / relaxationTimes
    }
  }

  /// The queue grows without end.
  public struct Unstable: Sendable, Hashable, Codable {
    /// Requests a second.
    public var queueGrowthPerSecond: Double
    public var message: String
  }
}
