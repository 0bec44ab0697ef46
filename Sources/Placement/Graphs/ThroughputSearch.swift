/// The steps of the throughput search, in order, each ended by the gap, the clock or its own end.
enum ThroughputSearch {
  static func run(_ model: GraphModel, _ prices: CapacityPrices, _ state: inout GraphSearchState) {
    let fastest = ItemCosts(model, .fastest)
    let homes = alongOrders(model, fastest, prices, &state)
    guard model.problem.order == .acyclicQuotient else {
      guard !state.isDone, !state.shouldStop else { return }
      let start = PlacementState(
        model, homes: homes ?? GreedyStart.homes(model), scale: max(state.bound, 1e-300))
      FreeSearch.run(model, start: start, positions: nil, &state)
      return
    }
    guard !state.isClosed, !state.shouldStop else { return }
    overDownSets(model, fastest, prices, &state)
  }

  /// Best cuts of several topological orders: incumbents.
  private static func alongOrders(
    _ model: GraphModel, _ costs: ItemCosts, _ prices: CapacityPrices, _ state: inout GraphSearchState
  ) -> [Int]? {
    var best: [Int]?
    for kind in ItemOrder.Kind.allCases {
      let lattice = IdealLattice.chain(ItemOrder.order(model, kind))
      guard let program = StagedProgram(model, costs, lattice, prices) else { return nil }
      let clock = state.clock
      let outcome = program.solve(below: state.objective, shouldStop: { clock.isOver })
      state.nodes += outcome.steps
      if outcome.value != nil, state.offer(model.assignment(homes: outcome.homes)) { best = outcome.homes }
      if state.isClosed || state.shouldStop { break }
    }
    return best
  }

  /// The dynamic program over all down-sets: exact where one mode an item is left; otherwise its relaxation (the
  /// smallest load and memory over the modes, no shared resources) still bounds the problem as given.
  private static func overDownSets(
    _ model: GraphModel, _ costs: ItemCosts, _ prices: CapacityPrices, _ state: inout GraphSearchState
  ) {
    let clock = state.clock
    guard
      let lattice = IdealLattice.all(
        model, limit: GraphEngine.largestLattice, shouldStop: { clock.isOver }),
      let program = StagedProgram(model, costs, lattice, prices)
    else { return }
    let outcome = program.solve(below: state.objective, shouldStop: { clock.isOver })
    state.nodes += outcome.steps
    if outcome.value != nil { state.offer(model.assignment(homes: outcome.homes)) }
    guard outcome.isComplete else { return }
    if model.hasSingleModes {
      if state.assignment == nil {
        state.refuse(by: "dynamic program over down-sets")
      } else {
        state.prove(by: "dynamic program over down-sets")
      }
      return
    }
    let floors = ItemCosts(model, .floor)
    guard let relaxed = StagedProgram(model, floors, lattice, prices) else { return }
    let below = relaxed.solve(below: .infinity, shouldStop: { clock.isOver })
    guard below.isComplete else { return }
    if let value = below.value {
      state.raise(value, provedBy: "dynamic program over down-sets, relaxed")
    } else {
      state.refuse(by: "dynamic program over down-sets, relaxed")
    }
  }
}
