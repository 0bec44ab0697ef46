/// Improves throughput plans by rounds of independent annealing runs with their own seeds.
///
/// A heuristic: it proves nothing. With the same seed it gives the same plan for any number of threads unless the clock
/// ends it, because every round runs the same number of runs and moves and merges them in order. A contiguous plan stays
/// one: devices keep their position along its quotient graph.
struct FreeSearch: SearchStep {
  let name = StepName.loadAnnealing
  private static let runsPerRound = 4
  private static let rounds = 12
  /// Rounds in a row without a better plan that end the search.
  private static let patience = 3
  /// Part of the time and work after which the rest goes to proving.
  private static let share = 0.6

  func applies(to context: GraphContext) -> Bool { !context.isContiguous || context.homes != nil }

  func run(_ context: GraphContext, within clock: SearchClock) {
    let (model, incumbent) = (context.model, context.incumbent)
    let homes = context.homes ?? GreedyStart.homes(model)
    let positions = context.isContiguous ? devicePositions(model, homes: homes) : nil
    if context.isContiguous, positions == nil { return }
    var best = PlacementState(model, homes: homes, scale: max(incumbent.bound, 1e-300))
    let options = incumbent.options
    let fullLength = movesPerRun(model)
    var idle = 0
    for round in 0..<(options.effort == .brief ? 1 : Self.rounds) {
      // After a round without a better plan this one may be proven good enough.
      if idle == 1 { context.parts?.attempt(incumbent) }
      if incumbent.isDone || clock.isPast(share: Self.share) || idle == Self.patience { return }
      idle += 1
      let from = best
      // A short round first: a good plan early.
      let moves = max(1, fullLength >> (round == 0 ? 3 : 0))
      let target = incumbent.bound
      let results = clock.map(count: Self.runsPerRound, threads: options.threads, share: Self.share) {
        index, clock in
        var run = Annealing(
          from, positions: positions,
          seed: options.seed &* 1_000_003 &+ UInt64(round * Self.runsPerRound + index))
        // Runs of one round differ in how far they leave the start.
        let hot = [0.3, 0.1, 0.03, 0.01][index % 4]
        return run.run(moves: moves, hot: hot, cold: 1e-4, target: target, shouldStop: clock.spend)
      }
      for result in results {
        incumbent.nodes += result.moves
        guard result.largestLoad < .infinity else { continue }
        if incumbent.offer(model.assignment(homes: result.homes, modeOf: result.modes)) {
          idle = 0
          best = PlacementState(
            model, homes: result.homes, modes: result.modes, scale: max(result.largestLoad, 1e-300))
        }
      }
    }
  }

  private func movesPerRun(_ model: GraphModel) -> Int {
    min(2_500_000, max(1_000, 100 * model.itemCount * model.itemCount))
  }

  /// A position for every device along the quotient graph of a contiguous plan.
  private func devicePositions(_ model: GraphModel, homes: [Int]) -> [Int]? {
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
