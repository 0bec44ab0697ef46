/// A latency that a percentage of requests must not exceed.
public struct LatencyObjective: Sendable, Hashable, Codable {
  public var limitSeconds: Double
  /// At least 1 and below 100, for example 99.
  public var percentile: Double

  public init(limitSeconds: Double, percentile: Double = 99) {
    self.limitSeconds = limitSeconds
    self.percentile = percentile
  }
}

/// The highest rate at which a latency objective is met.
public struct RateSearch: Sendable, Hashable, Codable {
  public var objective: LatencyObjective
  /// Requests a second: the highest rate at which an independent run met the objective with its whole confidence interval; 0
  /// when even a nearly empty system is too slow.
  public var highestRate: Double
  /// The same rate: the lower end of the interval that the true one lies in.
  public var surelyMet: Double
  /// The upper end: the lowest rate at which an independent run missed the objective with its whole interval, or its queue grew
  /// without end; the saturated rate when none missed.
  public var surelyMissed: Double
  /// In order of trial.
  public var trials: [Trial]
  /// What the system does at ``highestRate``; `nil` when that is 0.
  public var report: SimulationReport?

  /// Whether there is a rate that meets the objective, within the memory there is.
  public var holds: Bool { highestRate > 0 && report?.memoryViolated != true }

  public struct Trial: Sendable, Hashable, Codable {
    public var requestsPerSecond: Double
    /// The percentile asked for.
    public var latency: SimulationReport.Estimate
    /// Share of the requests that ended by being answered, not lost.
    public var availability: Double
    public var isUnstable: Bool
    public var meets: Bool
    /// Whether its random numbers are its own, and its length that of the load.
    public var isIndependent: Bool
  }
}

extension RateSearch {
  /// Batches a second: where batches take no time, every rate is met and the search ends here.
  public static let highestTriedRate = 1e9
}

extension Simulator {
  /// Finds the highest rate that meets an objective: by bisection between almost nothing and the saturated rate, and then by
  /// independent runs about the rate found.
  ///
  /// Every trial of the bisection draws the same random numbers, so that the percentile rises with the rate nearly without
  /// noise; but their common error, and near saturation their length, remain in the rate found. Independent runs several
  /// times as long as the load needs (``SimulationReport/Run/relaxationTimes``), eight replications each, settle it: away from that
  /// rate in steps that double, down until one surely meets the objective and up until one surely misses it, then closer. Requests that are lost count as late,
  /// but for those that the required availability allows; beyond it no rate is met.
  ///
  /// - Parameters:
  ///   - options: the load is scaled to each rate; it must be an open one.
  ///   - tolerance: relative width of the last bracket of the bisection, and first step of the independent runs.
  public func highestRate(
    meeting objective: LatencyObjective, _ options: SimulationOptions, tolerance: Double = 0.005,
    progress: (@Sendable (RateSearch.Trial) -> Void)? = nil
  ) throws(SimulationError) -> RateSearch {
    try check(objective, options, tolerance)
    let saturated =
      min(RateSearch.highestTriedRate, bounds.saturatedRate) * Double(options.batching?.maximumRequests ?? 1)
    var search = RateSearch(
      objective: objective, highestRate: 0, surelyMet: 0, surelyMissed: saturated, trials: [])
    var low = 0.01 * saturated
    var high = saturated
    let first = try attempt(low, options, &search, progress)
    guard first.trial.meets else {
      search.surelyMissed = first.trial.latency.low > objective.limitSeconds ? low : saturated
      return search
    }
    while high - low > tolerance * high {
      let middle = (low + high) / 2
      if try attempt(middle, options, &search, progress).trial.meets { low = middle } else { high = middle }
    }
    var settling = Settling(found: low, step: tolerance, least: 0.01 * saturated, most: saturated)
    while let rate = settling.next {
      var independent = options
      independent.seed = options.seed &+ UInt64(search.trials.count) &* 0x9E37_79B9_7F4A_7C15
      independent.growsWithLoad = true
      independent.replications = max(8, options.replications)
      let attempt = try attempt(rate, independent, &search, progress, isIndependent: true)
      settling.add(rate, attempt.trial, limit: objective.limitSeconds)
      if rate == settling.met {
        search.report = ReportBuilder.build(self, attempt.options, attempt.outcome, warmUp: attempt.warmUp)
      }
    }
    (search.highestRate, search.surelyMet) = (settling.met, settling.met)
    search.surelyMissed = settling.missed ?? saturated
    return search
  }

  private func check(
    _ objective: LatencyObjective, _ options: SimulationOptions, _ tolerance: Double
  ) throws(SimulationError) {
    var problems = ProblemList()
    if !(objective.limitSeconds > 0 && objective.limitSeconds.isFinite) {
      problems.add(.options, at: "objective", "the limit is \(objective.limitSeconds) s; it must be above 0")
    }
    if !(objective.percentile >= 1 && objective.percentile < 100) {
      let isShare = objective.percentile > 0 && objective.percentile < 1
      problems.add(
        .options, at: "objective",
        "percentile \(objective.percentile) is not from 1 to below 100"
          + (isShare ? "; for that share of the requests say \(Decimals.percent(objective.percentile))" : ""))
    }
    if !(tolerance >= 1e-4 && tolerance < 1) {
      problems.add(.options, at: "tolerance", "\(tolerance) is not between 0.0001 and 1")
    }
    if !options.load.isOpen {
      problems.add(
        .load, at: "load",
        "a search for the highest rate needs arrivals at a rate, not a fixed number of clients")
    }
    try problems.throwIfAny()
    try OptionsCheck.check(options, program)
  }

  private struct Attempt {
    var trial: RateSearch.Trial
    var options: SimulationOptions
    var outcome: Replications.Outcome
    var warmUp: Int
  }

  private func attempt(
    _ rate: Double, _ options: SimulationOptions, _ search: inout RateSearch,
    _ progress: (@Sendable (RateSearch.Trial) -> Void)?, isIndependent: Bool = false
  ) throws(SimulationError) -> Attempt {
    var trialOptions = options
    trialOptions.load = options.load.scaled(to: rate)
    let length = RunLength(self, trialOptions)
    trialOptions.requests =
      isIndependent ? length.settlingRequests(trialOptions) : length.requests(trialOptions)
    let warmUp = try warmUpRequests(trialOptions)
    let outcome = try Replications.run(
      compiled, trialOptions, template(trialOptions, warmUp: warmUp), progress: nil)
    let fraction = search.objective.percentile / 100
    var all = LatencyHistogram()
    for result in outcome.results { all.merge(result.latencies) }
    let latency = SimulationReport.Estimate(
      value: all.quantile(fraction),
      halfWidth95: StudentT.halfWidth95(outcome.results.map { $0.latencies.quantile(fraction) }))
    let isUnstable = ReportBuilder.isUnstable(outcome.results)
    let counts = ReportBuilder.counts(outcome.results)
    let failed = outcome.results.reduce(0) { $0 + $1.measuredFailed }
    let late = options.requirements.notAllowed(completed: Int(all.count), failed: failed)
    let isInTime = all.quantile(fraction, late: late).map { $0 <= search.objective.limitSeconds } ?? false
    let trial = RateSearch.Trial(
      requestsPerSecond: rate, latency: latency, availability: counts.availability, isUnstable: isUnstable,
      meets: !isUnstable && isInTime
        && options.requirements.allows(completed: counts.completed, failed: counts.failed),
      isIndependent: isIndependent)
    search.trials.append(trial)
    progress?(trial)
    return Attempt(trial: trial, options: trialOptions, outcome: outcome, warmUp: warmUp)
  }
}

/// Which rates independent runs look at, and what they have settled.
private struct Settling {
  /// Of the interval, relative to the rate, that is narrow enough.
  private static let width = 0.03
  private static let mostDoublings = 20

  private let found: Double
  private let step: Double
  private let least: Double
  private let most: Double
  private var tried: [Double] = []
  private var metRates: [Double] = []
  private var missedRates: [Double] = []
  private var stepsBelow = 0
  private var stepsAbove = 0
  private var refinements = 6

  init(found: Double, step: Double, least: Double, most: Double) {
    (self.found, self.step, self.least, self.most) = (found, step, least, most)
  }

  /// The lowest rate that was surely missed.
  var missed: Double? { missedRates.min() }

  /// The highest below it that was surely met; 0 for none.
  var met: Double { metRates.filter { $0 < missed ?? .infinity }.max() ?? 0 }

  /// `nil` when all is settled.
  var next: Double? {
    if tried.isEmpty { return found }
    if met == 0 {
      guard tried.min() ?? 0 > least else { return nil }
      return max(least, found * (1 - step * Double(1 << min(stepsBelow, Self.mostDoublings) - 1)))
    }
    guard let missed else {
      let rate = found * (1 + step * Double(1 << min(stepsAbove, Self.mostDoublings) - 1))
      return rate < most ? rate : nil
    }
    // Closer, from the side with the wider gap to the next rate that was tried.
    guard refinements > 0, missed - met > Self.width * met else { return nil }
    let above = tried.filter { $0 > met }.min() ?? missed
    let below = tried.filter { $0 < missed }.max() ?? met
    guard max(above - met, missed - below) > step * met / 2 else { return nil }
    return above - met >= missed - below ? (met + above) / 2 : (below + missed) / 2
  }

  mutating func add(_ rate: Double, _ trial: RateSearch.Trial, limit: Double) {
    if met > 0, missed != nil { refinements -= 1 }
    tried.append(rate)
    if trial.meets, trial.latency.high <= limit {
      metRates.append(rate)
    } else if trial.isUnstable || trial.latency.low > limit || (!trial.meets && trial.latency.high <= limit) {
      missedRates.append(rate)
    }
    if met == 0 { stepsBelow += 1 } else { stepsAbove += 1 }
  }
}

extension Load {
  /// The same shape of load at another mean rate; a closed load as it is.
  public func scaled(to rate: Double) -> Load {
    switch self {
    case .poisson: return .poisson(requestsPerSecond: rate)
    case .constant: return .constant(requestsPerSecond: rate)
    case .bursty(var bursty):
      let factor = rate / bursty.meanRate
      bursty.calmRate *= factor
      bursty.burstRate *= factor
      return .bursty(bursty)
    case .trace(let arrivals):
      guard let meanRate else { return self }
      let factor = meanRate / rate
      return .trace(
        arrivals.map { Arrival(seconds: $0.seconds * factor, length: $0.length, lookupScale: $0.lookupScale) }
      )
    case .closedLoop, .backToBack: return self
    }
  }
}
