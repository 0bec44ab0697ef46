import Modeling

/// Optimises problems whose options are single shards, with or without nets between their units, as ``Portfolio`` orders it.
///
/// Throughput with an acyclic quotient graph: a dynamic program along several topological orders for an incumbent, then
/// over all down-sets, which is exact. Throughput otherwise: local search from those plans, and bounds by packings, minimum
/// cuts and parts. Latency: local search over calls. Bounds are for the problem as given; each step that proves one says so
/// in its docstring.
public enum GraphEngine {
  /// Down-sets of models with more items are not looked for: each would take an item's bit and a look at every item.
  static let largestLatticeModel = 5_000
  /// Kept free at the end of a time limit to finish a step and write down the answer, seconds.
  private static let smallestReserve = 0.03
  /// What a step that cannot be interrupted takes for a unit, seconds.
  private static let reservePerUnit = 4e-6
  /// Relative: sums in another order may differ in the last digits; a bound must not exceed the optimum by them.
  private static let slack = 1e-12

  /// Whether every option of every unit is one shard of count 1.
  public static func accepts(_ problem: Problem) -> Bool {
    problem.units.allSatisfy { unit in
      unit.options.allSatisfy { $0.shards.count == 1 && $0.shards[0].count == 1 }
    }
  }

  /// - Parameter problem: one that ``accepts(_:)`` accepts, with every index in range.
  /// - Throws: when the solver refuses a linear program.
  public static func solve(
    _ problem: Problem, options: SearchOptions
  ) throws(ProgramError) -> Solution {
    try solve(problem, options: options, enumerates: true)
  }

  /// - Parameter enumerates: see ``GraphContext/enumerates``.
  static func solve(
    _ problem: Problem, options: SearchOptions, enumerates: Bool
  ) throws(ProgramError) -> Solution {
    let clock = SearchClock(
      options, reserve: smallestReserve + reservePerUnit * Double(problem.units.count))
    let incumbent = Incumbent(problem, options, clock, slack: slack)
    // Only a large model takes long enough for the time to be up before the search begins; a small one always
    // answers with its first bound.
    if problem.units.count > largestLatticeModel {
      for assignment in GreedyChain.assignments(problem) { incumbent.offer(assignment) }
      if clock.isOver { return incumbent.solution() }
    }
    let model = GraphModel(problem, shouldStop: clock.spend)
    if let start = options.start { incumbent.offer(start) }
    if model.modes.contains(where: { $0.allSatisfy(\.isEmpty) }) {
      incumbent.refuse(by: .unitFit)
      return incumbent.solution()
    }
    let context = GraphContext(model, incumbent, enumerates: enumerates)
    if let known = options.knownBound { incumbent.raise(known, by: .callersBound) }
    switch problem.objective {
    case .throughput:
      try context.play(Portfolio.throughputBounds)
      try context.play(Portfolio.throughputPlans)
      if !context.isOver { try context.play(Portfolio.throughputSearch) }
    case .latency:
      try context.play(Portfolio.latency)
    }
    return incumbent.solution()
  }
}
