/// The steps of the throughput search, in order, each ended by the gap, the clock or its own end.
enum ThroughputSearch {
  /// Part of the time and work for free plans that goes to looking for them; the rest goes to proving.
  static let searchShare = 0.6
  /// Models with more items get no bound from minimum cuts.
  static let largestCutModel = 1_500

  static func run(_ model: GraphModel, _ prices: CapacityPrices, _ state: inout GraphSearchState) {
    if state.isInfeasible || state.isDone || state.shouldStop { return }
    let homes = alongOrders(model, prices, &state)
    if state.isDone || state.shouldStop { return }
    let start = PlacementState(
      model, homes: homes ?? GreedyStart.homes(model), scale: max(state.bound, 1e-300))
    guard model.problem.order == .acyclicQuotient else {
      var parts = partProof(model, prices, state)
      // With a plan at hand the packing can wait: where parts prove the plan it is not needed.
      let packsFirst = parts == nil || state.assignment == nil
      if packsFirst { PackingBound.raise(model, &state) }
      if state.isInfeasible { return }
      if model.itemCount <= largestCutModel { CutProof.root(model, prices, &state) }
      FreeSearch.run(
        model, start: start, positions: nil, share: searchShare,
        betweenRounds: { parts?.attempt(model, &$0) }, &state)
      if !packsFirst { PackingBound.raise(model, &state) }
      prove(model, prices, &parts, &state)
      return
    }
    overDownSets(model, prices, &state)
    if state.isInfeasible || state.isDone || state.shouldStop { return }
    PackingBound.raise(model, &state)
    if state.isInfeasible { return }
    var parts = partProof(model, prices, state)
    if homes != nil, let positions = devicePositions(model, homes: start.home) {
      FreeSearch.run(
        model, start: start, positions: positions, share: searchShare,
        betweenRounds: { parts?.attempt(model, &$0) }, &state)
    }
    prove(model, prices, &parts, &state)
  }

  /// Not worth its layers where the caller is in a hurry or there is nothing to prove.
  private static func partProof(
    _ model: GraphModel, _ prices: CapacityPrices, _ state: GraphSearchState
  ) -> PartProof? {
    state.options.effort == .thorough && !state.isDone
      ? PartProof(model, prices, solver: state.options.solver) : nil
  }

  private static func prove(
    _ model: GraphModel, _ prices: CapacityPrices, _ parts: inout PartProof?,
    _ state: inout GraphSearchState
  ) {
    guard model.itemCount <= largestCutModel, state.options.effort == .thorough, !state.isDone,
      !state.shouldStop
    else { return }
    CutProof.run(model, prices, rounds: 1, nodeWork: CutProof.firstNodeWork, &state)
    parts?.run(&state)
    CutProof.run(model, prices, &state)
  }

  /// Best cuts of several topological orders: incumbents. Long orders are cut between blocks of items only.
  private static func alongOrders(
    _ model: GraphModel, _ prices: CapacityPrices, _ state: inout GraphSearchState
  ) -> [Int]? {
    var best: [Int]?
    let clock = state.clock
    for kind in ItemOrder.Kind.allCases {
      let order = ItemOrder.order(model, kind)
      // Without the order rule the nets between items may run in circles.
      guard order.count == model.itemCount else { return best }
      var (chained, blockOf) = (model, Array(0..<model.itemCount))
      var chain = order
      var chainPrices = prices
      if order.count > GraphEngine.largestChain {
        (chained, blockOf) = model.coarsened(order: order, count: GraphEngine.largestChain)
        chain = Array(0..<chained.itemCount)
        chainPrices = CapacityPrices(chained, shouldStop: clock.spend)
      }
      let costs = ItemCosts(chained, .fastest)
      guard let program = StagedProgram(chained, costs, IdealLattice.chain(chain), chainPrices) else {
        return best
      }
      for limit in limits(state) {
        let outcome = program.solve(below: limit, shouldStop: clock.spend)
        state.nodes += outcome.steps
        guard outcome.value != nil else { continue }
        let homes = blockOf.map { outcome.homes[$0] }
        if state.offer(model.assignment(homes: homes)) { best = homes }
        break
      }
      if state.isDone || state.shouldStop { break }
    }
    return best
  }

  /// Upper limits to try in turn: a program with a low limit looks at far fewer parts.
  private static func limits(_ state: GraphSearchState) -> [Double] {
    if state.assignment != nil { return [state.objective] }
    return state.bound > 0 ? [1.2, 1.6, 2.5, 5].map { $0 * state.bound } + [.infinity] : [.infinity]
  }

  /// The dynamic program over all down-sets: exact where one mode an item is left; otherwise its relaxation (the
  /// smallest load and memory over the modes, no shared resources) still bounds the problem as given.
  private static func overDownSets(
    _ model: GraphModel, _ prices: CapacityPrices, _ state: inout GraphSearchState
  ) {
    guard model.itemCount <= GraphEngine.largestLatticeModel else { return }
    let clock = state.clock
    guard
      let lattice = IdealLattice.all(
        model, limit: GraphEngine.largestLattice, shouldStop: clock.spend),
      let program = StagedProgram(model, ItemCosts(model, .fastest), lattice, prices)
    else { return }
    let outcome = program.solve(below: state.objective, shouldStop: clock.spend)
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
    guard let relaxed = StagedProgram(model, ItemCosts(model, .floor), lattice, prices) else { return }
    let below = relaxed.solve(below: .infinity, shouldStop: clock.spend)
    guard below.isComplete else { return }
    if let value = below.value {
      state.raise(value, provedBy: "dynamic program over down-sets, relaxed")
    } else {
      state.refuse(by: "dynamic program over down-sets, relaxed")
    }
  }

  /// A position for every device along the quotient graph of a contiguous plan.
  private static func devicePositions(_ model: GraphModel, homes: [Int]) -> [Int]? {
    let count = model.problem.devices.count
    var successors: [Set<Int>] = Array(repeating: [], count: count)
    for (item, targets) in model.successors.enumerated() {
      for target in targets where homes[target] != homes[item] {
        successors[homes[item]].insert(homes[target])
      }
    }
    var waiting = Array(repeating: 0, count: count)
    for targets in successors { for target in targets { waiting[target] += 1 } }
    var positions = Array(repeating: 0, count: count)
    var ready = (0..<count).filter { waiting[$0] == 0 }
    var next = 0
    while let device = ready.popLast() {
      positions[device] = next
      next += 1
      for target in successors[device].sorted() {
        waiting[target] -= 1
        if waiting[target] == 0 { ready.append(target) }
      }
    }
    return next == count ? positions : nil
  }
}
