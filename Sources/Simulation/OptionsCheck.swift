import Plan

/// Refuses options that make no sense, all problems at once.
enum OptionsCheck {
  static func check(_ options: SimulationOptions, _ program: ExecutionProgram) throws(SimulationError) {
    var problems = ProblemList()
    checkLoad(options, &problems)
    checkCounts(options, &problems)
    checkVariability(options, program, &problems)
    checkFailures(options, program, &problems)
    let share = options.requirements.availability
    if !(share >= 0 && share <= 1) {
      problems.add(.options, at: "availability", "\(share) is not a share between 0 and 1 (100 %)")
    }
    if let budget = options.requirements.latencyBudgetSeconds, !(budget > 0) {
      problems.add(.options, at: "latency budget", "\(budget) s is not a time above 0")
    }
    try problems.throwIfAny()
  }

  private static func checkLoad(_ options: SimulationOptions, _ problems: inout ProblemList) {
    func rate(_ value: Double, _ place: String, zeroAllowed: Bool = false) {
      if !(value.isFinite && (value > 0 || (zeroAllowed && value == 0))) {
        problems.add(.load, at: place, "the rate is \(value) requests/s; it must be above 0 and finite")
      } else if value > 1e11 {
        problems.add(.load, at: place, "\(value) requests/s is more than one a 10 ps; use at most 1e11")
      }
    }
    switch options.load {
    case .poisson(let value), .constant(let value): rate(value, "load.rate")
    case .bursty(let bursty):
      rate(bursty.calmRate, "load.calmRate", zeroAllowed: true)
      rate(bursty.burstRate, "load.burstRate")
      for (seconds, place) in [
        (bursty.meanCalmSeconds, "load.meanCalmSeconds"), (bursty.meanBurstSeconds, "load.meanBurstSeconds"),
      ] where !(seconds > 0 && seconds <= Ticks.longestSeconds) {
        problems.add(
          .load, at: place, "\(seconds) s is not a time above 0 and up to \(Ticks.longestSeconds) s")
      }
    case .closedLoop(let clients, let think):
      if clients < 1 || clients > 100_000 {
        problems.add(.load, at: "load.clients", "\(clients) clients; use 1 to 100,000")
      }
      if Ticks.from(seconds: think) == nil {
        problems.add(
          .load, at: "load.thinkSeconds", "\(think) s is not a time between 0 and \(Ticks.longestSeconds) s")
      }
    case .backToBack: break
    case .trace(let arrivals): checkTrace(arrivals, hasLengths: options.lengths != nil, &problems)
    }
  }

  private static func checkTrace(_ arrivals: [Arrival], hasLengths: Bool, _ problems: inout ProblemList) {
    if arrivals.isEmpty { problems.add(.trace, at: "trace", "it has no arrivals; give at least one") }
    var last = 0.0
    var lengthReported = hasLengths
    for (index, arrival) in arrivals.enumerated() where problems.problems.count < 20 {
      let place = "trace arrival \(index + 1)"
      if Ticks.from(seconds: arrival.seconds) == nil {
        problems.add(
          .trace, at: place, "\(arrival.seconds) s is not a time between 0 and \(Ticks.longestSeconds) s")
      } else if arrival.seconds < last {
        problems.add(
          .trace, at: place, "\(arrival.seconds) s comes after \(last) s; sort the trace by arrival time")
      } else {
        last = arrival.seconds
      }
      if let length = arrival.length {
        if !(length > 0 && length.isFinite) {
          problems.add(.trace, at: place, "length \(length) must be above 0")
        } else if !lengthReported {
          lengthReported = true
          problems.add(
            .trace, at: place,
            "it gives a length, but no planned length says what to compare it with: give lengths, with the planned one"
          )
        }
      }
      if let scale = arrival.lookupScale, !(scale >= 0 && scale.isFinite) {
        problems.add(.trace, at: place, "look-up scale \(scale) must be at least 0")
      }
    }
  }

  private static func checkCounts(_ options: SimulationOptions, _ problems: inout ProblemList) {
    func range(_ value: Int, _ allowed: ClosedRange<Int>, _ place: String) {
      if !allowed.contains(value) {
        problems.add(
          .options, at: place, "\(value) is out of range; use \(allowed.lowerBound) to \(allowed.upperBound)")
      }
    }
    range(options.requests, 1...1_000_000_000, "requests")
    range(options.replications, 1...10_000, "replications")
    range(options.maximumReplications, 1...10_000, "maximumReplications")
    range(options.maximumInSystem, 16...1_000_000, "maximumInSystem")
    if let threads = options.threads { range(threads, 1...1024, "threads") }
    if let depth = options.backToBackDepth { range(depth, 1...100_000, "backToBackDepth") }
    if case .requests(let count) = options.warmUp { range(count, 0...1_000_000_000, "warmUp") }
    if let precision = options.precision, !(precision >= 0.0001 && precision <= 1) {
      problems.add(.options, at: "precision", "\(precision) is not a relative width between 0.0001 and 1")
    }
    if let batching = options.batching {
      range(batching.maximumRequests, 1...65_536, "batching.maximumRequests")
      if Ticks.from(seconds: batching.maximumWaitSeconds) == nil {
        problems.add(
          .options, at: "batching.maximumWaitSeconds",
          "\(batching.maximumWaitSeconds) s is not a waiting time")
      }
    }
  }

  private static func checkVariability(
    _ options: SimulationOptions, _ program: ExecutionProgram, _ problems: inout ProblemList
  ) {
    func variation(_ value: Double, _ place: String) {
      if !(value >= 0 && value <= 100) {
        problems.add(.options, at: place, "\(value) is not a coefficient of variation between 0 and 100")
      }
    }
    switch options.jitter {
    case .none, .exponential: break
    case .uniform(let spread):
      if !(spread >= 0 && spread <= 1) {
        problems.add(.options, at: "jitter", "spread \(spread) is not between 0 and 1")
      }
    case .lognormal(let value): variation(value, "jitter")
    }
    if case .lognormal(let value) = options.lookups { variation(value, "lookups") }
    for (name, distribution) in options.lookupsByTable.sorted(by: { $0.key < $1.key }) {
      if !program.tables.contains(where: { $0.name == name }) {
        problems.add(.options, at: "lookupsByTable", "table '\(name)' does not exist in this plan")
      }
      if case .lognormal(let value) = distribution { variation(value, "lookupsByTable '\(name)'") }
    }
    guard let lengths = options.lengths else { return }
    if !(lengths.plannedLength > 0 && lengths.plannedLength.isFinite) {
      problems.add(.options, at: "lengths.plannedLength", "\(lengths.plannedLength) must be above 0")
    }
    let isValid =
      switch lengths.distribution {
      case .fixed(let value): value > 0 && value.isFinite
      case .uniform(let minimum, let maximum): minimum > 0 && minimum <= maximum
      case .empirical(let values): !values.isEmpty && values.allSatisfy { $0 > 0 && $0.isFinite }
      case .shares(let values, let shares):
        !values.isEmpty && values.count == shares.count && values.allSatisfy { $0 > 0 && $0.isFinite }
          && shares.allSatisfy { $0 >= 0 } && abs(shares.reduce(0, +) - 1) <= 1e-6
      }
    if !isValid {
      problems.add(.options, at: "lengths", "lengths must be above 0, the minimum not above the maximum")
    } else if let most = program.bucketLengths.last, lengths.distribution.longest > most {
      problems.add(
        .options, at: "lengths",
        "the longest is \(lengths.distribution.longest), the plan's longest bucket \(most)")
    }
  }

  private static func checkFailures(
    _ options: SimulationOptions, _ program: ExecutionProgram, _ problems: inout ProblemList
  ) {
    let names = program.devices.map { "'\($0.name)'" }.joined(separator: ", ")
    var lastArrival: Double?
    if case .trace(let arrivals) = options.load { lastArrival = arrivals.last?.seconds }
    for (index, failure) in options.failures.enumerated() {
      let place = "failure of '\(failure.device)'"
      if !program.devices.contains(where: { $0.name == failure.device }) {
        problems.add(.failure, at: place, "no such device; there are \(names)")
      }
      if Ticks.from(seconds: failure.atSeconds) == nil {
        problems.add(
          .failure, at: place, "\(failure.atSeconds) s is not a time between 0 and \(Ticks.longestSeconds) s")
      }
      if let back = failure.backSeconds, !(back > failure.atSeconds && Ticks.from(seconds: back) != nil) {
        problems.add(
          .failure, at: place, "it comes back at \(back) s, not after it went at \(failure.atSeconds) s")
      }
      if let lastArrival, failure.atSeconds > lastArrival {
        problems.add(
          .failure, at: place,
          "it is at \(failure.atSeconds) s, after the last arrival of the trace at \(lastArrival) s")
      }
      for other in options.failures[..<index]
      where other.device == failure.device && min(other.atSeconds, failure.atSeconds) >= 0 {
        if failure.atSeconds <= other.backSeconds ?? .infinity,
          other.atSeconds <= failure.backSeconds ?? .infinity
        {
          problems.add(
            .failure, at: place,
            "it goes at \(failure.atSeconds) s and at \(other.atSeconds) s with no return between")
        }
      }
    }
  }
}

extension LengthModel.Distribution {
  fileprivate var longest: Double {
    switch self {
    case .fixed(let value): value
    case .uniform(_, let maximum): Double(maximum)
    case .empirical(let values), .shares(let values, _): values.max() ?? 0
    }
  }
}
