/// Lowers the total penalty of a packing without raising its bottleneck: the second objective.
///
/// First every unit, by falling gain, takes a better-liked option where one fits in place or on other devices; then
/// pairs of units trade: one takes a better-liked option in the room another one gives up for less. A heuristic.
struct PenaltyPolish {
  private let model: PackingModel
  private let target: PackingTarget
  private let greedy: GreedyPacking
  private let clock: SearchClock
  private let trades: Int

  /// - Parameters:
  ///   - limit: seconds that no lane or shared resource may exceed.
  ///   - trades: attempts of the second step.
  init(_ model: PackingModel, limit: Double, trades: Int, clock: SearchClock) {
    self.model = model
    self.clock = clock
    self.trades = trades
    target = PackingTarget(model, limit: limit)
    greedy = GreedyPacking(model, target: target)
  }

  /// - Returns: whether the penalty fell.
  func run(_ state: inout PackingState) -> Bool {
    let movers = model.units.indices.filter { unit in
      model.units[unit].options.contains {
        $0.penalty < (model.units[unit].options.map(\.penalty).max() ?? 0)
      }
    }
    guard !movers.isEmpty else { return false }
    let before = state.penalty
    while lift(&state, movers), !clock.isOver {}
    trade(&state, movers)
    return state.penalty < before
  }

  private func penalty(_ state: PackingState, _ unit: Int) -> Double {
    model.units[unit].options[state.option[unit]].penalty
  }

  /// One pass of single changes.
  private func lift(_ state: inout PackingState, _ movers: [Int]) -> Bool {
    let gains = movers.map { unit in
      (unit, penalty(state, unit) - (model.units[unit].options.map(\.penalty).min() ?? 0))
    }
    var changed = false
    for (unit, gain) in gains.sorted(by: { ($0.1, $1.0) > ($1.1, $0.0) }) where gain > 0 {
      if clock.spend(ticks(unit)) { return false }
      if improve(&state, unit) { changed = true }
    }
    return changed
  }

  /// Gives the unit its best-liked option that fits beside everything else.
  private func improve(_ state: inout PackingState, _ unit: Int) -> Bool {
    let old = (option: state.option[unit], devices: state.places[unit])
    let options = model.units[unit].options
    let better = options.indices
      .filter { options[$0].penalty < options[old.option].penalty }
      .sorted { (options[$0].penalty, $0) < (options[$1].penalty, $1) }
    for candidate in better {
      state.remove(unit: unit)
      greedy.place(unit: unit, option: candidate, in: &state)
      if fits(state, state.places[unit], options[candidate]) { return true }
      state.remove(unit: unit)
      state.place(unit: unit, option: old.option, on: old.devices)
    }
    return false
  }

  /// Of trying all of a unit's options.
  private func ticks(_ unit: Int) -> Int {
    20 * model.units[unit].options.count * (20 + model.deviceCount * model.resourceCount)
  }

  private func fits(_ state: PackingState, _ devices: [Int], _ option: PackingModel.Option) -> Bool {
    for device in devices where !target.isWithin(state, device: device) { return false }
    return option.shared.isEmpty || state.shared.allSatisfy { $0 <= target.limit }
  }

  /// One unit steps down so that another, with more to gain, steps up.
  private func trade(_ state: inout PackingState, _ movers: [Int]) {
    var random = SearchRandom(seed: 1)
    for attempt in 0..<trades {
      if attempt & 63 == 0, clock.isOver { return }
      let giver = movers[random.below(movers.count)]
      let taker = movers[random.below(movers.count)]
      let options = model.units[giver].options
      let next = random.below(options.count)
      let loss = options[next].penalty - penalty(state, giver)
      guard giver != taker, next != state.option[giver], loss >= 0 else { continue }
      let most = penalty(state, taker) - (model.units[taker].options.map(\.penalty).min() ?? 0)
      guard most > loss else { continue }
      let oldGiver = (option: state.option[giver], devices: state.places[giver])
      let oldTaker = (option: state.option[taker], devices: state.places[taker])
      let before = penalty(state, giver) + penalty(state, taker)
      clock.spend(ticks(taker))
      state.remove(unit: giver)
      greedy.place(unit: giver, option: next, in: &state)
      if fits(state, state.places[giver], options[next]), improve(&state, taker),
        penalty(state, giver) + penalty(state, taker) < before
      {
        continue
      }
      state.remove(unit: taker)
      state.remove(unit: giver)
      state.place(unit: taker, option: oldTaker.option, on: oldTaker.devices)
      state.place(unit: giver, option: oldGiver.option, on: oldGiver.devices)
    }
  }
}

extension PenaltyPolish {
  /// Lowers the penalty of the best packing at its bottleneck.
  struct Step: SearchStep {
    let name = StepName.penaltyPolish

    func run(_ context: PackingContext, within clock: SearchClock) {
      guard let best = context.offers.best else { return }
      let objective = context.incumbent.objective
      // Sums taken in another order can differ in the last digits; the second limit leaves room for that.
      for limit in [objective, objective * (1 - 1e-12)] {
        var state = best
        state.refresh()
        let polish = PenaltyPolish(state.model, limit: limit, trades: 4000, clock: clock)
        if !polish.run(&state) || context.offers.offerPolished(state) { return }
      }
    }
  }
}
