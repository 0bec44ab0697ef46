import Modeling

/// Improves plans of low latency by rounds of annealing. A heuristic.
struct LatencySearch: SearchStep {
  let name = StepName.latencyAnnealing
  private static let rounds = AnnealingRounds(
    rounds: 40, patience: 4, share: 1, heats: [0.1, 0.03, 0.01, 0.003])
  private static let cold = 1e-5
  /// A latency is worked out anew for each move, so moves are larger than those of loads.
  private static let mix: [(move: Annealing<LatencyState>.Move, count: Int)] = [
    (.item, 5), (.cluster, 8), (.exchange, 2), (.mode, 1),
  ]
  private static let largestCluster = 32

  func run(_ context: GraphContext, within clock: SearchClock) throws(ProgramError) {
    let model = context.model
    let moves = min(200_000, max(2_000, 100 * model.itemCount * model.problem.devices.count))
    let start = LatencyState(
      model, homes: context.homes ?? GreedyStart.homes(model),
      modes: Array(repeating: 0, count: model.itemCount))
    try Self.rounds.run(
      from: start, context, within: clock, idle: {},
      run: { plan, _, hot, seed, target, clock in
        var annealing = Annealing(
          plan, positions: nil, mix: Self.mix, largestCluster: Self.largestCluster, seed: seed)
        return annealing.run(
          moves: moves, hot: hot, cold: Self.cold, cooling: .quadratic, target: target,
          shouldStop: clock.spend)
      },
      rebuilt: { LatencyState(model, homes: $0.homes, modes: $0.modes) })
  }
}
