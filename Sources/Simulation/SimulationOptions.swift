/// Everything that a run depends on besides the program. Same options, same report, byte for byte.
public struct SimulationOptions: Sendable, Hashable {
  public var load: Load
  /// Requests measured in each replication, after the warm-up; a trace always runs to its end.
  public var requests = 10_000
  /// Whether more are measured where the queues of the load forget their past so slowly that it takes more: see
  /// ``SimulationReport/Run/relaxationTimes``.
  public var growsWithLoad = false
  public var seed: UInt64 = 1
  public var warmUp = WarmUp.detected
  public var jitter = Jitter.none
  /// For tables that ``lookupsByTable`` does not name.
  public var lookups = LookupDistribution.fixed
  /// By table name.
  public var lookupsByTable: [String: LookupDistribution] = [:]
  public var lengths: LengthModel?
  public var batching: BatchingWindow?
  public var linkSharing = LinkSharing.inOrder
  public var queueing = Queueing.oldestRequest
  public var dispatch = Dispatch.roundRobin
  public var failures: [Failure] = []
  /// What the plan must do under this load to hold.
  public var requirements = Requirements()
  /// Independent replications at least; confidence intervals need two.
  public var replications = 4
  /// Relative half width of p99's 95 % interval at which to stop adding replications, for example 0.01.
  public var precision: Double?
  /// Replications at most when ``precision`` asks for more.
  public var maximumReplications = 256
  /// Worker threads; `nil` for one a core. Never changes the report.
  public var threads: Int?
  /// Requests that may be in the system before the run ends as unstable.
  public var maximumInSystem = 10_000
  /// Requests kept in the system by ``Load/backToBack``; `nil` for as many as devices have places for, at most 1,024.
  public var backToBackDepth: Int?

  public init(load: Load) { self.load = load }

  /// How many requests are left out before measuring.
  public enum WarmUp: Sendable, Hashable {
    /// By MSER-5 on a pilot run; none for a trace.
    case detected
    case requests(Int)
  }

  /// How a link serves transfers that overlap.
  public enum LinkSharing: String, Sendable, Hashable, Codable, CaseIterable {
    /// One after the other, in the order of ``Queueing``.
    case inOrder
    /// All at once, each at an equal part of the bandwidth.
    case fair
  }

  /// Who is served next at a resource.
  public enum Queueing: String, Sendable, Hashable, Codable, CaseIterable {
    /// Who came first to this resource.
    case arrivalOrder
    /// Whose request was dispatched first.
    case oldestRequest
  }

  /// Which variant of the program a request runs.
  public enum Dispatch: String, Sendable, Hashable, Codable, CaseIterable {
    /// In turn, weighted by share.
    case roundRobin
    /// The one with the fewest requests in flight for its share.
    case leastLoaded
    /// At random, by share.
    case random
  }
}

/// A device that goes away, and perhaps comes back.
public struct Failure: Sendable, Hashable, Codable {
  /// The name of a device of the program, for example `card3`.
  public var device: String
  public var atSeconds: Double
  /// `nil`: never.
  public var backSeconds: Double?

  public init(device: String, atSeconds: Double, backSeconds: Double? = nil) {
    self.device = device
    self.atSeconds = atSeconds
    self.backSeconds = backSeconds
  }
}
