/// Packs towards a goal and, where the goal is out of reach, towards limits between the goal and the best packing.
struct PackingDescent {
  private let model: PackingModel
  private let costs: [[Double]]
  /// Options to start from, for a limit in seconds and a share of memory to use.
  private let start: (_ limit: Double, _ room: Double) -> [Int]
  private let seed: UInt64
  private let clock: SearchClock
  private let offers: PackingOffers
  /// Whether options are numbered as the relaxation numbers them.
  private let isPriced: Bool
  private var round: UInt64 = 0
  private var best: PackingState?

  /// - Parameters:
  ///   - costs: by unit and option, how far the relaxation is against it, seconds.
  ///   - rounding: options near the relaxation.
  init(
    _ model: PackingModel, costs: [[Double]], rounding: @escaping (_ limit: Double, _ room: Double) -> [Int],
    seed: UInt64, clock: SearchClock, offers: PackingOffers
  ) {
    self.model = model
    // A model that merges units otherwise than the relaxation did has no prices of its own.
    isPriced =
      costs.count == model.units.count && zip(model.units, costs).allSatisfy { $0.options.count == $1.count }
    if isPriced {
      self.costs = costs
      start = rounding
    } else {
      self.costs = model.units.map { Array(repeating: 0, count: $0.options.count) }
      start = { [count = model.units.count] _, _ in Array(repeating: 0, count: count) }
    }
    self.seed = seed
    self.clock = clock
    self.offers = offers
    best = offers.best
  }

  /// Greedy packings with large pieces split ever finer, until memory holds one: a plan soon, whatever its load. When the
  /// time is up already, the first that memory holds, so that a short limit still ends with a plan.
  mutating func open(goal: Double) {
    guard model.units.allSatisfy({ !$0.options.isEmpty }) else { return }
    for factor in isLarge ? [1, 1.1, 1.25, 1.5, 2] : [1.0] {
      if isSettled { return }
      let target = PackingTarget(model, limit: max(goal * factor, 1e-290))
      let greedy = GreedyPacking(model, target: target)
      let rounded = start(goal * factor, 0.998)
      for share in [1, 0.5, 0.34, 0.2, 0.1, 0.05, 0.01] {
        if isSettled { return }
        let state = greedy.pack(options: splitting(rounded, above: share))
        if offers.offer(state) { best = state }
        if state.memoryExcess == 0 { break }
      }
      if clock.isOver { return }
    }
  }

  private var isSettled: Bool {
    incumbent.isDone || (clock.isOver && incumbent.assignment != nil)
  }

  /// Options whose pieces stay below a share of the memory they may go to; where there is none, the finest.
  private func splitting(_ options: [Int], above share: Double) -> [Int] {
    guard share < 1 else { return options }
    return options.enumerated().map { unit, number in
      let sizes = model.units[unit].options.map { largestShare($0) }
      if sizes[number] <= share { return number }
      let fine = sizes.indices.filter { sizes[$0] <= share }
      return fine.min { (costs[unit][$0], $0) < (costs[unit][$1], $1) }
        ?? sizes.indices.min { (sizes[$0], $0) < (sizes[$1], $1) } ?? number
    }
  }

  private func largestShare(_ option: PackingModel.Option) -> Double {
    var largest = 0.0
    for piece in 0..<option.pieceCount {
      let capacity = model.deviceLists[option.lists[piece]].reduce(0) { max($0, model.capacity[$1]) }
      let memory = option.vectors[piece * model.resourceCount + model.memoryIndex]
      if capacity.isFinite, capacity > 0 { largest = max(largest, memory / capacity) }
    }
    return largest
  }

  /// Packs given options and searches from there.
  ///
  /// - Parameter chosen: by unit, as the relaxation numbers them.
  mutating func run(from chosen: [Int], goal: Double, steps: Int) {
    guard isPriced, incumbent.assignment != nil else { return }
    let objective = incumbent.objective
    for limit in [goal, max(goal, (goal + objective) / 2)] where !clock.isOver && !incumbent.isDone {
      let target = PackingTarget(model, limit: max(limit, 1e-290))
      var state = GreedyPacking(model, target: target).pack(options: chosen)
      search(&state, target: target, limit: limit, steps: steps)
    }
  }

  /// - Returns: whether the limit was reached.
  @discardableResult
  private mutating func search(
    _ state: inout PackingState, target: PackingTarget, limit: Double, steps: Int
  ) -> Bool {
    var search = PackingSearch(
      model, target: target, optionCosts: costs, optionRoom: optionRoom(limit), seed: seed &+ round,
      clock: clock)
    round += 1
    return search.run(&state, steps: steps) { candidate in
      if offers.offer(candidate) { best = candidate }
      return incumbent.isDone
    }
  }

  /// - Parameters:
  ///   - goal: seconds; a packing within it ends the run.
  ///   - steps: of local search a round.
  ///   - fresh: start from the relaxation's options and not from the best packing.
  mutating func run(goal: Double, rounds: Int, steps: Int, fresh: Bool = false) {
    guard model.units.allSatisfy({ !$0.options.isEmpty }) else { return }
    var limit = goal
    if isLarge, !fresh, incumbent.assignment != nil {
      limit = max(goal, (goal + incumbent.objective) / 2)
    }
    var room = 0.998
    for _ in 0..<rounds {
      if clock.isOver || incumbent.isDone { return }
      let target = PackingTarget(model, limit: max(limit, 1e-290))
      var state =
        (fresh ? nil : best)
        ?? GreedyPacking(model, target: target).pack(options: start(limit, room))
      let reached = search(&state, target: target, limit: limit, steps: steps)
      guard incumbent.assignment != nil else {
        // Nothing fits memory yet: allow more load and ask for more room.
        limit *= 1.5
        room = max(0.8, room - 0.02)
        continue
      }
      limit = nextLimit(after: limit, reached: reached, objective: incumbent.objective, goal: goal)
    }
  }

  /// With few devices the goal is near: halve the way to it. With many it may be far out of reach, and a target that is
  /// too low says nothing: step down from the best packing.
  private func nextLimit(
    after limit: Double, reached: Bool, objective: Double, goal: Double
  ) -> Double {
    guard isLarge else {
      let middle = max(((reached ? goal : limit) + objective) / 2, goal)
      return middle >= objective * (1 - 1e-4) ? goal : middle
    }
    let middle = (limit + objective) / 2
    if reached || middle >= objective * (1 - 2e-4) { return max(goal, (goal + objective) / 2) }
    return max(goal, middle)
  }

  /// Seconds: in an assignment within the limit all options together cost at most the limit less the bound (Lagrangian
  /// duality). Twice that, or a hundredth, leaves ways there; before anything fits memory, nearly all.
  private func optionRoom(_ limit: Double) -> Double {
    guard incumbent.assignment != nil else { return 0.5 * limit }
    return max(0.01 * limit, 2 * (limit - incumbent.bound))
  }

  private var incumbent: Incumbent { offers.incumbent }

  private var isLarge: Bool { model.deviceCount > 16 }
}

extension PackingDescent {
  /// Opens a local search with greedy packings near the relaxation.
  struct Opening: SearchStep {
    let name = StepName.greedyPackings

    func run(_ context: PackingContext, within clock: SearchClock) {
      guard let result = context.result else { return }
      let rounding = OptionRounding(
        context.model, table: context.table, relaxation: context.relaxation, prices: result.prices,
        lattice: context.lattice)
      var descent = PackingDescent(
        context.packable, costs: context.byUnit(context.relaxation.reducedCosts(result.prices)),
        rounding: { limit, room in
          clock.spend(rounding.ticks)
          return rounding.round(
            fractions: result.fractions, limit: limit, room: room, isHurried: clock.isOver)
        }, seed: context.incumbent.options.seed, clock: clock, offers: context.offers)
      descent.open(goal: context.goal)
      context.descent = descent
    }
  }

  /// Goes on with that search.
  struct Step: SearchStep {
    let name = StepName.packingDescent
    /// Limits to try; on more devices more.
    var rounds = 1
    var steps: Int
    /// Start from the relaxation's options and not from the best packing.
    var fresh = true
    var onFewDevices = false

    func applies(to context: PackingContext) -> Bool { !onFewDevices || context.scale == 1 }

    func run(_ context: PackingContext, within clock: SearchClock) {
      context.descent?.run(
        goal: context.goal, rounds: rounds == 1 ? 1 : rounds * context.scale, steps: steps, fresh: fresh)
    }
  }
}
