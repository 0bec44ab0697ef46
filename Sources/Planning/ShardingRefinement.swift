import Placement
import Plan

/// Turns an assignment of a ``ShardingProblem`` into a placement: the tables' places are polished under the exact
/// loads, then the division of each card's cores is chosen by trying all.
struct ShardingRefinement {
  let task: PlanningTask
  let kinds: CardKinds
  let share: [Double]
  let skeleton: DenseSkeleton
  let sites: TableSites

  private static let mostCardsToDivide = 32
  /// Of one lowering, by operator or table and device.
  private static let ticksPerPart = 300

  /// A bottleneck this near the bound, of the gap that is asked for, need not be lowered.
  private static let partOfGap = 0.9

  /// - Parameters:
  ///   - bound: Proven for the problem, seconds.
  ///   - known: The least bottleneck of a plan so far, seconds.
  ///   - rounds: Of annealing, where neither that plan nor the polished one is within the gap.
  ///   - clock: Ends the search for a better placement.
  func candidate(
    _ sharding: ShardingProblem, _ assignment: Assignment, bound: Double, known: Double, rounds: Int,
    clock: SearchClock
  ) -> Candidate {
    let choices = assignment.choices.dropFirst()
    let arrangement = TableArrangement(
      entries: sharding.entries, picks: choices.map(\.option),
      cards: zip(sharding.entries, choices).map { entries, choice in
        if case .cards = entries[choice.option].choice.place { choice.devices.map { $0 - 1 } } else { [] }
      }, loads: TableLoads(task: task, kinds: kinds, skeleton: skeleton, share: share))
    func placement(_ arrangement: TableArrangement) -> ModelPlacement {
      arrangement.placement(skeleton, graph: task.graph, groups: task.groups)
    }
    func isAllowed(_ arrangement: TableArrangement) -> Bool {
      task.rules.leavesAllSites || task.rules.breaches(of: placement(arrangement), graph: task.graph).isEmpty
    }
    let cards = 0..<sites.cards.upperBound
    var polisher = TablePolisher(arrangement, allowed: cards, isAllowed: isAllowed)
    polisher.run(goal: bound * (1 + task.search.gap / 10), clock: clock)
    let polished = divideCores(placement(polisher.arrangement), clock)
    let goal = bound * (1 + task.search.gap * Self.partOfGap)
    guard rounds > 0, min(known, polisher.arrangement.bottleneck) > goal else { return polished }
    var annealing = TableAnnealing(
      polisher.arrangement, goal: goal, allowed: cards, seed: task.search.seed, isAllowed: isAllowed)
    annealing.run(rounds: rounds, clock: clock)
    let annealed = divideCores(placement(annealing.best), clock)
    // A lower bottleneck may leave too little memory for the requests in flight that it needs.
    return annealed.isBetter(than: polished, for: task) ? annealed : polished
  }

  /// The best division of every card's cores between look-ups and dense partitions, undivided included.
  private func divideCores(_ placement: ModelPlacement, _ clock: SearchClock) -> Candidate {
    var best = Candidate(placement, task: task)
    // Lowering grows with the square of the cards; many of them leave the cores undivided.
    guard task.system.cards.count <= Self.mostCardsToDivide, !task.rules.without.contains(.cores) else {
      return best
    }
    // What keeps the cards' cores less busy cannot raise a rate that something else limits.
    if task.objective == .throughput, task.meetsBudget(best.loads.latencySeconds), !best.isLimitedByCores {
      return best
    }
    let most = task.system.cards.map(\.processor.cores).min() ?? 1
    let step = max(1, most / 16)
    for cores in stride(from: step, to: most, by: step) {
      var divided = placement
      divided.sparseCores = task.system.cards.map { _ in cores }
      let parts = task.graph.operators.count + task.graph.embeddingTables.count
      if clock.spend(Self.ticksPerPart * parts * (1 + task.system.cards.count)) { break }
      if let candidate = Candidate.better(divided, than: best, task: task) { best = candidate }
    }
    return best
  }
}
