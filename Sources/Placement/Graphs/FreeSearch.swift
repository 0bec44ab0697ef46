import Modeling

/// Improves throughput plans by rounds of annealing. A contiguous plan stays one: devices keep their position along its quotient
/// graph. A heuristic: it proves nothing.
struct FreeSearch: SearchStep {
  let name = StepName.loadAnnealing
  private static let heats = [0.3, 0.1, 0.03, 0.01]
  private static let cold = 1e-4
  private static let mix: [(move: Annealing<PlacementState>.Move, count: Int)] = [
    (.item, 7), (.cluster, 4), (.exchange, 4), (.mode, 1),
  ]
  private static let largestCluster = 24

  func applies(to context: GraphContext) -> Bool { !context.isContiguous || context.homes != nil }

  func run(_ context: GraphContext, within clock: SearchClock) throws(ProgramError) {
    let (model, incumbent) = (context.model, context.incumbent)
    let homes = context.homes ?? GreedyStart.homes(model)
    let positions = context.isContiguous ? devicePositions(model, homes: homes) : nil
    if context.isContiguous, positions == nil { return }
    let rounds = AnnealingRounds(
      rounds: incumbent.options.effort == .brief ? 1 : 12, patience: 3,
      // The rest goes to proving.
      share: 0.6, heats: Self.heats)
    let fullLength = movesPerRun(model)
    try rounds.run(
      from: PlacementState(model, homes: homes, scale: max(incumbent.bound, 1e-300)), context,
      within: clock,
      idle: { () throws(ProgramError) in try context.parts?.attempt(incumbent) },
      run: { plan, round, hot, seed, target, clock in
        var annealing = Annealing(
          plan, positions: positions, mix: Self.mix, largestCluster: Self.largestCluster, seed: seed)
        // A short round first: a good plan early.
        return annealing.run(
          moves: max(1, fullLength >> (round == 0 ? 3 : 0)), hot: hot, cold: Self.cold, target: target,
          shouldStop: clock.spend)
      },
      rebuilt: {
        PlacementState(model, homes: $0.homes, modes: $0.modes, scale: max($0.value, 1e-300))
      })
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
    let order = QuotientOrder.order(successors.map { $0.sorted() })
    guard order.count == count else { return nil }
    var positions = order
    for (position, device) in order.enumerated() { positions[device] = position }
    return positions
  }
}
