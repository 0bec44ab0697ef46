/// Lifts a bound where the levels that a device can have depend on how many pieces it holds.
///
/// Loads are often a fixed part a piece plus a multiple of one amount. For a choice of options (``OptionSelections``) with
/// N movable pieces let F_gl(n, T) be the highest level up to T that n of them can bring lane l of a device of class g to
/// (``ReachableLevels``; T itself where loads have no common amount). With prices p of the aggregated relaxation (load
/// part normalised) and V the value of the options at them, an assignment of bottleneck T has
///
///     V <= max { sum_d sum_l p_gl F_gl(n_d, T) : sum_d n_d = N } + sum_s p_s T
///
/// since V is at most the priced sum of its levels (Lagrangian duality, as in ``AggregatedBound``), and each of its devices
/// has a level that its number of pieces can have. With U a known objective, the least T that satisfies this for some
/// choice that assignments below U may have, or U, is a lower bound.
struct PieceCountBound {
  private static let (mostSelections, mostWork) = (1000, 100_000_000)

  /// Seconds.
  private let ceiling: Double
  private var selections: [Selection] = []

  /// - Parameters:
  ///   - prices: of the aggregated relaxation.
  ///   - objective: of an assignment in hand, seconds.
  /// - Returns: `nil` when there are too many choices, or one has no levels to count.
  init?(
    _ model: PackingModel, table: AggregateTable, relaxation: AggregatedBound, prices: [Double],
    below objective: Double
  ) {
    guard prices.count == table.resourceCount else { return nil }
    ceiling = objective
    let choices = OptionSelections(
      model, table, relaxation, prices, below: objective, most: Self.mostSelections)
    guard let choices else { return nil }
    for choice in choices.all {
      let selection = Selection(
        model, choice, prices: prices, ceiling: objective, mostWork: Self.mostWork / choices.all.count)
      guard let selection else { return nil }
      selections.append(selection)
    }
  }

  /// What ``raise(_:)`` takes at most.
  var ticks: Int { selections.reduce(0) { $0 + $1.ticks } }

  /// - Parameter bound: proven already, seconds.
  func raise(_ bound: Double) -> Double {
    selections.reduce(max(bound, ceiling)) { $1.raise(bound, below: $0) }
  }
}

extension PieceCountBound {
  /// One choice of options.
  private struct Selection {
    private let value: Double
    private let pieces: Int
    /// By class: how many devices it has, and its lanes with a price.
    private let classes: [(devices: Int, lanes: [Lane])]
    private let sharedPrice: Double

    init?(
      _ model: PackingModel, _ choice: OptionSelections.Selection, prices: [Double], ceiling: Double,
      mostWork: Int
    ) {
      value = choice.value
      let chosen = zip(model.units, choice.options).map { $0.options[$1] }
      pieces = chosen.reduce(0) { sum, option in
        sum + option.lists.count { model.deviceLists[$0].count > 1 }
      }
      let step = model.resourceCount
      classes = model.classes.enumerated().map { number, devices in
        let lanes = (0..<model.laneCount).filter { prices[number * step + $0] > 0 }
        return (
          devices.count,
          lanes.map {
            Lane(
              model, chosen, lane: $0, of: devices[0], price: prices[number * step + $0], ceiling: ceiling,
              mostWork: mostWork / max(1, model.classes.count * model.laneCount))
          }
        )
      }
      sharedPrice = prices[(model.classes.count * step)...].reduce(0, +)
      guard classes.contains(where: { $0.lanes.contains { $0.levels != nil } }) else { return nil }
      let most = classes.map { self.most(of: $0.lanes) }.max() ?? 0
      guard most <= mostWork / (pieces + 1) / max(1, model.deviceCount) else { return nil }
    }

    var ticks: Int {
      42 * (pieces + 1) * classes.reduce(0) { $0 + $1.devices * (most(of: $1.lanes) + 1) }
    }

    func raise(_ bound: Double, below ceiling: Double) -> Double {
      if bound >= ceiling || isPossible(bound) { return bound }
      if !isPossible(ceiling * (1 - 1e-9)) { return ceiling }
      var low = bound
      var high = ceiling
      for _ in 0..<40 {
        let middle = low + (high - low) / 2
        if isPossible(middle) { high = middle } else { low = middle }
      }
      let lanes = classes.flatMap(\.lanes)
      guard sharedPrice == 0, lanes.allSatisfy({ $0.levels != nil }) else { return low }
      // Between two levels nothing changes; the factor is for the rounding of the level itself.
      let next = lanes.compactMap { $0.lowest(above: low) }.min() ?? .infinity
      return next < ceiling * (1 - 1e-9) ? max(low, next * (1 - 2e-10)) : ceiling
    }

    /// Whether the condition holds for T = `limit`.
    private func isPossible(_ limit: Double) -> Bool {
      // By number of pieces on the devices so far: the largest priced sum of levels.
      var best = [0.0] + Array(repeating: -Double.infinity, count: pieces)
      for (devices, lanes) in classes {
        let worths = (0...most(of: lanes)).map { count in
          lanes.reduce(0) { $0 + $1.price * ($1.highest(pieces: count, limit) ?? -.infinity) }
        }
        for _ in 0..<devices {
          var next = Array(repeating: -Double.infinity, count: pieces + 1)
          for (there, sum) in best.enumerated() where sum.isFinite {
            for (count, worth) in worths.enumerated() where worth.isFinite && there + count <= pieces {
              next[there + count] = max(next[there + count], sum + worth)
            }
          }
          best = next
        }
      }
      // A level is a step up, so what rounding makes must not decide.
      return value <= best[pieces] + sharedPrice * limit + 1e-9 * limit
    }

    /// The largest number of pieces on a device with such lanes.
    private func most(of lanes: [Lane]) -> Int { lanes.compactMap { $0.levels?.most }.min() ?? pieces }
  }

  /// A lane of a class of devices.
  private struct Lane {
    let price: Double
    /// Seconds on each device in any case.
    private var origin: Double
    /// Seconds that all loads are multiples of.
    private var amount = 0.0
    /// `nil` where loads have no common amount that is worth it.
    private(set) var levels: ReachableLevels?

    init(
      _ model: PackingModel, _ chosen: [PackingModel.Option], lane: Int, of device: Int, price: Double,
      ceiling: Double, mostWork: Int
    ) {
      self.price = price
      origin = model.base[device * model.laneCount + lane]
      var movable: [Double] = []
      for option in chosen {
        for piece in 0..<option.pieceCount where model.allows(list: option.lists[piece], device: device) {
          let load = option.vectors[piece * model.resourceCount + lane]
          if model.deviceLists[option.lists[piece]].count > 1 { movable.append(load) } else { origin += load }
        }
      }
      let loads = Set(movable.filter { $0 > 0 }).sorted()
      guard let amount = LatticeBound.commonAmount(loads, finest: 1e-6) else { return }
      self.amount = amount
      let top = max(0, (ceiling - origin) / amount) + 1
      guard top < Double(mostWork) else { return }
      levels = ReachableLevels(
        pieces: movable.map { Int(($0 / amount).rounded()) }, top: Int(top), mostWork: mostWork)
    }

    /// F, or `nil` when no level is that low.
    func highest(pieces: Int, _ limit: Double) -> Double? {
      guard let levels else { return limit }
      return levels.highest(pieces: pieces, upTo: index(limit)).map { origin + Double($0) * amount }
    }

    /// The next level of any number of pieces, seconds.
    func lowest(above limit: Double) -> Double? {
      levels?.lowest(above: index(limit)).map { origin + Double($0) * amount }
    }

    private func index(_ limit: Double) -> Int {
      limit < origin * (1 - 1e-9) ? -1 : Int(((limit - origin) / amount + 1e-3).rounded(.down))
    }
  }
}

extension PieceCountBound {
  /// Raises the bound by what assignments below the incumbent can be.
  struct Step: SearchStep {
    let name = StepName.pieceCounts

    func applies(to context: PackingContext) -> Bool { context.incumbent.assignment != nil }

    func run(_ context: PackingContext, within clock: SearchClock) {
      let incumbent = context.incumbent
      let counting = PieceCountBound(
        context.model, table: context.table, relaxation: context.relaxation,
        prices: context.result?.prices ?? [], below: incumbent.objective)
      guard let counting else { return }
      clock.spend(counting.ticks)
      incumbent.raise(counting.raise(incumbent.bound), by: name)
    }
  }
}
