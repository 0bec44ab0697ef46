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

  /// - Parameter bound: Proven for the problem, seconds.
  func candidate(_ sharding: ShardingProblem, _ assignment: Assignment, bound: Double) -> Candidate {
    var loads = TableLoads(task: task, skeleton: skeleton, share: share)
    var items: [TablePolisher.Item] = []
    var itemsOfTable: [[Int]] = []
    let picks = zip(sharding.entries, assignment.choices.dropFirst()).map { $0[$1.option] }
    for (table, offer) in picks.enumerated() {
      var own: [Int] = []
      switch offer.choice.place {
      case .host: for effect in offer.effects { loads.addToHost(effect) }
      case .everyCard: loads.addToEveryCard(kinds.kindOfCard.map { offer.effects[$0] })
      case .cards:
        loads.addPartialSum(ofTable: table, split: offer.choice.split)
        for (effect, device) in zip(offer.effects, assignment.choices[table + 1].devices) {
          loads.add(effect, to: device - 1)
          own.append(items.count)
          items.append(.init(effect: effect, card: device - 1, allowed: 0..<sites.cards.upperBound))
        }
      }
      itemsOfTable.append(own)
    }
    func placement(_ items: [TablePolisher.Item]) -> ModelPlacement {
      ModelPlacement(
        operators: skeleton.operators,
        tables: task.graph.embeddingTables.indices.map { table in
          picks[table].choice.placement(
            of: task.graph.embeddingTables[table], cards: itemsOfTable[table].map { items[$0].card })
        }, sparseCores: task.system.cards.map { _ in 0 })
    }
    var polisher = TablePolisher(items: items, loads: loads, kindOfCard: kinds.kindOfCard) { items in
      task.rules.isEmpty || task.rules.breaches(of: placement(items), graph: task.graph).isEmpty
    }
    polisher.run(goal: bound * (1 + task.search.gap / 10), isCancelled: task.search.isCancelled)
    return divideCores(placement(polisher.items))
  }

  /// The best division of every card's cores between look-ups and dense partitions, undivided included.
  private func divideCores(_ placement: ModelPlacement) -> Candidate {
    var best = Candidate(placement, task: task)
    // Lowering grows with the square of the cards; many of them leave the cores undivided.
    guard task.system.cards.count <= Self.mostCardsToDivide else { return best }
    let most = task.system.cards.map(\.processor.cores).min() ?? 1
    let step = max(1, most / 16)
    for cores in stride(from: step, to: most, by: step) {
      var divided = placement
      divided.sparseCores = task.system.cards.map { _ in cores }
      let candidate = Candidate(divided, task: task)
      if candidate.isBetter(than: best, for: task) { best = candidate }
    }
    return best
  }
}
