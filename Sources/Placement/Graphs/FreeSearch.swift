/// Improves throughput plans by rounds of independent annealing runs with their own seeds.
///
/// A heuristic: it proves nothing. With the same seed it gives the same plan for any number of threads unless the clock
/// ends it, because every round runs the same number of runs and moves and merges them in order.
enum FreeSearch {
  static let runsPerRound = 4
  static let rounds = 12
  /// Rounds in a row without a better plan that end the search.
  static let patience = 3

  /// - Parameters:
  ///   - start: device of every item in the best plan so far.
  ///   - share: part of all time and work after which the search ends.
  ///   - positions: position of every device when the quotient graph must stay acyclic.
  ///   - betweenRounds: called after a round without a better plan; it may prove the plan good enough.
  static func run(
    _ model: GraphModel, start: PlacementState, positions: [Int]?, share: Double,
    betweenRounds: (inout GraphSearchState) -> Void, _ state: inout GraphSearchState
  ) {
    let clock = state.clock
    let seed = state.options.seed
    var best = start
    let fullLength = movesPerRun(model)
    var idle = 0
    for round in 0..<(state.options.effort == .brief ? 1 : rounds) {
      if idle == 1 { betweenRounds(&state) }
      if state.isDone || clock.isPast(share: share) || idle == patience { return }
      idle += 1
      let from = best
      // A short round first: a good plan early.
      let moves = max(1, fullLength >> (round == 0 ? 3 : 0))
      let target = state.bound
      let results = clock.map(count: runsPerRound, threads: state.options.threads, share: share) {
        index, clock in
        var run = Annealing(
          from, positions: positions, seed: seed &* 1_000_003 &+ UInt64(round * runsPerRound + index))
        // Runs of one round differ in how far they leave the start.
        let hot = [0.3, 0.1, 0.03, 0.01][index % 4]
        return run.run(moves: moves, hot: hot, cold: 1e-4, target: target, shouldStop: clock.spend)
      }
      for result in results {
        state.nodes += result.moves
        guard result.largestLoad < .infinity else { continue }
        if state.offer(model.assignment(homes: result.homes, modeOf: result.modes)) {
          idle = 0
          best = PlacementState(
            model, homes: result.homes, modes: result.modes, scale: max(result.largestLoad, 1e-300))
        }
      }
    }
  }

  private static func movesPerRun(_ model: GraphModel) -> Int {
    min(2_500_000, max(1_000, 100 * model.itemCount * model.itemCount))
  }
}
