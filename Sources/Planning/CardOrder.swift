import CostModel
import Graph
import Hardware
import Plan

/// Unlike cards, the best first: those that run what all of them can in the least time, or with the least energy.
///
/// Fewer cards than all are then the best ones, and the order in which a system lists its cards changes no plan.
struct CardOrder {
  /// By place, the best first: the card of the system as it is given.
  let cards: [Int]

  var isGiven: Bool { cards == Array(cards.indices) }

  init(_ task: PlanningTask) {
    let given = Array(task.system.cards.indices)
    let kinds = CardKinds(system: task.system)
    guard kinds.representatives.count > 1, task.rules.isEmpty else {
      cards = given
      return
    }
    let shares = ReplicaShares.shares(graph: task.graph, cards: kinds.representatives, costs: task.costs)
    let worth = kinds.representatives.indices.map { kind in
      let processor = task.system.cards[kinds.representatives[kind]].processor
      let watts =
        task.objective == .energy ? max(processor.busyWatts - processor.idleWatts, .leastNormalMagnitude) : 1
      return shares[kind] / watts
    }
    func key(_ card: Int) -> (Double, String, Int, Int) {
      let kind = kinds.kindOfCard[card]
      return (-worth[kind], task.system.cards[card].model, -task.system.cards[card].usableBytes, card)
    }
    cards = given.sorted { key($0) < key($1) }
  }

  func sorted(_ task: PlanningTask) -> PlanningTask {
    var system = task.system
    system.cards = cards.map { task.system.cards[$0] }
    var place = cards
    for (index, card) in cards.enumerated() { place[card] = index }
    var sorted = task
    sorted.system = system
    sorted.costs = CostModel(graph: task.graph, system: system, options: task.costs.options)
    sorted.rules = PlanRules(graph: task.graph, system: system)
    sorted.start = task.start.flatMap { $0.groups == 1 ? $0.moved(to: place) : nil }
    return sorted
  }
}
