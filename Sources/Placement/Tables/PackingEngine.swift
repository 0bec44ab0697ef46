import GLPKSolver
import Modeling

/// Solves problems without nets: bound first, then packings towards it, then exact search where it is small.
struct PackingEngine {
  private let problem: Problem
  private let options: SearchOptions
  private let clock: SearchClock
  private let solver: any MIPSolver

  init(_ problem: Problem, options: SearchOptions, solver: any MIPSolver = GLPKSolver()) {
    self.problem = problem
    self.options = options
    self.solver = solver
    clock = SearchClock(limit: options.timeLimit, isCancelled: options.isCancelled)
  }

  /// - Precondition: the problem is valid and has no nets.
  func solve() throws(ProgramError) -> Solution {
    var builder = PackingModelBuilder(problem)
    let model = builder.build()
    let incumbent = PackingIncumbent(problem, options: options, clock: clock)
    if model.units.contains(where: \.options.isEmpty) {
      return incumbent.infeasible(provedBy: "a unit fits nowhere")
    }
    if model.units.isEmpty {
      incumbent.raise(bound: model.base.max() ?? 0, provedBy: "base loads")
      incumbent.offer(PackingState(model))
      return incumbent.solution()
    }
    let table = AggregateTable(model)
    let relaxation = AggregatedBound(model, table: table, solver: solver)
    incumbent.raise(bound: model.base.max() ?? 0, provedBy: "base loads")
    let largest = (0..<table.unitCount).map { unit in
      (table.firstOption[unit]..<table.firstOption[unit + 1]).map { table.ownBottleneck[$0] }.min() ?? 0
    }.max()
    incumbent.raise(bound: largest ?? 0, provedBy: "largest unit")
    let result = try FilteredBound(table: table, relaxation: relaxation).solve(
      from: incumbent.bound, clock: clock)
    if result.isMemoryInfeasible { return incumbent.infeasible(provedBy: "memory of whole classes") }
    incumbent.raise(bound: result.bound, provedBy: "aggregated LP")
    return try search(model, table, relaxation, result, incumbent)
  }

  private func search(
    _ model: PackingModel, _ table: AggregateTable, _ relaxation: AggregatedBound,
    _ result: AggregatedBound.Result, _ incumbent: PackingIncumbent
  ) throws(ProgramError) -> Solution {
    let reduced = relaxation.reducedCosts(result.prices)
    let costs = (0..<table.unitCount).map { unit in
      Array(reduced[table.firstOption[unit]..<table.firstOption[unit + 1]])
    }
    let fractions = (0..<table.unitCount).map { unit in
      Array(result.fractions[table.firstOption[unit]..<table.firstOption[unit + 1]])
    }
    let rounded = fractions.map { row in
      row.indices.max { row[$0] < row[$1] } ?? 0
    }
    var low = incumbent.bound
    var limit = low * (1 + 0.9 * options.gap)
    for round in 0..<40 {
      if clock.isOver || incumbent.isGoodEnough { break }
      let target = PackingTarget(model, limit: limit)
      var state =
        round == 0
        ? GreedyPacking(model, target: target).pack(options: rounded)
        : incumbent.best ?? GreedyPacking(model, target: target).pack(options: rounded)
      var search = PackingSearch(
        model, target: target, optionCosts: costs, seed: options.seed &+ UInt64(round), clock: clock)
      let reached = search.run(&state, steps: 3000, keep: { incumbent.offer($0) })
      if !reached { low = limit }
      guard let objective = incumbent.objective else { continue }
      if reached { low = incumbent.bound }
      limit = max((low + objective) / 2, incumbent.bound * (1 + 0.9 * options.gap))
      if limit >= objective * (1 - 1e-4) {
        low = incumbent.bound
        limit = incumbent.bound * (1 + 0.9 * options.gap)
      }
    }
    return incumbent.solution()
  }
}
