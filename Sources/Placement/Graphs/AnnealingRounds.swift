import Modeling

/// Rounds of independent annealing runs with their own seeds, each from the best plan so far.
///
/// With the same seed they give the same plan for any number of threads unless the clock ends them, because every round
/// runs the same number of runs and moves and merges them in order.
struct AnnealingRounds {
  let rounds: Int
  /// Rounds in a row without a better plan that end the search.
  let patience: Int
  /// Part of all time and work that they end at.
  let share: Double
  /// First temperatures of the runs of a round: they differ in how far they leave the start.
  let heats: [Double]

  /// - Parameters:
  ///   - idle: called after a round without a better plan; it may prove the plan good enough.
  ///   - run: one run from a plan, with its first temperature, a seed and the value to stop at.
  ///   - rebuilt: the plan of a result that is better.
  func run<Plan: AnnealedPlan>(
    from start: Plan, _ context: GraphContext, within clock: SearchClock,
    idle whenIdle: () throws(ProgramError) -> Void,
    run:
      @Sendable (Plan, _ round: Int, _ hot: Double, _ seed: UInt64, _ target: Double, SearchClock)
      -> Annealing<Plan>.Result,
    rebuilt: (Annealing<Plan>.Result) -> Plan
  ) throws(ProgramError) {
    let incumbent = context.incumbent
    let options = incumbent.options
    var best = start
    var idle = 0
    for round in 0..<rounds {
      if idle == 1 { try whenIdle() }
      if incumbent.isDone || clock.isPast(share: share) || idle == patience { return }
      idle += 1
      let from = best
      let target = incumbent.bound
      let results = clock.map(count: heats.count, threads: options.threads, share: share) { index, clock in
        let seed = options.seed &* 1_000_003 &+ UInt64(round * heats.count + index)
        return run(from, round, heats[index], seed, target, clock)
      }
      for result in results {
        incumbent.nodes += result.moves
        guard result.value < .infinity,
          incumbent.offer(context.model.assignment(homes: result.homes, modeOf: result.modes))
        else { continue }
        idle = 0
        best = rebuilt(result)
      }
    }
  }
}
