/// The steps of the latency search: bound, plans from a serial dynamic program, annealing from the best.
enum LatencySearch {
  /// Down-sets beyond this are left to chains.
  static let largestLattice = 5_000
  static let runsPerRound = 4
  static let rounds = 40
  static let patience = 4
  /// Longer orders are left to annealing: the program looks at every pair of places.
  static let longestOrder = 2_000

  static func run(_ model: GraphModel, _ state: inout GraphSearchState) {
    state.raise(LatencyBound.longestPath(model), provedBy: "longest path")
    state.raise(LatencyPathBound.largest(model), provedBy: "path with memory")
    if state.isInfeasible || state.isDone || state.shouldStop { return }
    let clock = state.clock
    var candidates: [[Int]] = model.problem.devices.indices.filter { device in
      model.modes.allSatisfy { !$0[model.classOf[device]].isEmpty }
    }.prefix(8).map { Array(repeating: $0, count: model.itemCount) }
    if let lattice = IdealLattice.all(model, limit: largestLattice, shouldStop: clock.spend) {
      if lattice.reachesAll,
        let homes = SerialLatencyProgram(model, lattice)?.homes(shouldStop: clock.spend)
      {
        candidates.append(homes)
      }
    } else if model.itemCount <= longestOrder {
      for kind in ItemOrder.Kind.allCases where !clock.isOver {
        let lattice = IdealLattice.chain(ItemOrder.order(model, kind))
        guard lattice.itemCount == model.itemCount else { continue }
        if let homes = SerialLatencyProgram(model, lattice)?.homes(shouldStop: clock.spend) {
          candidates.append(homes)
        }
      }
    }
    var best: LatencyState?
    for homes in candidates where state.offer(model.assignment(homes: homes)) {
      best = LatencyState(model, homes: homes, modes: Array(repeating: 0, count: model.itemCount))
    }
    let start =
      best
      ?? LatencyState(
        model, homes: GreedyStart.homes(model), modes: Array(repeating: 0, count: model.itemCount))
    anneal(model, from: start, &state)
  }

  private static func anneal(
    _ model: GraphModel, from start: LatencyState, _ state: inout GraphSearchState
  ) {
    let clock = state.clock
    let seed = state.options.seed
    let moves = min(200_000, max(2_000, 100 * model.itemCount * model.problem.devices.count))
    var best = start
    var idle = 0
    for round in 0..<rounds {
      if state.isDone || state.shouldStop || idle == patience { return }
      idle += 1
      let from = best
      let target = state.bound
      let results = clock.map(count: runsPerRound, threads: state.options.threads) { index, clock in
        var run = LatencyAnnealing(from, seed: seed &* 1_000_003 &+ UInt64(round * runsPerRound + index))
        let hot = [0.1, 0.03, 0.01, 0.003][index % 4]
        return run.run(moves: moves, hot: hot, cold: 1e-5, target: target, shouldStop: clock.spend)
      }
      for result in results {
        state.nodes += result.moves
        guard result.latency < .infinity else { continue }
        if state.offer(model.assignment(homes: result.homes, modeOf: result.modes)) {
          idle = 0
          best = LatencyState(model, homes: result.homes, modes: result.modes)
        }
      }
    }
  }
}
