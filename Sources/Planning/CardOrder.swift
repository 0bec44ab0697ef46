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

  /// The best kind first, then each other kind followed by the rest.
  static func all(_ task: PlanningTask) -> [CardOrder] {
    let given = Array(task.system.cards.indices)
    let kinds = CardKinds(system: task.system)
    guard kinds.representatives.count > 1 else { return [CardOrder(cards: given)] }
    let shares = ReplicaShares.shares(graph: task.graph, cards: kinds.representatives, costs: task.costs)
    let worth = kinds.representatives.indices.map { kind in
      let processor = task.system.cards[kinds.representatives[kind]].processor
      let watts = max(processor.busyWatts - processor.idleWatts, .leastNormalMagnitude)
      return task.objective == .energy ? shares[kind] / watts : shares[kind]
    }
    let ranking = kinds.representatives.indices.sorted { a, b in
      func key(_ kind: Int) -> (Double, String, Int, Int) {
        let card = task.system.cards[kinds.representatives[kind]]
        return (-worth[kind], card.model, -card.usableBytes, kind)
      }
      return key(a) < key(b)
    }
    return ranking.prefix(mostOrders).map { first in
      let order = [first] + ranking.filter { $0 != first }
      return CardOrder(cards: order.flatMap { kind in given.filter { kinds.kindOfCard[$0] == kind } })
    }
  }

  /// Kinds that are put first.
  private static let mostOrders = 3

  func sorted(_ task: PlanningTask) -> PlanningTask {
    var system = task.system
    system.cards = cards.map { task.system.cards[$0] }
    var place = cards
    for (index, card) in cards.enumerated() { place[card] = index }
    var sorted = task
    sorted.system = system
    sorted.costs = CostModel(graph: task.graph, system: system, options: task.costs.options)
    sorted.rules = task.rules.ordered(cards)
    sorted.start = task.start.flatMap { $0.groups == 1 ? $0.moved(to: place) : nil }
    return sorted
  }
}
