import CostModel
import Graph
import Hardware
import Placement
import Plan

extension Ways {
  // MARK: What is proven

  /// Whether the answer is as good as was asked for.
  var isClosed: Bool {
    mutating get {
      guard let answer = incumbents.answer, task.meetsBudget(answer.loads.latencySeconds) else {
        return false
      }
      if task.stopsAtFirst { return true }
      let value = answer.value(task.objective)
      let enough = value * (1 - task.search.gap)
      // Bounds of kinds are at hand, but for fewer cards than all: those of tables take longer than prices.
      guard kindsProve else { return provenForAll(enough: enough).bound >= enough }
      if !task.hasTables, proofOfKinds(beyond: enough) != nil { return true }
      return provenForAll(enough: enough).bound >= enough || proofOfKinds(beyond: enough) != nil
    }
  }

  /// The best bound that holds for everything that can be answered.
  mutating func proof() -> Proof {
    guard let answer = incumbents.answer else { return proofOfKinds() }
    let all = provenForAll(enough: answer.value(task.objective) * (1 - task.search.gap))
    let kinds = kindsProve ? proofOfKinds(beyond: all.bound) : nil
    return kinds
      ?? Proof(
        bound: all.bound, provedBy: all.provedBy,
        scope: "every placement that the check accepts\(task.rules.scope)")
  }

  /// Whether the bounds of kinds may say more than that over all placements: not of latency; and not where cards are unlike,
  /// since fewer of those, or one, may do better than all with their requests shared in proportion to their speed.
  private var kindsProve: Bool {
    task.objective != .latency && CardKinds(system: task.system).representatives.count == 1
  }

  /// Whatever way finds a placement.
  ///
  /// - Parameter enough: A bound this high is not raised further; that of the first call counts.
  mutating func provenForAll(enough: Double) -> ScopeFreeBound {
    if let scopeFree { return scopeFree }
    let bound = ScopeFreeBound.prove(task, enough: enough)
    clock.spend(bound.ticks)
    scopeFree = bound
    if let placement = bound.placement { incumbents.offer(Candidate(placement, task: task)) }
    return bound
  }

  /// The bound over all ways; `nil` where it is below a bound, which a look at all cards alone often tells.
  private mutating func proofOfKinds(beyond least: Double) -> Proof? {
    for kind in Kind.allCases {
      if let known = proofs[kind.rawValue], known.bound < least { return nil }
    }
    let proof = proofOfKinds()
    return proof.bound >= least ? proof : nil
  }

  /// The bound over all ways, of all kinds that plans were or would be sought of.
  private mutating func proofOfKinds() -> Proof {
    let all = task.system.cards.count
    let possible = kinds(onCards: all) + Kind.allCases.filter { proofs[$0.rawValue] != nil }
    var least = Proof(bound: .infinity, provedBy: "", scope: "")
    var scopes: [String] = []
    for kind in Kind.allCases where possible.contains(kind) {
      let proof = proof(of: kind)
      if !proof.scope.isEmpty { scopes.append(proof.scope) }
      if proof.bound < least.bound || least.provedBy.isEmpty {
        (least.bound, least.provedBy) = (proof.bound, proof.provedBy)
      }
    }
    least.scope = scopes.joined(separator: "; and ") + (all > 1 ? "; on all cards or the first of them" : "")
    return least
  }

  /// Of all placements of a kind, on all cards or fewer.
  private mutating func proof(of kind: Kind) -> Proof {
    let known = proofs[kind.rawValue]
    let nothing = Proof(bound: 0, provedBy: "nothing", scope: "")
    switch kind {
    // A pipeline may leave cards empty.
    case .pipeline: return known ?? nothing
    case .copies:
      guard var proof = known else { return nothing }
      // Fewer copies share the same work; but with less idle power.
      if task.objective == .energy, task.system.cards.count > 1, case let fewer = energyOfFewerCopies(),
        fewer < proof.bound
      {
        (proof.bound, proof.provedBy) = (fewer, "fewer cards")
      }
      return proof
    case .tables:
      let all = task.system.cards.count
      let scope = known?.scope ?? ShardingPlanner(task: task, clock: clock).scope
      var proof = known ?? Proof(bound: 0, provedBy: "aggregated relaxation", scope: scope)
      if known == nil {
        let bound = boundOnTables(upTo: all)
        proof.bound = bound
      } else if case let bound = boundOnTables(upTo: all - 1), bound < proof.bound {
        proof.bound = bound
        proof.provedBy = "aggregated relaxation of fewer cards"
      }
      return proof
    }
  }

  /// A bound on the energy of copies on fewer cards than all: one for all of those numbers, and where it is not enough, one
  /// for each.
  private mutating func energyOfFewerCopies() -> Double {
    if let leastOfFewerCopies { return leastOfFewerCopies }
    guard stretches.count == 1 else { return NetSplitPlanner(task: task).objectiveBound(bottleneck: 0) }
    let all = task.system.cards.count
    let relaxed = (try? NetSplitPlanner(task: task).leastEnergyOnFewer(clock: clock)) ?? 0
    var least = Double.infinity
    for cards in 1..<all {
      let enough = incumbents.answer.map { $0.value(task.objective) * (1 - task.search.gap) } ?? .infinity
      let bound = relaxed < enough && all <= Self.mostRelaxations ? attempt(way(.copies, cards: cards)) : 0
      least = min(least, max(relaxed, bound))
    }
    leastOfFewerCopies = least
    return least
  }

  /// Over tables on the first cards, at most `count` of them: where a relaxation for all of those numbers is not enough,
  /// one for each, most cards first.
  private mutating func boundOnTables(upTo count: Int) -> Double {
    let enough =
      incumbents.answer.map { $0.value(task.objective) * (1 - task.search.gap) } ?? .infinity
    var least = Double.infinity
    var next = count
    let ends = stretches
    for cards in stride(from: count, to: 0, by: -1) where cards <= next {
      // Alone, a card takes in no results of others: where cards are alike, it is looked at by itself.
      let isAlike = ends.first { $0 >= cards } == ends.first
      let before = isAlike && cards > 1 ? 1 : ends.last { $0 < cards } ?? 0
      let isLast = count - cards >= Self.mostRelaxations
      if isLast || cards == count || cards == count / 2 || ends.contains(cards) {
        let forFewer = relaxation(
          .init(cards: cards, leastCards: isAlike ? before + 1 : 1), enough: min(enough, least))
        if isLast || forFewer >= min(enough, least) {
          least = min(least, forFewer)
          next = before
          continue
        }
      }
      least = min(least, bound(onCards: cards, enough: min(enough, least)))
    }
    return least
  }

  /// Over tables on exactly so many cards, by a relaxation; where that is short of a bottleneck to prove, by a short search
  /// and then a long one, which know the best plan and so bound rather than plan.
  private mutating func bound(onCards cards: Int, enough: Double) -> Double {
    let relaxed = relaxation(.init(cards: cards, leastCards: nil), enough: enough)
    guard relaxed < enough, enough < .infinity, task.objective == .throughput, cards < task.system.cards.count
    else { return relaxed }
    let brief = max(relaxed, attempt(way(.tables, cards: cards, isBrief: true)))
    guard brief < enough, !clock.isOver else { return brief }
    return max(brief, attempt(way(.tables, cards: cards)))
  }

  private mutating func relaxation(_ relaxation: Relaxation, enough: Double) -> Double {
    if let known = relaxations[relaxation] { return known }
    let part = task.using(cards: relaxation.cards)
    let bound = ShardingPlanner(task: part, clock: clock, menu: menu(for: part))
      .relaxation(leastCards: relaxation.leastCards, enough: enough)
    relaxations[relaxation] = bound
    return bound
  }

  /// Numbers of cards at which stretches of alike ones end. Within a stretch, cards that are left out are like one in use.
  var stretches: [Int] {
    let kinds = CardKinds(system: task.system).kindOfCard
    return kinds.indices.filter { $0 + 1 == kinds.count || kinds[$0] != kinds[$0 + 1] }.map { $0 + 1 }
  }
}
