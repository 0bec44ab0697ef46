/// How requests arrive.
public enum Load: Sendable, Hashable {
  /// Independent arrivals at a mean rate in requests a second.
  case poisson(requestsPerSecond: Double)
  /// Arrivals evenly spaced at a rate in requests a second.
  case constant(requestsPerSecond: Double)
  /// Poisson arrivals whose rate switches between two states.
  case bursty(BurstyLoad)
  /// A fixed number of clients, each sends its next request `thinkSeconds` after its last was answered.
  case closedLoop(clients: Int, thinkSeconds: Double)
  /// As many requests as devices have places for: the saturated rate. See ``SimulationOptions/backToBackDepth``.
  case backToBack
  /// Recorded arrivals, in order of time; every replication replays all of them.
  case trace([Arrival])

  /// Whether arrivals come whatever the answers do, so that a queue can grow without bound.
  public var isOpen: Bool {
    switch self {
    case .poisson, .constant, .bursty, .trace: true
    case .closedLoop, .backToBack: false
    }
  }

  /// Requests that arrive a second in the long run; `nil` for a closed load and for a trace of one instant.
  public var meanRate: Double? {
    switch self {
    case .poisson(let rate), .constant(let rate): return rate
    case .bursty(let bursty): return bursty.meanRate
    case .closedLoop, .backToBack: return nil
    case .trace(let arrivals):
      guard let last = arrivals.last, last.seconds > 0 else { return nil }
      return Double(arrivals.count) / last.seconds
    }
  }
}

/// A Markov-modulated Poisson process of two states, each held for an exponential time.
public struct BurstyLoad: Sendable, Hashable {
  /// Requests a second in the calm state; may be 0.
  public var calmRate: Double
  /// Requests a second in the burst.
  public var burstRate: Double
  public var meanCalmSeconds: Double
  public var meanBurstSeconds: Double

  public init(calmRate: Double, burstRate: Double, meanCalmSeconds: Double, meanBurstSeconds: Double) {
    self.calmRate = calmRate
    self.burstRate = burstRate
    self.meanCalmSeconds = meanCalmSeconds
    self.meanBurstSeconds = meanBurstSeconds
  }

  /// Long-run requests a second.
  public var meanRate: Double {
    (calmRate * meanCalmSeconds + burstRate * meanBurstSeconds) / (meanCalmSeconds + meanBurstSeconds)
  }
}

/// One recorded request.
public struct Arrival: Sendable, Hashable, Codable {
  /// Seconds since the start of the run.
  public var seconds: Double
  /// Sequence length in the unit of ``LengthModel/plannedLength``; `nil` for the planned one.
  public var length: Double?
  /// Look-ups of this request over the average, for all tables; `nil` for 1.
  public var lookupScale: Double?

  public init(seconds: Double, length: Double? = nil, lookupScale: Double? = nil) {
    self.seconds = seconds
    self.length = length
    self.lookupScale = lookupScale
  }
}
