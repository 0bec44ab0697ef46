import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Placements in several alike groups of cards, each of which holds the whole plan and serves its part of the requests.
///
/// Few cards that hold a model send less to each other, and a pipeline over few cards keeps fewer requests waiting; the
/// price is memory. Every number of groups is a question of its own, about one group that is so many times as fast; see
/// `System.grouped(_:)`. Where no table is sent between cards, what is proven of one group holds for several:
/// they load the cards no less in sum.
struct ReplicaGroups {
  private let task: PlanningTask
  /// By number of groups: the largest that have room, largest first.
  private var ways: [Ways] = []

  /// Numbers of groups that are looked at.
  private static let most = 3
  /// Of all time and work, for all of them.
  private static let share = 0.3

  init(_ task: PlanningTask) {
    self.task = task
  }

  /// Numbers of groups of two cards or more whose cards have room for the model, with tables as narrow as they may be.
  private var counts: [Int] {
    let cards = task.system.cards
    guard task.objective != .latency, cards.count > 3, !task.rules.without.contains(.groups) else {
      return []
    }
    let copies = NetSplitPlanner(task: task)
    // Copies of the whole model, tables included, on every card need no groups.
    if copies.fitsEveryCard(), !copies.needsSingleCards { return [] }
    let operators = copies.smallestDenseBytes
    let tables = copies.smallestCopyBytes - operators
    let isCopied = copies.denseFitsEveryCard()
    let room = cards.map { Double($0.usableBytes) }.min() ?? 0
    let fitting = (2...(cards.count / 2)).filter { groups in
      guard cards.count % groups == 0 else { return false }
      let count = Double(cards.count / groups)
      return tables + (isCopied ? count * operators : operators) <= count * room
    }
    return Array(fitting.reversed().prefix(Self.most))
  }

  /// Offers plans where there may be better ones than are known.
  mutating func run(_ incumbents: inout Incumbents, _ clock: SearchClock) {
    let clock = clock.part(Self.share)
    for count in counts {
      guard let part = task.grouped(count) else { continue }
      incumbents.forgetPlaces()
      var way = Ways(part, clock: clock.half, incumbents: incumbents)
      way.run(.likelyAndPrecise)
      if part.choosesInFlight, task.hasTables, let requests = way.incumbents.requestsWanted, requests > 1 {
        var more = Ways(
          part.with(requestsInFlight: requests), clock: clock.half, incumbents: way.incumbents)
        more.adoptProofs(way)
        more.run(.likely)
        way.incumbents = more.incumbents
      }
      incumbents = way.incumbents
      ways.append(way)
    }
  }

  /// The bound over one group and all numbers of groups that were looked at, and the prices that prove theirs.
  mutating func proof(_ one: inout Ways) -> (Proof, PlanDocument.PriceProof?) {
    if !task.hasTables { for way in ways { one.cover(way) } }
    var proof = one.proof()
    guard !ways.isEmpty, var prices = one.scopeFree?.proof else { return (proof, one.scopeFree?.proof) }
    let counts = ways.map(\.task.groups).sorted().map(String.init)
    proof.scope += "; in one group of cards or \(counts.joined(separator: " or ")) alike ones"
    guard task.hasTables else { return (proof, prices) }
    for index in ways.indices {
      ways[index].incumbents = one.incumbents
      let own = ways[index].proof()
      // On groups a request takes as long as on one of them, over which the first proof ranges too.
      if task.objective != .latency, own.bound < proof.bound {
        (proof.bound, proof.provedBy) = (own.bound, own.provedBy)
      }
      guard let grouped = ways[index].scopeFree?.proof else { return (proof, nil) }
      prices.groups = (prices.groups ?? []) + [.init(groups: ways[index].task.groups, proof: grouped)]
      prices.bound = min(prices.bound, grouped.bound)
    }
    return (proof, prices)
  }

  /// A plan that leaves cards idle, on as many groups as there are cards for: the same latency at a higher rate.
  func filled(_ plan: Candidate) -> Candidate {
    let used = plan.placement.cardsInUse
    guard task.objective == .latency, task.rules.rules.isEmpty, !task.rules.without.contains(.groups),
      plan.placement.groups == 1,
      plan.placement.cards == nil, used > 0
    else {
      return plan
    }
    let kinds = CardKinds(system: task.system)
    var best = plan
    for groups in (2...max(2, task.system.cards.count / used)).reversed()
    where kinds.areAlike(groups: groups, of: used) {
      var placement = plan.placement
      placement.groups = groups
      if let candidate = Candidate.better(placement, than: best, task: task) { best = candidate }
    }
    return best
  }
}
