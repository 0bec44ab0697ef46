/// Lower bounds from the capacity of all devices together, by prices on lanes and shared resources.
///
/// For any prices p >= 0, one a class and lane and one a shared resource, an assignment with largest load T has
///     sum over items of the cheapest priced load (over classes and modes)  +  priced base loads
///         <= sum over devices and lanes of p * load + sum over shared p * load <= T * sum of prices
/// where a class's price counts once a device. So the left side over the sum of prices bounds T from below, transfers
/// left out. This is the Lagrangian of the fractional assignment program (one variable an item, class and mode); its best prices
/// give that program's optimum. Good prices are found by multiplicative updates; any prices are valid.
struct CapacityPrices: Sendable {
  /// One price vector: by class and lane (`class * lanes + lane`), then by shared resource.
  struct Vector: Sendable {
    var price: [Double]
    /// Cheapest priced load by item.
    var need: [Double]
    /// Proven lower bound on the largest load, seconds.
    var bound: Double
  }
  /// The best vector found and others on the way, for pruning with part of the items or devices.
  var vectors: [Vector]
  private let classCount: Int
  private let lanes: Int

  static let rounds = 60

  init(_ model: GraphModel) {
    let lanes = model.laneCount
    self.lanes = lanes
    classCount = model.classes.count
    let resources = classCount * lanes + model.problem.shared.count
    var weights = Array(repeating: 1.0, count: resources)
    for (index, entry) in model.classes.enumerated() {
      for lane in 0..<lanes { weights[index * lanes + lane] = Double(entry.devices.count) }
    }
    var vectors: [Vector] = []
    // Large models get fewer rounds: each is one pass over all items.
    let rounds = max(6, min(Self.rounds, 4_000_000 / max(1, model.itemCount)))
    for round in 0..<rounds {
      // A resource's price is its weight divided among its devices.
      var price = weights
      for (index, entry) in model.classes.enumerated() {
        for lane in 0..<lanes { price[index * lanes + lane] /= Double(entry.devices.count) }
      }
      let (vector, use) = Self.evaluate(model, price)
      vectors.append(vector)
      let most = use.max() ?? 0
      guard most > 0 else { break }
      let step = 2.0 / (1.0 + Double(round) / 6)
      var total = 0.0
      for index in weights.indices {
        weights[index] = max(weights[index] * Self.power(use[index] / most, step), 1e-9)
        total += weights[index]
      }
      for index in weights.indices { weights[index] /= total }
    }
    vectors.sort { $0.bound > $1.bound }
    // A few of the best, and the first (equal prices) for states that are far from balanced.
    self.vectors = Array(vectors.prefix(3))
  }

  /// Lower bound on the largest load of the whole problem, seconds.
  var bound: Double { vectors.first?.bound ?? 0 }

  /// Priced load of the items outside every down-set, by vector and then down-set.
  func remaining(_ lattice: IdealLattice) -> [[Double]] {
    vectors.map { vector in
      var left = Array(repeating: -1.0, count: lattice.count)
      left[0] = vector.need.reduce(0, +)
      for ideal in 0..<lattice.count {
        for step in Int(lattice.firstStep[ideal])..<Int(lattice.firstStep[ideal + 1]) {
          let target = Int(lattice.stepTarget[step])
          if left[target] < 0 {
            left[target] = max(0, left[ideal] - vector.need[Int(lattice.stepItem[step])])
          }
        }
      }
      return left
    }
  }

  /// What the unused devices carry at unit load and what is already on them, by vector.
  func rooms(_ model: GraphModel, used: [Int]) -> [(perSecond: Double, base: Double)] {
    vectors.map { vector in
      var (perSecond, base) = (0.0, 0.0)
      for (index, entry) in model.classes.enumerated() {
        let free = Double(entry.devices.count - used[index])
        for lane in 0..<lanes {
          let price = vector.price[index * lanes + lane]
          perSecond += price * free
          base += price * free * entry.baseLoad[lane]
        }
      }
      for price in vector.price[(classCount * lanes)...] { perSecond += price }
      return (perSecond, base)
    }
  }

  /// Whether the items outside the down-set may fit on the devices the state leaves, below the limit.
  func fits(
    _ need: [[Double]], _ ideal: Int, _ room: [[(perSecond: Double, base: Double)]], _ state: Int,
    limit: Double
  ) -> Bool {
    for index in vectors.indices {
      let (perSecond, base) = room[state][index]
      // The slack keeps rounding of the sums from dropping a state that fits exactly.
      if need[index][ideal] + base > perSecond * limit * (1 + 1e-9) + 1e-12 { return false }
    }
    return true
  }

  private static func evaluate(_ model: GraphModel, _ price: [Double]) -> (Vector, use: [Double]) {
    let lanes = model.laneCount
    let classCount = model.classes.count
    var use = Array(repeating: 0.0, count: price.count)
    var total = 0.0
    var sum = 0.0
    for (index, entry) in model.classes.enumerated() {
      let count = Double(entry.devices.count)
      for lane in 0..<lanes {
        sum += price[index * lanes + lane] * count
        total += price[index * lanes + lane] * count * entry.baseLoad[lane]
        use[index * lanes + lane] = entry.baseLoad[lane]
      }
    }
    for index in classCount * lanes..<price.count { sum += price[index] }
    var need: [Double] = []
    need.reserveCapacity(model.itemCount)
    for modesByClass in model.modes {
      var best = Double.infinity
      var choice = (entry: 0, mode: 0)
      for (entry, modes) in modesByClass.enumerated() {
        for (index, mode) in modes.enumerated() {
          var value = 0.0
          for lane in 0..<lanes { value += price[entry * lanes + lane] * mode.loads[lane] }
          for (resource, seconds) in mode.shared.enumerated() {
            value += price[classCount * lanes + resource] * seconds
          }
          if value < best { (best, choice) = (value, (entry, index)) }
        }
      }
      guard best < .infinity else {
        need.append(0)
        continue
      }
      need.append(best)
      total += best
      let mode = modesByClass[choice.entry][choice.mode]
      let count = Double(model.classes[choice.entry].devices.count)
      for lane in 0..<lanes { use[choice.entry * lanes + lane] += mode.loads[lane] / count }
      for (resource, seconds) in mode.shared.enumerated() { use[classCount * lanes + resource] += seconds }
    }
    return (Vector(price: price, need: need, bound: sum > 0 ? total / sum : 0), use)
  }

  /// x to the power y for x in 0...1, by repeated square roots, so that no platform's `pow` decides a result.
  private static func power(_ x: Double, _ y: Double) -> Double {
    guard x > 0 else { return 0 }
    var result = 1.0
    var factor = x
    var left = y
    while left >= 1 {
      result *= factor
      left -= 1
    }
    for _ in 0..<12 {
      factor = factor.squareRoot()
      left *= 2
      if left >= 1 {
        result *= factor
        left -= 1
      }
    }
    return result
  }
}
