import CostModel
import Graph
import Hardware
import Placement
import Plan

/// All ways to plan a question: three kinds of placement, each on all cards or on the first ones of them, with all table
/// precisions or the first ones of the list, searched for the objective asked for or for another.
///
/// They are tried in the ``order`` of one table while the gap to a bound over all of them is open. The best plan of any way
/// is the answer; the bound of a kind holds for all its ways, and that of the question is the least of the kinds'.
struct Ways {
  enum Kind: Int, CaseIterable {
    /// Every unit and every whole table on the host or copied to every card: ``NetSplitPlanner``.
    case copies
    /// Tables over cards, copies or the host, the rest on the host or copied: ``ShardingPlanner``.
    case tables
    /// Every unit and every whole table on the host or on one card: ``PipelinePlanner``.
    case pipeline
  }

  /// What tables over cards are searched for.
  enum Purpose {
    /// Plans, at length.
    case plans
    /// One plan that tells how many requests in flight it needs.
    case requestsInFlight
    /// What other requests in flight leave room for: with some number of them tables were searched at length.
    case room
    /// A proof: the whole model has room on every card with the usual requests in flight, so more room has nothing to offer.
    case proof
  }

  struct Way: Hashable {
    var kind: Kind
    var cards: Int
    /// How many precisions of the list tables may use.
    var precisions: Int
    var objective: PlanObjective
    var allowsSplits: Bool
    /// The gap at which its search stops.
    var gap: Double
    /// Whether the search is cut short.
    var isBrief = false

    var cutShort: Way {
      var brief = self
      brief.isBrief = true
      return brief
    }
  }

  /// Of tables over cards: ``ShardingPlanner/relaxation(leastCards:enough:)``.
  struct Relaxation: Hashable {
    var cards: Int
    /// Where it holds for fewer as well.
    var leastCards: Int?
  }

  let task: PlanningTask
  var clock: SearchClock
  var incumbents: Incumbents
  /// By way: what it proved of the objective that it was searched for.
  private var tried: [Way: Double] = [:]
  /// By kind: its proof for the question's objective, all precisions and the largest number of cards that it was tried on.
  var proofs: [Proof?] = Kind.allCases.map { _ in nil }
  var relaxations: [Relaxation: Double] = [:]
  /// Of copies on fewer cards than all, joules, once it was asked for.
  var leastOfFewerCopies: Double?
  private var kindsOnCards: [Int: [Kind]] = [:]
  var purpose = Purpose.plans
  /// Of all cards, by how many precisions tables may use.
  private var menus: [Int: TableMenu] = [:]
  private var families = FamilyBounds()
  /// Over every placement, once it was asked for.
  var scopeFree: ScopeFreeBound?
  private(set) var failures: [PlanningFailure] = []
  /// The best ones for latency by the cards that they were sought on: pipelines, and what one card does alone. They are not what
  /// copies on all cards come to by small changes.
  private(set) var apart: [Int: Candidate] = [:]
  /// A placement that no small change improves with the first precisions on the first cards.
  struct LocalOptimum: Hashable {
    var placement: ModelPlacement
    var precisions: Int
    var cards: Int
  }
  var localOptima: Set<LocalOptimum> = []
  var hasReadOnOneCard = false

  /// That precisions are priced with which are known to be too slow.
  private static let priceGap = 0.02
  /// Numbers of cards that are relaxed one by one.
  static let mostRelaxations = 32
  /// Of all time and work, for one way and for one that is cut short.
  private static let largestShare = 0.5
  private static let briefShare = 0.03
  /// Of all work, and in ticks, what may bring nothing before no way is searched at length any more.
  private static let patience = 0.05
  private static let leastPatience = 500_000_000
  /// For a search whose best plan is improved afterwards.
  private static let pipelineShare = 0.08
  /// Families of placements that a search which is cut short bounds.
  private static let briefBounds = 24
  private static let firstBounds = 4

  /// - Parameter incumbents: Plans of the same question that are known.
  init(_ task: PlanningTask, clock: SearchClock, incumbents: Incumbents? = nil) {
    self.task = task
    self.clock = clock
    self.incumbents = incumbents ?? Incumbents(task)
  }

  /// Takes over plans of the same question with memory set aside for more requests in flight, and what is proven whatever
  /// that number is.
  mutating func adopt(_ other: Ways) {
    incumbents = other.incumbents
    scopeFree = scopeFree ?? other.scopeFree
    relaxations.merge(other.relaxations) { own, _ in own }
    adoptMenus(other)
    // Their bounds set no memory aside for activations, or for one request; that of pipelines on unlike cards does for look-up
    // buffers.
    adoptProof(of: .copies, other)
    adoptProof(of: .tables, other)
    if NetSplitPlanner(task: other.task).fitsEveryCard() {
      // With more room there are no further copies to place.
      for way in other.tried where way.key.kind == .copies { tried[way.key] = way.value }
    }
    let isAlike = stretches.count == 1
    if isAlike ? kinds(onCards: task.system.cards.count).contains(.pipeline) : !task.hasTables {
      adoptProof(of: .pipeline, other)
    }
  }

  private mutating func adoptProof(of kind: Kind, _ other: Ways) {
    guard let proof = other.proofs[kind.rawValue] else { return }
    if proofs[kind.rawValue].map({ $0.bound < proof.bound }) ?? true { proofs[kind.rawValue] = proof }
  }

  /// Lets the proof range over the kinds of placement that plans of the same question were sought among elsewhere: with
  /// memory set aside for another number of requests a kind may be likely that is not here.
  mutating func cover(_ other: Ways) {
    let own = kinds(onCards: task.system.cards.count)
    for kind in Kind.allCases where proofs[kind.rawValue] == nil && !own.contains(kind) {
      proofs[kind.rawValue] = other.proofs[kind.rawValue]
    }
  }

  /// Takes over what is proven of the same question with memory set aside for fewer requests, which holds for more.
  mutating func adoptProofs(_ other: Ways) {
    (scopeFree, proofs, relaxations) = (other.scopeFree, other.proofs, other.relaxations)
    leastOfFewerCopies = other.leastOfFewerCopies
    apart.merge(other.apart) { own, _ in own }
    adoptMenus(other)
  }

  private mutating func adoptMenus(_ other: Ways) {
    families = other.families
    for menu in other.menus where menus[menu.key] == nil { menus[menu.key] = menu.value.reserving(task) }
  }

  mutating func offerStart() {
    if let start = task.start { incumbents.offer(Candidate(start, task: task)) }
  }

  /// What anyone would think of first: no search may end with less.
  mutating func offerGreedy() {
    for (_, placement, _) in GreedyPlacements(PlacementQuestion(task)).placements {
      var placement = placement
      placement.groups = task.groups
      incumbents.offer(Candidate(placement, task: task))
    }
  }

  // MARK: Which ways there are

  /// The kinds that are likely to have good plans on the first `count` cards, the likeliest first.
  mutating func kinds(onCards count: Int) -> [Kind] {
    if let known = kindsOnCards[count] { return known }
    let part = task.using(cards: count)
    let copies = NetSplitPlanner(task: part)
    var kinds: [Kind]
    if !copies.needsSingleCards, copies.fitsEveryCard() {
      kinds = task.hasTables ? [.copies, .tables] : [.copies]
    } else if !copies.needsSingleCards, task.hasTables, copies.denseFitsEveryCard() {
      kinds = [.tables]
    } else {
      kinds = [.pipeline, task.hasTables ? .tables : .copies]
      // A copy has room where states, which each request in flight has, are on the host.
      if !copies.needsSingleCards, copies.fitsEveryCardWithoutStates() {
        kinds.removeAll { $0 == .copies }
        kinds.insert(.copies, at: 0)
      }
    }
    if !task.rules.isEmpty {
      // Rules may leave a kind no plan, and what counts or keeps apart has more room on single cards.
      if copies.rulesWantSingleCards || (!task.hasTables && !task.rules.apart.isEmpty) {
        kinds.removeAll { $0 == .pipeline }
        kinds.insert(.pipeline, at: 0)
      }
      let wantsTables =
        task.rules.tableSites.contains { !$0.host && !$0.everyCard }
        || (task.hasTables && !(task.rules.apart.isEmpty && task.rules.counts.isEmpty))
      if wantsTables, kinds.first == .copies { kinds = [.tables, .copies] }
    }
    kindsOnCards[count] = kinds
    return kinds
  }

  /// Fewer cards than all, the most first: halving, and where alike ones end.
  var fewerCards: [Int] {
    let halves = (1..<Int.bitWidth).map { task.system.cards.count >> $0 }
    return Set(stretches.dropLast() + halves).filter { $0 > 0 }.sorted(by: >)
  }

  // MARK: Trying them

  /// Whether searches at length for the objective find little that short ones with a polish do not.
  private func isStatedInPart(_ kind: Kind) -> Bool { kind == .tables && task.objective != .throughput }

  /// Where something is left to find and to do it with.
  mutating func plan(_ way: Way) {
    guard !isClosed, way.isBrief || !isIdle, !(clock.isOver && incumbents.best != nil) else { return }
    let before = clock.ticks
    _ = attempt(way)
    incumbents.countWork(clock.ticks - before)
  }

  /// Whether so much work has brought nothing that a search at length is not worth it. Those that are cut short differ more from
  /// each other than they cost.
  private var isIdle: Bool {
    task.search.work.ticks.map {
      incumbents.idleWork > max(Self.leastPatience, Int(Self.patience * Double($0)))
    } ?? false
  }

  /// What is not given is as the question has it.
  func way(
    _ kind: Kind, cards: Int? = nil, precisions: Int? = nil, objective: PlanObjective? = nil,
    allowsSplits: Bool? = nil, gap: Double? = nil, isBrief: Bool = false
  ) -> Way {
    let isBriefAnyway =
      switch purpose {
      // Of latency they prove nothing either.
      case .plans: isStatedInPart(kind) && task.objective == .latency && incumbents.best != nil
      case .requestsInFlight, .proof: kind == .tables
      case .room: isStatedInPart(kind)
      }
    return Way(
      kind: kind, cards: cards ?? task.system.cards.count,
      precisions: precisions ?? task.tablePrecisions.count, objective: objective ?? task.objective,
      allowsSplits: allowsSplits ?? task.allowsSplits, gap: gap ?? task.search.gap,
      isBrief: isBrief || isBriefAnyway)
  }

  /// Searches for plans.
  ///
  /// - Returns: the bound on the objective that was searched for.
  mutating func attempt(_ way: Way) -> Double {
    if let known = tried[way] { return known }
    var part = task.using(cards: way.cards)
    part.tablePrecisions = Array(task.tablePrecisions.prefix(way.precisions))
    part.objective = way.objective
    part.seeksVariety = way.objective != task.objective
    part.allowsSplits = way.allowsSplits
    part.search.gap = way.gap
    if way.isBrief { part.search.effort = .brief }
    let isImproved = task.objective == .latency && way.kind == .pipeline
    let clock = clock.part(
      way.isBrief ? Self.briefShare : isImproved ? Self.pipelineShare : Self.largestShare)
    // What is to be improved as such is sought by itself.
    let isApart =
      task.objective == .latency
      && (way.kind == .pipeline || (way.kind == .copies && way.cards < task.system.cards.count))
    var found = isApart ? Incumbents(task) : incumbents
    // Where it fails, another way may do; nothing is proven of this one.
    var proof = Proof(bound: 0, provedBy: "nothing", scope: "")
    do {
      proof =
        switch way.kind {
        case .copies: try NetSplitPlanner(task: part).plan(clock: clock, into: &found)
        case .tables:
          try ShardingPlanner(task: part, clock: clock, menu: menu(for: part)).plan(
            into: &found, families: families,
            mostBounds: purpose == .requestsInFlight
              ? Self.firstBounds : way.isBrief ? Self.briefBounds : nil)
        case .pipeline:
          try PipelinePlanner(task: part, replicated: NetSplitPlanner(task: part), clock: clock)
            .plan(into: &found)
        }
    } catch {
      failures.append(error)
    }
    if !isApart { incumbents = found }
    if isApart, let best = found.best {
      incumbents.offer(best)
      incumbents.report(to: clock)
      if best.isBetter(than: apart[way.cards], for: task) { apart[way.cards] = best }
    }
    tried[way] = proof.bound
    let isQuestion =
      way.objective == task.objective && way.precisions == task.tablePrecisions.count
      && way.allowsSplits == task.allowsSplits
    guard isQuestion, way.cards == task.system.cards.count else { return proof.bound }
    let known = proofs[way.kind.rawValue]
    if known.map({ $0.bound < proof.bound }) ?? true { proofs[way.kind.rawValue] = proof }
    return proof.bound
  }

  /// The choices of tables for a part of the question; `nil` where its cards are of fewer kinds than all.
  mutating func menu(for part: PlanningTask) -> TableMenu? {
    let kinds = CardKinds(system: task.system)
    guard CardKinds(system: part.system).representatives == kinds.representatives else { return nil }
    let count = part.tablePrecisions.count
    if let known = menus[count] { return known }
    var whole = task
    whole.tablePrecisions = part.tablePrecisions
    menus[count] = ShardingPlanner(task: whole, clock: clock).menu
    return menus[count]
  }

  /// Plans with the first precisions alone, where those found use narrower ones: for the price, and to prefer them.
  mutating func preferPrecisions() {
    let kinds = likely
    for count in 1..<max(1, task.tablePrecisions.count) {
      for kind in kinds {
        guard let answer = incumbents.answer, incumbents.rank(of: answer) >= count, !clock.isOver else {
          return
        }
        let isForPrice = isRuledOut(kind, precisions: count, by: answer)
        // One price will do: that of one group.
        if isForPrice, task.groups > 1, incumbents.best(upTo: count - 1) != nil { continue }
        _ = attempt(
          way(
            kind, precisions: count, gap: isForPrice ? max(task.search.gap, Self.priceGap) : nil,
            isBrief: isForPrice))
      }
    }
  }

  /// Whether plans with the first precisions alone are known to be too slow to be preferred, so that only the price of a
  /// narrower one is asked for.
  private mutating func isRuledOut(_ kind: Kind, precisions: Int, by answer: Candidate) -> Bool {
    guard kind == .tables, task.objective == .throughput else { return false }
    var part = task
    part.tablePrecisions = Array(task.tablePrecisions.prefix(precisions))
    let enough = answer.value(task.objective) * (1 + Incumbents.leastGain)
    let bound = ShardingPlanner(task: part, clock: clock, menu: menu(for: part)).relaxation(enough: enough)
    return bound > enough
  }

  /// The largest number of cards that has a plan where all have none, as far as bisection tells.
  mutating func findOnFewerCards() {
    var (low, high) = (0, task.system.cards.count)
    while high - low > 1, !clock.isOver {
      let middle = (low + high) / 2
      let before = incumbents
      incumbents = Incumbents(task)
      for kind in kinds(onCards: middle) {
        _ = attempt(way(kind, cards: middle))
        if incumbents.best != nil { break }
      }
      if incumbents.best != nil { low = middle } else { high = middle }
      if let best = before.best { incumbents.offer(best) }
    }
  }

  mutating func widen() {
    guard let best = incumbents.best else { return }
    incumbents.offer(Widening(task: task).widened(best))
  }
}
