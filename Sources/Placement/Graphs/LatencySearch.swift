/// Improves plans of low latency by rounds of independent annealing runs with their own seeds. A heuristic.
struct LatencySearch: SearchStep {
  let name = StepName.latencyAnnealing
  private static let runsPerRound = 4
  private static let rounds = 40
  /// Rounds in a row without a better plan that end the search.
  private static let patience = 4

  func run(_ context: GraphContext, within clock: SearchClock) {
    let (model, incumbent) = (context.model, context.incumbent)
    let options = incumbent.options
    let moves = min(200_000, max(2_000, 100 * model.itemCount * model.problem.devices.count))
    var best = LatencyState(
      model, homes: context.homes ?? GreedyStart.homes(model),
      modes: Array(repeating: 0, count: model.itemCount))
    var idle = 0
    for round in 0..<Self.rounds {
      if context.isOver || idle == Self.patience { return }
      idle += 1
      let from = best
      let target = incumbent.bound
      let results = clock.map(count: Self.runsPerRound, threads: options.threads) { index, clock in
        var run = LatencyAnnealing(
          from, seed: options.seed &* 1_000_003 &+ UInt64(round * Self.runsPerRound + index))
        let hot = [0.1, 0.03, 0.01, 0.003][index % 4]
        return run.run(moves: moves, hot: hot, cold: 1e-5, target: target, shouldStop: clock.spend)
      }
      for result in results {
        incumbent.nodes += result.moves
        guard result.latency < .infinity else { continue }
        if incumbent.offer(model.assignment(homes: result.homes, modeOf: result.modes)) {
          idle = 0
          best = LatencyState(model, homes: result.homes, modes: result.modes)
        }
      }
    }
  }
}
