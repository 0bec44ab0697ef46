import Modeling

/// The order of attack on one packing problem, from the cheap to the expensive.
struct PackingStrategy {
  let model: PackingModel
  /// What the heuristics pack; the same as `model` unless colours are not fully expressed there.
  let packable: PackingModel
  let table: AggregateTable
  let relaxation: AggregatedBound
  let result: AggregatedBound.Result
  let lattice: LatticeBound
  let incumbent: PackingIncumbent
  let options: SearchOptions
  let clock: SearchClock

  /// Seconds to aim at. What ends the search is the gap: on many devices a goal that leaves slack to some of them keeps
  /// the others from getting even.
  private var goal: Double { incumbent.bound * (1 + (scale == 1 ? 0.9 : 0.1) * options.gap) }

  /// Lowers the penalty of the best packing at its bottleneck.
  func polish() {
    guard let best = incumbent.best, let objective = incumbent.objective else { return }
    // Sums taken in another order can differ in the last digits; the second limit leaves room for that.
    for limit in [objective, objective * (1 - 1e-12)] {
      var state = best
      state.refresh()
      let polish = PenaltyPolish(state.model, limit: limit, trades: 4000, clock: clock)
      if !polish.run(&state) || incumbent.offerPolished(state) { return }
    }
  }

  /// Searches until the incumbent is good enough.
  func run() throws(ProgramError) {
    let rounding = OptionRounding(
      model, table: table, relaxation: relaxation, prices: result.prices, lattice: lattice)
    var heuristic = PackingDescent(
      packable, costs: byUnit(relaxation.reducedCosts(result.prices)),
      rounding: { [result, clock] limit, room in
        clock.spend(rounding.ticks)
        return rounding.round(fractions: result.fractions, limit: limit, room: room, isHurried: clock.isOver)
      }, seed: options.seed, clock: clock, incumbent: incumbent)
    heuristic.open(goal: goal)
    if isDone { return }
    heuristic.run(goal: goal, rounds: 1, steps: 4, fresh: true)
    if isDone || (isSmall && explore(nodes: 20_000) == .exhausted) { return }
    try countSlots(&heuristic)
    if isDone { return }
    if scale == 1 { heuristic.run(goal: goal, rounds: 1, steps: 600, fresh: true) }
    countPieces()
    if isDone { return }
    if isSmall, explore(nodes: 300_000) == .exhausted { return }
    if options.effort == .brief { return }
    heuristic.run(goal: goal, rounds: 40 * scale, steps: 3000)
    countPieces()
    if isDone { return }
    if isSmall { _ = explore(nodes: 4_000_000) }
  }

  /// More devices need more steps.
  private var scale: Int { max(1, model.deviceCount / 16) }

  private var isDone: Bool { incumbent.isGoodEnough || clock.isOver }

  /// Whether enumeration can get anywhere.
  private var isSmall: Bool { model.units.count * model.deviceCount <= 400 }

  /// Part of the work for the bound by large pieces.
  private static let slotShare = 0.25

  /// Raises the bound by how many large pieces there is room for, and packs what the relaxation chooses just above it.
  private func countSlots(_ heuristic: inout PackingDescent) throws(ProgramError) {
    guard let objective = incumbent.objective, let lane = heaviestLane else { return }
    let counting = PinnedStepBound(
      model, table: table, relaxation: relaxation, lane: lane, solver: options.solver)
    guard var counting else { return }
    let (bound, choice) = try counting.raise(
      incumbent.bound, below: objective, gap: options.gap, clock: clock.part(Self.slotShare))
    incumbent.raise(bound: bound, provedBy: "room for large pieces")
    if choice.isEmpty || isDone { return }
    let rounding = SystematicRounding(model, table: table, fractions: choice)
    var tried: Set<[Int]> = []
    for extra in 0..<4 {
      let chosen = rounding.options(extra: Double(extra))
      guard !isDone, tried.insert(chosen).inserted else { continue }
      heuristic.run(from: chosen, goal: goal, steps: 300 * scale)
    }
  }

  /// The lane that the relaxation's prices weigh most.
  private var heaviestLane: Int? {
    let step = model.resourceCount
    guard !result.prices.isEmpty else { return nil }
    let weights = (0..<model.laneCount).map { lane in
      model.classes.indices.reduce(0) { sum, number in
        sum + result.prices[number * step + lane] * Double(model.classes[number].count)
      }
    }
    return weights.indices.max { weights[$0] < weights[$1] }
  }

  /// Raises the bound by what assignments below the incumbent can be.
  private func countPieces() {
    guard !isDone, let objective = incumbent.objective else { return }
    let counting = PieceCountBound(
      model, table: table, relaxation: relaxation, prices: result.prices, below: objective)
    guard let counting else { return }
    clock.spend(counting.ticks)
    incumbent.raise(bound: counting.raise(incumbent.bound), provedBy: "levels by number of pieces")
  }

  /// Branch and bound with a limit of nodes; when it finishes, the question is closed.
  private func explore(nodes: Int) -> PackingTree.Verdict {
    let limit = incumbent.objective.map { $0 * (1 - max(options.gap, 1e-12)) } ?? .infinity
    var tree = PackingTree(
      model, pricing: pricing(), limit: limit, gap: max(options.gap, 1e-12), nodeLimit: nodes, clock: clock,
      found: { [incumbent] state in
        incumbent.offer(state)
        return incumbent.objective
      })
    let verdict = tree.run()
    incumbent.nodes += tree.nodes
    guard verdict == .exhausted else { return verdict }
    if let objective = incumbent.objective {
      incumbent.raise(bound: objective * (1 - options.gap), provedBy: "branch and bound")
    } else {
      incumbent.refuse(provedBy: "branch and bound")
    }
    return verdict
  }

  private func byUnit(_ flat: [Double]) -> [[Double]] {
    (0..<table.unitCount).map { Array(flat[table.firstOption[$0]..<table.firstOption[$0 + 1]]) }
  }

  private func pricing() -> PackingTree.Pricing {
    let step = model.resourceCount
    let prices = result.prices
    var devices: [Double] = []
    for device in 0..<model.deviceCount {
      let start = model.classOf[device] * step
      devices += prices[start..<start + step]
    }
    return PackingTree.Pricing(
      devices: devices, shared: Array(prices[(model.classes.count * step)...]),
      costs: byUnit((0..<table.optionCount).map { table.cost(option: $0, prices: prices) }),
      constant: relaxation.value(0, prices))
  }
}
