/// How long a run has to be for a load.
///
/// The queue of the busiest resource forgets its past over a relaxation time. In requests that is, for utilisation u of the
/// M/M/1 queue (Morse 1955; in time 1 / (m (1 - sqrt u)^2)), u / (1 - sqrt u)^2; for other arrivals and services it is scaled by
/// (a + s) / 2, with a the index of dispersion of arrivals and s the squared coefficient of variation of service, as in the
/// diffusion limit. A run that is not many times as long starts empty for much of it and sees too few of the long queues: its
/// figures are too low, and intervals from replications do not show it.
struct RunLength {
  /// Of a run of which figures are sound.
  static let relaxations = 200.0
  /// Below it a report says that the run is too short.
  static let fewestRelaxations = 30.0
  /// Legs of one replication at most: seconds of computing.
  private static let mostLegs = 2e6

  /// Requests that pass in one relaxation time; `nil` where the load cannot be told or is no open one.
  let relaxationRequests: Double?
  /// Requests of which one time in a million more are in the system, as far as the load tells: those that wait in the diffusion limit,
  /// whose number is exponential, and what a burst leaves.
  private let mostInSystem: Double
  /// Means of an exponential number that one in a million exceeds.
  private static let rareMeans = 14.0
  private let mostRequests: Double

  init(_ simulator: Simulator, _ options: SimulationOptions) {
    mostRequests = Self.mostLegs / Double(max(1, simulator.compiled.mostLegs))
    guard let rate = options.load.meanRate, options.failures.isEmpty else {
      (relaxationRequests, mostInSystem) = (nil, 0)
      return
    }
    // Variants of buckets have their own times, whose mean the bounds have.
    let lengths =
      simulator.program.bucketLengths.isEmpty
      ? Self.lengths(options) : (mean: 1, squaredVariation: Self.variation(of: simulator))
    let served = simulator.bounds.saturatedRate * Double(options.batching?.maximumRequests ?? 1)
    let utilisation = rate * lengths.mean / served
    guard utilisation < 1, let arrivals = Self.dispersion(options.load) else {
      (relaxationRequests, mostInSystem) = (nil, 0)
      return
    }
    let emptiness = 1 - utilisation.squareRoot()
    let variation = max(0.05, (arrivals + Self.squaredVariation(options) + lengths.squaredVariation) / 2)
    relaxationRequests = utilisation / (emptiness * emptiness) * variation
    var burst = 0.0
    if case .bursty(let bursty) = options.load {
      burst = max(0, bursty.burstRate - served / lengths.mean) * bursty.meanBurstSeconds
    }
    mostInSystem = Self.rareMeans * (utilisation / (1 - utilisation) * variation + burst)
  }

  /// Requests that may be in the system before a run ends as unstable: more where the load is served and needs them.
  func maximumInSystem(_ options: SimulationOptions) -> Int {
    guard options.growsWithLoad else { return options.maximumInSystem }
    return max(options.maximumInSystem, Int(min(1e6, mostInSystem.rounded(.up))))
  }

  /// Requests to measure in each replication.
  func requests(_ options: SimulationOptions) -> Int {
    guard options.growsWithLoad, let relaxationRequests else { return options.requests }
    return max(options.requests, capped(Self.relaxations * relaxationRequests))
  }

  /// Requests of an independent run that settles a rate: five times as many, and enough to tell percentiles apart.
  func settlingRequests(_ options: SimulationOptions) -> Int {
    max(requests(options), capped(max(40_000, 5 * Self.relaxations * (relaxationRequests ?? 0))))
  }

  private func capped(_ requests: Double) -> Int { Int(min(1e9, min(requests, mostRequests).rounded(.up))) }

  /// Of lengths over the planned one, which work is taken to be in proportion to.
  private static func lengths(_ options: SimulationOptions) -> (mean: Double, squaredVariation: Double) {
    guard let lengths = options.lengths, lengths.plannedLength > 0 else { return (1, 0) }
    var (mean, square) = (0.0, 0.0)
    switch lengths.distribution {
    case .fixed(let length): (mean, square) = (length, length * length)
    case .uniform(let minimum, let maximum):
      let (low, high) = (Double(minimum), Double(maximum))
      mean = (low + high) / 2
      square = mean * mean + ((high - low + 1) * (high - low + 1) - 1) / 12
    case .shares(let values, let shares):
      for (value, share) in zip(values, shares) {
        mean += value * share
        square += value * value * share
      }
    case .empirical(let values):
      for value in values {
        mean += value / Double(values.count)
        square += value * value / Double(values.count)
      }
    }
    return mean > 0 ? (mean / lengths.plannedLength, max(0, square / (mean * mean) - 1)) : (1, 0)
  }

  /// Of the times of a program's buckets on its busiest resource.
  private static func variation(of simulator: Simulator) -> Double {
    let bottleneck = simulator.bounds.bottleneck
    var (mean, square) = (0.0, 0.0)
    for variant in simulator.program.variants {
      let busy = variant.tasks.flatMap(\.legs).reduce(0.0) {
        $1.resource == bottleneck ? $0 + $1.seconds : $0
      }
      mean += variant.share * busy
      square += variant.share * busy * busy
    }
    return mean > 0 ? max(0, square / (mean * mean) - 1) : 0
  }

  /// Index of dispersion of counts over long times; `nil` for recorded and closed loads.
  private static func dispersion(_ load: Load) -> Double? {
    switch load {
    case .poisson: return 1
    case .constant: return 0
    case .bursty(let bursty):
      let (calm, burst) = (bursty.meanCalmSeconds, bursty.meanBurstSeconds)
      let difference = bursty.burstRate - bursty.calmRate
      let cycle = calm + burst
      // 1 + 2 (difference)^2 p q t / mean rate, with the shares p and q of both states and t = calm x burst / cycle.
      let time = calm * burst / cycle
      return 1 + 2 * difference * difference * (calm / cycle) * (burst / cycle) * time / bursty.meanRate
    case .closedLoop, .backToBack, .trace: return nil
    }
  }

  /// Of service times; of look-ups the largest of all tables.
  private static func squaredVariation(_ options: SimulationOptions) -> Double {
    let jitter: Double =
      switch options.jitter {
      case .none: 0
      case .uniform(let spread): spread * spread / 3
      case .lognormal(let variation): variation * variation
      case .exponential: 1
      }
    let lookups = ([options.lookups] + options.lookupsByTable.values).map { distribution -> Double in
      switch distribution {
      case .fixed: 0
      case .poisson: 0.1
      case .geometric: 1
      case .lognormal(let variation): variation * variation
      }
    }
    return jitter + (lookups.max() ?? 0)
  }
}
