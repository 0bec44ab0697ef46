/// Greedy packings of ever more split units: a packing at once where few large units meet many devices.
///
/// First every unit takes its option of fewest pieces. Then units are split one after the other, in two orders: the
/// largest first, since no device can be below what it holds, and the cheapest of the large first, since of two that
/// need a device each, the one whose split adds less work should go. For a growing number of splits each selection is
/// packed by ``GreedyPacking``; around the best number the steps become smaller. A heuristic.
struct SplitLadder {
  private let model: PackingModel
  private let clock: SearchClock
  private let offers: PackingOffers
  /// By unit: of its options of fewest pieces the one of least work, and the one of least work among those with movable
  /// pieces half as large; `nil` without.
  private let whole: [Int]
  private let split: [Int?]

  private static let mostTicks = 400_000_000
  private static let mostPackings = 48

  init(_ model: PackingModel, offers: PackingOffers, clock: SearchClock) {
    self.model = model
    self.clock = clock
    self.offers = offers
    let measures = model.units.map { unit in unit.options.map { Measure($0, model) } }
    whole = zip(model.units, measures).map { unit, own in
      own.indices.min {
        (unit.options[$0].pieceCount, own[$0].work, $0) < (unit.options[$1].pieceCount, own[$1].work, $1)
      } ?? 0
    }
    split = zip(measures, whole).map { options, whole in
      guard options.indices.contains(whole) else { return nil }
      let half = options[whole].largest / 2
      let fine = options.indices.filter { options[$0].largest <= half && options[whole].largest > 0 }
      return fine.min { (options[$0].work, $0) < (options[$1].work, $1) }
    }
    sizes = zip(measures, whole).map { $0.isEmpty ? 0 : $0[$1].largest }
    prices = zip(zip(measures, whole), split).map { own, split in
      split.map { own.0[$0].work - own.0[own.1].work } ?? .infinity
    }
  }

  /// By unit, seconds: the largest movable piece before it is split, and the work that splitting adds.
  private let sizes: [Double]
  private let prices: [Double]

  /// What an option takes in all, and by its largest movable piece, in seconds of the most loaded lane.
  private struct Measure {
    var work = 0.0
    var largest = 0.0

    init(_ option: PackingModel.Option, _ model: PackingModel) {
      for piece in 0..<option.pieceCount {
        let start = piece * model.resourceCount
        let load = option.vectors[start..<start + model.laneCount].max() ?? 0
        work += load
        if model.deviceLists[option.lists[piece]].count > 1 { largest = max(largest, load) }
      }
      work += Double(model.deviceCount) * (option.shared.max() ?? 0)
    }
  }

  /// Ticks of one packing.
  private var ticksPerPacking: Int {
    12 * model.resourceCount * model.deviceCount * (model.units.count + model.deviceCount)
      + 700 * model.units.count
  }

  func run() {
    guard model.units.allSatisfy({ !$0.options.isEmpty }), model.deviceCount > 1 else { return }
    let most = max(3, min(Self.mostPackings, Self.mostTicks / max(1, ticksPerPacking)))
    let splittable = model.units.indices.filter { split[$0] != nil }
    // A unit below a tenth of the even share hinders no packing.
    let share = sizes.reduce(0, +) / Double(model.deviceCount)
    let large = splittable.filter { sizes[$0] > 0.1 * share }
    let bySize = large.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
    let byPrice = large.sorted { (prices[$0], $0) < (prices[$1], $1) }
    var left = most
    _ = pack([], &left)
    if large.isEmpty { return }
    // The largest alone decide what the others can reach, so the cheapest come behind a few of the largest.
    climb(bySize, after: 0, left: &left, until: most / 2)
    climb(byPrice, after: 0, left: &left, until: most / 4)
    let alone = bySize.prefix { sizes[$0] > 1.5 * share }
    climb(alone + byPrice.filter { sizes[$0] <= 1.5 * share }, after: alone.count, left: &left, until: 0)
  }

  /// Packs with growing prefixes of the order split, then with prefixes near the best of them.
  private func climb(_ order: [Int], after first: Int, left: inout Int, until end: Int) {
    var known: [Int: Double] = [:]
    func value(_ count: Int) -> Double {
      if let value = known[count] { return value }
      let value = pack(Array(order.prefix(count)), &left)
      known[count] = value
      return value
    }
    var best = first
    var least = Double.infinity
    var count = max(1, first)
    while left > end + 2, !clock.isOver {
      let found = value(min(count, order.count))
      if found < least { (best, least) = (min(count, order.count), found) }
      if count >= order.count { break }
      count = max(count + 1, count + (count - first) / 2)
    }
    var step = max(1, (best - first) / 4)
    while step >= 1, left > end, !clock.isOver {
      for next in [best - step, best + step] where next >= 0 && next <= order.count && left > end {
        let found = value(next)
        if found < least { (best, least) = (next, found) }
      }
      step /= 2
    }
  }

  /// - Returns: seconds; the bottleneck of the packing, infinite where memory does not hold it.
  private func pack(_ units: [Int], _ left: inout Int) -> Double {
    left -= 1
    clock.spend(ticksPerPacking)
    var options = whole
    for unit in units { options[unit] = split[unit] ?? options[unit] }
    let target = PackingTarget(model, limit: max(evenShare(options), 1e-290))
    let state = GreedyPacking(model, target: target).pack(options: options)
    offers.offer(state)
    return state.memoryExcess == 0 ? state.bottleneck : .infinity
  }

  /// Seconds: the largest lane's load if it were even over all devices.
  private func evenShare(_ options: [Int]) -> Double {
    var sums = Array(repeating: 0.0, count: model.laneCount)
    for (unit, number) in options.enumerated() {
      let option = model.units[unit].options[number]
      for piece in 0..<option.pieceCount {
        for lane in sums.indices { sums[lane] += option.vectors[piece * model.resourceCount + lane] }
      }
    }
    return (sums.max() ?? 0) / Double(model.deviceCount)
  }
}

extension SplitLadder {
  struct Step: SearchStep {
    let name = StepName.splitLadder
    private static let fewDevices = 16

    func applies(to context: PackingContext) -> Bool { context.model.deviceCount > Self.fewDevices }

    func run(_ context: PackingContext, within clock: SearchClock) {
      SplitLadder(context.packable, offers: context.offers, clock: clock).run()
    }
  }
}
