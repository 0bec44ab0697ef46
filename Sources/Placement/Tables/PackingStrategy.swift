import Modeling

/// The order of attack on one packing problem, from the cheap to the expensive.
struct PackingStrategy {
  let model: PackingModel
  /// What the heuristics pack; the same as `model` unless colours are not fully expressed there.
  let packable: PackingModel
  let table: AggregateTable
  let relaxation: AggregatedBound
  let result: AggregatedBound.Result
  let incumbent: PackingIncumbent
  let options: SearchOptions
  let clock: SearchClock
  let solver: any MIPSolver

  /// Seconds a bottleneck may have and still end the search.
  private var goal: Double { incumbent.bound * (1 + 0.9 * options.gap) }

  mutating func run() throws(ProgramError) -> Solution {
    var heuristic = PackingDescent(
      packable, costs: costs(), fractions: fractions(), seed: options.seed, clock: clock,
      incumbent: incumbent)
    heuristic.run(goal: goal, rounds: 1, steps: 4)
    if isDone || explore(nodes: 20_000) == .exhausted { return incumbent.solution() }
    heuristic.run(goal: goal, rounds: 1, steps: 600)
    if isDone { return incumbent.solution() }
    if explore(nodes: 300_000) == .exhausted { return incumbent.solution() }
    heuristic.run(goal: goal, rounds: 40, steps: 3000)
    if isDone { return incumbent.solution() }
    _ = explore(nodes: 20_000_000)
    return incumbent.solution()
  }

  private var isDone: Bool { incumbent.isGoodEnough || clock.isOver }

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

  private func costs() -> [[Double]] {
    byUnit(relaxation.reducedCosts(result.prices))
  }

  private func fractions() -> [[Double]] { byUnit(result.fractions) }

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
