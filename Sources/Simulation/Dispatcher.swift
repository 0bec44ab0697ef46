/// Chooses the variant of the program that a batch runs.
struct Dispatcher {
  private let rule: SimulationOptions.Dispatch
  private let shares: [Double]
  private var credit: [Double]
  private var inFlight: [Int]
  /// Failed devices that the variant needs.
  private var obstacles: [Int]
  private var random: RandomStream

  init(_ rule: SimulationOptions.Dispatch, shares: [Double], random: RandomStream) {
    self.rule = rule
    self.shares = shares
    self.random = random
    credit = [Double](repeating: 0, count: shares.count)
    inFlight = [Int](repeating: 0, count: shares.count)
    obstacles = [Int](repeating: 0, count: shares.count)
  }

  /// The next batch's variant, or `nil` when every variant needs a device that is down.
  mutating func choose() -> Int? {
    let chosen: Int? =
      switch rule {
      case .roundRobin: inTurn(byLoad: false)
      case .leastLoaded: inTurn(byLoad: true)
      case .random: atRandom()
      }
    if let chosen { inFlight[chosen] += 1 }
    return chosen
  }

  mutating func ended(variant: Int) { inFlight[variant] -= 1 }
  mutating func block(variant: Int) { obstacles[variant] += 1 }
  mutating func unblock(variant: Int) { obstacles[variant] -= 1 }
  func isBlocked(variant: Int) -> Bool { obstacles[variant] > 0 }

  private func usable(_ variant: Int) -> Bool { obstacles[variant] == 0 && shares[variant] > 0 }

  /// Smooth weighted round robin among the variants of least load: each earns its share, the richest pays for all.
  private mutating func inTurn(byLoad: Bool) -> Int? {
    var best: Int?
    var bestLoad = Double.infinity
    var total = 0.0
    for variant in shares.indices where usable(variant) {
      credit[variant] += shares[variant]
      total += shares[variant]
      let variantLoad = byLoad ? Double(inFlight[variant]) / shares[variant] : 0
      if variantLoad < bestLoad
        || (variantLoad == bestLoad && credit[variant] > credit[best ?? variant] + 1e-9)
      {
        best = variant
        bestLoad = variantLoad
      }
    }
    if let best { credit[best] -= total }
    return best
  }

  private mutating func atRandom() -> Int? {
    let total = shares.indices.reduce(0.0) { usable($1) ? $0 + shares[$1] : $0 }
    guard total > 0 else { return nil }
    var target = random.uniform() * total
    var last: Int?
    for variant in shares.indices where usable(variant) {
      last = variant
      target -= shares[variant]
      if target <= 0 { break }
    }
    return last
  }
}
