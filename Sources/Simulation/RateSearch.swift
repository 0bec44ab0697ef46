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
  /// Requests a second; 0 when even a nearly empty system is too slow.
  public var highestRate: Double
  /// The highest rate tried at which the whole confidence interval of the percentile meets the limit.
  public var surelyMet: Double
  /// The lowest rate tried at which the whole interval misses the limit, or the queue grows without end; the
  /// saturated rate when nothing missed.
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
  }
}

extension RateSearch {
  /// Batches a second: where batches take no time, every rate is met and the search ends here.
  public static let highestTriedRate = 1e9
}

extension Simulator {
  /// Finds the highest rate that meets an objective, by bisection between almost nothing and the saturated rate.
  ///
  /// Every trial draws the same random numbers, so that the percentile rises with the rate nearly without noise. Requests
  /// that are lost count as late, but for those that the required availability allows; beyond it no rate is met.
  ///
  /// - Parameters:
  ///   - options: the load is scaled to each rate; it must be an open one.
  ///   - tolerance: relative width of the last bracket.
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
    try attempt(low, options, &search, progress)
    guard search.trials[0].meets else {
      search.surelyMissed = search.trials[0].latency.low > objective.limitSeconds ? low : saturated
      return search
    }
    while high - low > tolerance * high {
      let middle = (low + high) / 2
      try attempt(middle, options, &search, progress)
      if search.trials.last?.meets == true { low = middle } else { high = middle }
    }
    search.highestRate = low
    for trial in search.trials {
      if trial.isUnstable || trial.latency.low > objective.limitSeconds {
        search.surelyMissed = min(search.surelyMissed, trial.requestsPerSecond)
      }
    }
    for trial in search.trials where trial.requestsPerSecond < search.surelyMissed {
      if !trial.isUnstable, trial.latency.high <= objective.limitSeconds {
        search.surelyMet = max(search.surelyMet, trial.requestsPerSecond)
      }
    }
    var final = options
    final.load = options.load.scaled(to: low)
    search.report = try run(final)
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

  private func attempt(
    _ rate: Double, _ options: SimulationOptions, _ search: inout RateSearch,
    _ progress: (@Sendable (RateSearch.Trial) -> Void)?
  ) throws(SimulationError) {
    var trialOptions = options
    trialOptions.load = options.load.scaled(to: rate)
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
        && options.requirements.allows(completed: counts.completed, failed: counts.failed))
    search.trials.append(trial)
    progress?(trial)
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
