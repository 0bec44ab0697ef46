/// Draws the times of arrivals of one replication.
struct ArrivalSource {
  /// One request to come.
  struct Next {
    var time: Int64
    var length: Double?
    var lookupScale: Double
  }

  private enum State {
    case poisson(rate: Double)
    case constant(rate: Double, count: Int64)
    case bursty(BurstyLoad, inBurst: Bool, switchSeconds: Double)
    case trace([Arrival], index: Int)
    /// Requests come when others end.
    case closed
  }

  private var state: State
  private var random: RandomStream
  private var seconds = 0.0

  init(_ load: Load, random: RandomStream) {
    self.random = random
    switch load {
    case .poisson(let rate): state = .poisson(rate: rate)
    case .constant(let rate): state = .constant(rate: rate, count: 0)
    case .bursty(let bursty):
      let first = self.random.exponential() * bursty.meanCalmSeconds
      state = .bursty(bursty, inBurst: false, switchSeconds: first)
    case .closedLoop, .backToBack: state = .closed
    case .trace(let arrivals): state = .trace(arrivals, index: 0)
    }
  }

  /// The next arrival, or `nil` when there are no more.
  mutating func next() throws(SimulationError) -> Next? {
    var length: Double?
    var lookupScale = 1.0
    switch state {
    case .poisson(let rate):
      seconds += random.exponential() / rate
    case .constant(let rate, let count):
      seconds = Double(count) / rate
      state = .constant(rate: rate, count: count + 1)
    case .bursty(let bursty, let inBurst, let switchSeconds):
      advanceBursty(bursty, inBurst, switchSeconds)
    case .trace(let arrivals, let index):
      guard index < arrivals.count else { return nil }
      seconds = arrivals[index].seconds
      length = arrivals[index].length
      lookupScale = arrivals[index].lookupScale ?? 1
      state = .trace(arrivals, index: index + 1)
    case .closed:
      return nil
    }
    guard let time = Ticks.from(seconds: seconds) else {
      throw SimulationError(
        .timeOverflow, at: "load",
        "an arrival would come after \(seconds) s; simulated time ends at \(Ticks.longestSeconds) s: raise the rate "
          + "or ask for fewer requests")
    }
    return Next(time: time, length: length, lookupScale: lookupScale)
  }

  /// Exponential times are memoryless, so that the draw starts afresh at each switch of state.
  private mutating func advanceBursty(_ bursty: BurstyLoad, _ startsInBurst: Bool, _ firstSwitch: Double) {
    var inBurst = startsInBurst
    var switchSeconds = firstSwitch
    while true {
      let rate = inBurst ? bursty.burstRate : bursty.calmRate
      let candidate = rate > 0 ? seconds + random.exponential() / rate : .infinity
      if candidate <= switchSeconds {
        seconds = candidate
        break
      }
      seconds = switchSeconds
      inBurst.toggle()
      switchSeconds += random.exponential() * (inBurst ? bursty.meanBurstSeconds : bursty.meanCalmSeconds)
      if !switchSeconds.isFinite || switchSeconds > 10 * Ticks.longestSeconds {
        seconds = switchSeconds
        break
      }
    }
    state = .bursty(bursty, inBurst: inBurst, switchSeconds: switchSeconds)
  }
}
