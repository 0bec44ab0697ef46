/// Optimises problems whose options are single shards, with or without nets between their units.
///
/// Throughput with an acyclic quotient graph: a dynamic program along several topological orders for an incumbent, then
/// over all down-sets, which is exact. Throughput otherwise: local search from those plans. Latency: local search
/// over calls. Bounds are for the problem as given; each step that proves one says so in its docstring.
public enum GraphEngine {
  /// Down-sets beyond this are not enumerated.
  static let largestLattice = 400_000
  /// Down-sets of models with more items are not looked for: each would take an item's bit and a look at every item.
  static let largestLatticeModel = 5_000
  /// Larger chains are cut at this many places only.
  static let largestChain = 3_000
  /// Kept free at the end of a time limit to finish a step and write down the answer, seconds.
  private static let smallestReserve = 0.03
  /// What a step that cannot be interrupted takes for a unit, seconds.
  private static let reservePerUnit = 4e-6

  /// Whether every option of every unit is one shard of count 1.
  public static func accepts(_ problem: Problem) -> Bool {
    problem.units.allSatisfy { unit in
      unit.options.allSatisfy { $0.shards.count == 1 && $0.shards[0].count == 1 }
    }
  }

  /// - Parameter problem: one that ``accepts(_:)`` accepts, with every index in range.
  public static func solve(_ problem: Problem, options: SearchOptions) -> Solution {
    solve(problem, options: options, enumerates: true)
  }

  /// - Parameter enumerates: false leaves ``ExactSearch`` out, so that tests reach the steps behind it on small problems.
  static func solve(_ problem: Problem, options: SearchOptions, enumerates: Bool) -> Solution {
    let clock = SearchClock(
      options, reserve: smallestReserve + reservePerUnit * Double(problem.units.count))
    var state = GraphSearchState(problem, options, clock)
    // Only a large model takes long enough for the time to be up before the search begins; a small one always
    // answers with its first bound.
    if problem.units.count > largestLatticeModel {
      for assignment in GreedyChain.assignments(problem) { state.offer(assignment) }
      if clock.isOver { return state.solution() }
    }
    let model = GraphModel(problem, shouldStop: clock.spend)
    if let start = options.start { state.offer(start) }
    if let item = (0..<model.itemCount).first(where: { model.modes[$0].allSatisfy(\.isEmpty) }) {
      let name = model.units[item].first.map { problem.units[$0].name } ?? ""
      state.refuse(by: "no device may take unit \(name)")
      return state.solution()
    }
    let prices = CapacityPrices(model, shouldStop: clock.spend)
    if let known = options.knownBound { state.raise(known, provedBy: "the caller's bound") }
    switch problem.objective {
    case .throughput:
      state.raise(prices.bound, provedBy: "capacity prices")
      state.raise(ItemBound.largest(model), provedBy: "largest unit")
      // The dynamic program over down-sets is exact by itself where one mode an item is left.
      if enumerates && (problem.order == .free || !model.hasSingleModes) { ExactSearch.run(model, &state) }
      ThroughputSearch.run(model, prices, &state)
    case .latency:
      if enumerates { ExactSearch.run(model, &state) }
      LatencySearch.run(model, &state)
    }
    return state.solution()
  }
}
