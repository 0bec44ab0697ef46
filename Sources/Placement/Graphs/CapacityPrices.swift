/// Lower bounds from the capacity of all devices together, by prices on lanes and shared resources.
///
/// For any prices p >= 0, one a class and lane and one a shared resource, an assignment with largest load T has
///     sum over items of the cheapest priced load (over classes and modes)  +  priced base loads
///         <= sum over devices and lanes of p * load + sum over shared p * load <= T * sum of prices
/// where a class's price counts once a device. So the left side over the sum of prices bounds T from below, transfers
/// left out. This is the Lagrangian of the fractional assignment program (one variable an item, class and mode); its best prices
/// give that program's optimum. Good prices are found by pattern search; any prices are valid.
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

  /// Passes over all items times items that the search for prices may take.
  static let workLimit = 20_000_000

  /// - Parameter shouldStop: Told the ticks of each evaluation; the best prices so far are kept.
  init(_ model: GraphModel, shouldStop: (Int) -> Bool = { _ in false }) {
    lanes = model.laneCount
    classCount = model.classes.count
    let resources = classCount * lanes + model.problem.shared.count
    let even = Self.evaluate(model, Array(repeating: 1.0, count: resources))
    var best = even
    // The bound is a concave function of the prices over their sum: pattern search, one price at a time.
    var passes = max(20, Self.workLimit / max(1, model.itemCount))
    passes = min(passes, 120 * resources)
    var factor = 4.0
    while factor > 1.0005 && passes > 0 {
      var improved = false
      for resource in 0..<resources {
        for scale in [factor, 1 / factor] {
          if shouldStop(20 * model.itemCount * (classCount + 1)) { passes = 0 }
          if passes <= 0 { break }
          var price = best.price
          price[resource] *= scale
          let vector = Self.evaluate(model, price)
          passes -= 1
          if vector.bound > best.bound * (1 + 1e-12) {
            best = vector
            improved = true
            break
          }
        }
      }
      if !improved { factor = factor.squareRoot() }
    }
    vectors = resources > 1 ? [best, even] : [best]
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
      // The slack keeps rounding of the sums, relative to all items, from dropping a state that fits exactly.
      let room = perSecond * limit + 1e-9 * (perSecond * limit + need[index][0])
      if need[index][ideal] + base > room { return false }
    }
    return true
  }

  private static func evaluate(_ model: GraphModel, _ price: [Double]) -> Vector {
    let lanes = model.laneCount
    let classCount = model.classes.count
    var total = 0.0
    var sum = 0.0
    for (index, entry) in model.classes.enumerated() {
      let count = Double(entry.devices.count)
      for lane in 0..<lanes {
        sum += price[index * lanes + lane] * count
        total += price[index * lanes + lane] * count * entry.baseLoad[lane]
      }
    }
    for index in classCount * lanes..<price.count { sum += price[index] }
    var need: [Double] = []
    need.reserveCapacity(model.itemCount)
    for modesByClass in model.modes {
      var best = Double.infinity
      for (entry, modes) in modesByClass.enumerated() {
        for mode in modes {
          var value = 0.0
          for lane in 0..<lanes { value += price[entry * lanes + lane] * mode.loads[lane] }
          for (resource, seconds) in mode.shared.enumerated() {
            value += price[classCount * lanes + resource] * seconds
          }
          best = min(best, value)
        }
      }
      // An item that may go nowhere is another step's finding.
      need.append(best < .infinity ? best : 0)
      total += best < .infinity ? best : 0
    }
    return Vector(price: price, need: need, bound: sum > 0 ? total / sum : 0)
  }
}

extension CapacityPrices {
  /// Bounds by the prices that the context has.
  struct Step: SearchStep {
    let name = StepName.capacityPrices

    func run(_ context: GraphContext, within clock: SearchClock) {
      context.incumbent.raise(context.prices.bound, by: name)
    }
  }
}
