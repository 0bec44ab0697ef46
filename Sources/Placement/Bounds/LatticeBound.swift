/// Lifts a bound where all loads of a lane are multiples of one amount, for example outputs of equal width.
///
/// If every piece that may fall on a device of class g loads lane l by a multiple of q, a device's level there is base + k q
/// with whole k, so a level of at most T is at most floor_gl(T), the largest such number up to T. For prices p of
/// the aggregated relaxation (load part normalised) with value v(p), an assignment of bottleneck T exists only if
///
///     v(p) <= sum_gl |g| p_gl floor_gl(T) + sum_s p_s T
///
/// The right side rises with T only at the next level of some lane, so the least T that satisfies it is a lower bound.
struct LatticeBound {
  private let table: AggregateTable
  /// By resource: the common amount, or 0 without one.
  private let step: [Double]
  private let origin: [Double]

  init(_ model: PackingModel, table: AggregateTable) {
    self.table = table
    var step = Array(repeating: 0.0, count: table.resourceCount)
    var origin = step
    // The classes that each list reaches, one list after the other.
    var reach: [Int] = []
    var reachOfList = [0]
    for list in model.deviceLists {
      reach += Set(list.map { model.classOf[$0] }).sorted()
      reachOfList.append(reach.count)
    }
    for lane in 0..<model.laneCount {
      var common = Array(repeating: Common(), count: model.classes.count)
      for (piece, list) in model.pieceLists.enumerated() {
        let amount = model.pieceVectors[piece * model.resourceCount + lane]
        guard amount > 0 else { continue }
        for position in reachOfList[list]..<reachOfList[list + 1] { common[reach[position]].look(at: amount) }
      }
      for number in common.indices {
        let amounts = common[number].distinct
        guard !amounts.isEmpty, amounts.count <= 4096 else { continue }
        let resource = number * table.resourcesPerClass + lane
        step[resource] = Self.commonAmount(amounts) ?? 0
        origin[resource] = model.base[model.classes[number][0] * model.laneCount + lane]
      }
    }
    self.step = step
    self.origin = origin
  }

  /// The largest level up to `limit` that a device can have on the resource; generous by a thousandth of the amount, far
  /// more than rounding makes, so a level just above the limit counts as reached.
  func floor(_ resource: Int, _ limit: Double) -> Double {
    let amount = step[resource]
    guard amount > 0, limit >= origin[resource] else { return limit }
    let whole = ((limit - origin[resource]) / amount + 1e-3).rounded(.down)
    return origin[resource] + whole * amount
  }

  private func next(_ resource: Int, _ limit: Double) -> Double {
    let amount = step[resource]
    guard amount > 0 else { return .infinity }
    let whole = ((limit - origin[resource]) / amount + 1e-3).rounded(.down)
    return origin[resource] + max(0, whole + 1) * amount
  }

  /// - Parameters:
  ///   - bound: proven already, seconds.
  ///   - value: of the relaxation at the prices, seconds.
  func raise(_ bound: Double, value: Double, relaxation: AggregatedBound, prices: [Double]) -> Double {
    let loads = table.resourceRange.filter { prices[$0] > 0 && relaxation.perSecond($0) > 0 }
    guard loads.contains(where: { step[$0] > 0 }) else { return bound }
    var limit = bound
    for _ in 0..<10_000 {
      var provided = 0.0
      var free = 0.0
      for resource in loads {
        let weight = relaxation.perSecond(resource) * prices[resource]
        let level = floor(resource, limit)
        provided += weight * level
        if step[resource] == 0 { free += weight }
      }
      // A level is a step up, so what rounding makes must not decide.
      if provided >= value * (1 - 1e-9) { return limit }
      // Lanes without a common amount give more at once; the others at their next level.
      let nearest = loads.map { next($0, limit) }.min() ?? .infinity
      let smooth =
        loads.contains { step[$0] == 0 } && free > 0 ? limit + (value - provided) / free : .infinity
      let following = min(nearest, smooth)
      guard following.isFinite, following > limit else { return limit }
      if smooth <= nearest { return smooth }
      limit = following
    }
    return limit
  }

  /// A first look at amounts one by one, which most often tells that they have no common one.
  private struct Common {
    private var amounts: [Double] = []
    private var largest = 0.0
    private var common = 0.0
    private var isPossible = true

    mutating func look(at amount: Double) {
      guard isPossible, amount != amounts.last else { return }
      amounts.append(amount)
      largest = max(largest, amount)
      common = common == 0 ? amount : LatticeBound.common(amount, common, largest: largest)
      isPossible = common >= LatticeBound.finest * largest
    }

    /// Ascending; none where they have nothing in common.
    var distinct: [Double] { isPossible ? Set(amounts).sorted() : [] }
  }

  /// Share of the largest amount that a common one must have to matter.
  private static let finest = 1e-4

  /// Euclid's algorithm, up to rounding.
  private static func common(_ amount: Double, _ other: Double, largest: Double) -> Double {
    var (a, b) = (amount, other)
    while b > 1e-7 * largest {
      let rest = abs(a - (a / b).rounded() * b)
      (a, b) = (b, rest > 1e-10 * largest ? rest : 0)
    }
    return a
  }

  /// The largest amount all others are whole multiples of, up to rounding; `nil` when it is too small to matter.
  ///
  /// - Parameter finest: share of the largest amount.
  static func commonAmount(_ amounts: [Double], finest: Double = finest) -> Double? {
    guard var common = amounts.first, let largest = amounts.last else { return nil }
    for amount in amounts.dropFirst() {
      common = Self.common(amount, common, largest: largest)
      if common < finest * largest { return nil }
    }
    common = largest / (largest / common).rounded()
    let isCommon = amounts.allSatisfy { abs($0 - ($0 / common).rounded() * common) <= 1e-10 * $0 }
    return isCommon ? common : nil
  }
}

extension LatticeBound {
  /// Lifts the relaxation's bound.
  struct Step: SearchStep {
    let name = StepName.loadLattice

    func run(_ context: PackingContext, within clock: SearchClock) {
      guard let result = context.result else { return }
      let lifted = context.lattice.raise(
        context.incumbent.bound, value: result.value, relaxation: context.relaxation, prices: result.prices)
      context.incumbent.raise(min(lifted, result.holdsBelow), by: name)
    }
  }
}
