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

  /// Seconds a bottleneck may have and still end the search.
  private var goal: Double { incumbent.bound * (1 + 0.9 * options.gap) }

  func run() -> Solution {
    search()
    polish()
    return incumbent.solution()
  }

  /// Lowers the penalty of the best packing at its bottleneck.
  private func polish() {
    guard let best = incumbent.best, let objective = incumbent.objective else { return }
    // Sums taken in another order can differ in the last digits; the second limit leaves room for that.
    for limit in [objective, objective * (1 - 1e-12)] {
      var state = best
      state.refresh()
      let polish = PenaltyPolish(state.model, limit: limit, trades: 4000, clock: clock)
      if !polish.run(&state) || incumbent.offerPolished(state) { return }
    }
  }

  private func search() {
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
