/// Local search towards a ``PackingTarget``: pairs of devices are re-divided, units change their option, and a
/// stuck search is kicked (iterated local search). It counts its work in steps, so the same seed gives the same
/// result however fast the machine is.
struct PackingSearch {
  private let model: PackingModel
  private let target: PackingTarget
  private let pairs: PairRepartition
  private let exchange: PairExchange
  /// By unit and option: how far the relaxation's prices are against it, in seconds.
  private let optionCosts: [[Double]]
  /// Seconds: options that cost more are not tried.
  private let optionRoom: Double
  private var random: SearchRandom
  private let clock: SearchClock
  /// Of work that was not counted yet.
  private var ticks = 0
  /// Units that have a choice of option.
  private let choosers: [Int]

  init(
    _ model: PackingModel, target: PackingTarget, optionCosts: [[Double]], optionRoom: Double,
    seed: UInt64, clock: SearchClock, largestHalf: Int = 10
  ) {
    self.model = model
    self.target = target
    self.optionCosts = optionCosts
    self.optionRoom = optionRoom
    self.clock = clock
    exchange = PairExchange(model, target: target)
    pairs = PairRepartition(model, target: target, largestHalf: largestHalf)
    random = SearchRandom(seed: seed)
    choosers = model.units.indices.filter { model.units[$0].options.count > 1 }
  }

  /// Searches until the target is reached, the steps are spent or the clock stops it.
  ///
  /// - Parameter keep: called with every state that may be better than before; it decides by itself, and whether that is
  ///   good enough to end the search.
  /// - Returns: whether the target was reached.
  mutating func run(_ state: inout PackingState, steps: Int, keep: (PackingState) -> Bool) -> Bool {
    let isEnough = keep(state)
    if isEnough || target.isReached(state) { return true }
    var best = state
    var bestCost = target.cost(state)
    var failures = 0
    var kicks = 0
    let patience = max(8, 3 * model.deviceCount)
    for step in 0..<steps {
      if step & 15 == 0, isOver() { return false }
      if step & 1023 == 1023 { state.refresh() }
      let improved = self.step(&state, failures: failures)
      if improved {
        failures = 0
        let isEnough = keep(state)
        if isEnough || target.isReached(state) { return true }
        continue
      }
      failures += 1
      guard failures >= patience else { continue }
      failures = 0
      let cost = target.cost(state)
      if cost < bestCost * (1 - 1e-9) {
        best = state
        bestCost = cost
        kicks = 0
      } else if kicks.isMultiple(of: 4) || cost > bestCost * 2 {
        state = best
      }
      kicks += 1
      kick(&state, strength: 2 + kicks % 5)
    }
    return false
  }

  /// Counts the work since the last time.
  private mutating func isOver() -> Bool {
    defer { ticks = 0 }
    return clock.spend(ticks)
  }

  private mutating func step(_ state: inout PackingState, failures: Int) -> Bool {
    let (a, resource) = pickLoaded(state, greedy: failures == 0)
    if !choosers.isEmpty, failures % 3 == 2 || model.deviceCount < 2 || state.movable[a].isEmpty {
      return changeOptions(&state, near: a)
    }
    guard model.deviceCount > 1, let b = pickPartner(state, of: a, resource, failures: failures) else {
      return changeOptions(&state, near: a)
    }
    ticks += exchange.ticks(state, a, b)
    if exchange.improve(&state, a, b, using: &random) { return true }
    ticks += pairs.ticks(state, a, b)
    return pairs.improve(&state, a, b, leading: resource, using: &random)
  }

  /// The device with the largest excess, or at random one of the overloaded.
  private mutating func pickLoaded(_ state: PackingState, greedy: Bool) -> (device: Int, resource: Int) {
    var best = (device: 0, resource: 0)
    var largest = -Double.infinity
    var overloaded: [(device: Int, resource: Int)] = []
    for device in 0..<model.deviceCount {
      let worst = target.worst(state, device: device)
      if worst.excess > 0 { overloaded.append((device, worst.resource)) }
      if worst.excess > largest {
        largest = worst.excess
        best = (device, worst.resource)
      }
    }
    if greedy || overloaded.count < 2 || random.below(3) == 0 { return best }
    return overloaded[random.below(overloaded.count)]
  }

  private mutating func pickPartner(
    _ state: PackingState, of a: Int, _ resource: Int, failures: Int
  ) -> Int? {
    if failures == 0 || random.below(4) == 0 {
      var best: Int?
      var least = Double.infinity
      for device in 0..<model.deviceCount where device != a {
        let level = state.levels[device * model.resourceCount + resource]
        let whole = resource < model.laneCount ? target.limit : model.capacity[device]
        let relative = whole > 0 ? level / whole : .infinity
        if relative < least {
          least = relative
          best = device
        }
      }
      return best
    }
    let other = random.below(model.deviceCount - 1)
    return other < a ? other : other + 1
  }

  // MARK: Options

  /// Tries other options for a sample of units, some of them on the loaded device.
  private mutating func changeOptions(_ state: inout PackingState, near device: Int) -> Bool {
    guard !choosers.isEmpty else { return false }
    ticks += 16 * 20 * (20 + model.deviceCount * model.resourceCount)
    var improved = false
    let local = state.movable[device]
    for attempt in 0..<16 {
      let unit: Int
      if attempt & 1 == 0, !local.isEmpty {
        unit = Int(local[random.below(local.count)].unit)
      } else {
        unit = choosers[random.below(choosers.count)]
      }
      if model.units[unit].options.count > 1, changeOption(&state, unit) { improved = true }
    }
    return improved
  }

  private mutating func changeOption(_ state: inout PackingState, _ unit: Int) -> Bool {
    let old = (option: state.option[unit], devices: state.places[unit])
    let count = model.units[unit].options.count
    let first = random.below(count)
    let greedy = GreedyPacking(model, target: target)
    for offset in 0..<min(count, 4) {
      let candidate = (first + offset) % count
      if candidate == old.option { continue }
      if optionCosts[unit][candidate] > optionRoom { continue }
      let sharedBefore = sharedCost(state)
      state.remove(unit: unit)
      greedy.place(unit: unit, option: candidate, in: &state)
      let new = state.places[unit]
      let touched = Set(old.devices).union(new).sorted()
      var difference = sharedCost(state) - sharedBefore
      let after = touched.reduce(0) { $0 + target.cost(state, device: $1) }
      state.remove(unit: unit)
      state.place(unit: unit, option: old.option, on: old.devices)
      let before = touched.reduce(0) { $0 + target.cost(state, device: $1) }
      difference += after - before
      if difference < -1e-12 {
        state.remove(unit: unit)
        state.place(unit: unit, option: candidate, on: new)
        return true
      }
    }
    return false
  }

  private func sharedCost(_ state: PackingState) -> Double {
    state.shared.reduce(0) { $0 + target.cost(ofLoad: $1) }
  }

  // MARK: Kicks

  /// Moves a few pieces at random and now and then flips a cheap option.
  private mutating func kick(_ state: inout PackingState, strength: Int) {
    for _ in 0..<strength where model.deviceCount > 1 {
      let a = random.below(model.deviceCount)
      guard !state.movable[a].isEmpty else { continue }
      let id = state.movable[a][random.below(state.movable[a].count)]
      let unit = Int(id.unit)
      let lists = model.units[unit].options[state.option[unit]].lists
      let list = model.deviceLists[lists[Int(id.piece)]]
      state.move(id, to: list[random.below(list.count)])
    }
    guard !choosers.isEmpty else { return }
    let greedy = GreedyPacking(model, target: target)
    for _ in 0..<max(1, strength / 2) {
      let unit = choosers[random.below(choosers.count)]
      let costs = optionCosts[unit]
      let candidate = random.below(costs.count)
      if costs[candidate] <= 0.02 * target.limit {
        state.remove(unit: unit)
        greedy.place(unit: unit, option: candidate, in: &state)
      }
    }
  }
}
