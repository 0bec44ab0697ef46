import Plan

/// Chooses the variant of the program that a batch runs.
struct Dispatcher {
  private let rule: SimulationOptions.Dispatch
  private let shares: [Double]
  /// By variant.
  private let buckets: [Int]
  private var credit: [Double]
  private var inFlight: [Int]
  /// Failed devices that the variant needs.
  private var obstacles: [Int]
  private var random: RandomStream

  init(_ rule: SimulationOptions.Dispatch, variants: [ExecutionProgram.Variant], random: RandomStream) {
    self.rule = rule
    shares = variants.map(\.share)
    buckets = variants.map(\.bucket)
    self.random = random
    credit = [Double](repeating: 0, count: variants.count)
    inFlight = [Int](repeating: 0, count: variants.count)
    obstacles = [Int](repeating: 0, count: variants.count)
  }

  /// The variant of the next batch of a bucket, or `nil` when every one needs a device that is down.
  mutating func choose(bucket: Int) -> Int? {
    let chosen: Int? =
      switch rule {
      case .roundRobin: inTurn(bucket, byLoad: false)
      case .leastLoaded: inTurn(bucket, byLoad: true)
      case .random: atRandom(bucket)
      }
    if let chosen { inFlight[chosen] += 1 }
    return chosen
  }

  mutating func ended(variant: Int) { inFlight[variant] -= 1 }
  mutating func block(variant: Int) { obstacles[variant] += 1 }
  mutating func unblock(variant: Int) { obstacles[variant] -= 1 }
  func isBlocked(variant: Int) -> Bool { obstacles[variant] > 0 }

  private func usable(_ variant: Int, _ bucket: Int) -> Bool {
    buckets[variant] == bucket && obstacles[variant] == 0 && shares[variant] > 0
  }

  /// Smooth weighted round robin among the variants of least load: each earns its share, the richest pays for all.
  private mutating func inTurn(_ bucket: Int, byLoad: Bool) -> Int? {
    var best: Int?
    var bestLoad = Double.infinity
    var total = 0.0
    for variant in shares.indices where usable(variant, bucket) {
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

  private mutating func atRandom(_ bucket: Int) -> Int? {
    let total = shares.indices.reduce(0.0) { usable($1, bucket) ? $0 + shares[$1] : $0 }
    guard total > 0 else { return nil }
    var target = random.uniform() * total
    var last: Int?
    for variant in shares.indices where usable(variant, bucket) {
      last = variant
      target -= shares[variant]
      if target <= 0 { break }
    }
    return last
  }
}
