import Plan

/// Who runs when.
extension Ways {
  /// How much of the table is gone through; each has all of those before it.
  enum Extent: Int {
    /// The likely ways alone.
    case likely
    /// With fewer precisions too.
    case likelyAndPrecise
    case all
  }

  /// A line of the table: when it applies, and what is done: searches that are cut short, searches at length, or something else.
  struct Step: Sendable {
    let name: String
    /// The least one that it is a part of.
    var extent = Extent.likely
    var when: @Sendable (inout Ways) -> Bool = { _ in true }
    var brief: @Sendable (inout Ways) -> [Way] = { _ in [] }
    var atLength: @Sendable (inout Ways) -> [Way] = { _ in [] }
    var other: @Sendable (inout Ways) -> Void = { _ in }
  }

  /// Goes through the table until the best plan's gap is closed.
  mutating func run(_ extent: Extent = .all) {
    incumbents.forgetIdleWork()
    for step in Self.order where step.extent.rawValue <= extent.rawValue && step.when(&self) {
      for way in step.brief(&self) { plan(way.cutShort) }
      for way in step.atLength(&self) { plan(way) }
      step.other(&self)
    }
  }

  /// Everything that is tried, the likeliest first, and what takes little work before what takes more: searches at length
  /// end when too much work has brought nothing. A new way is a new line.
  static let order = [
    Step(name: "the plan to begin with", other: { $0.offerStart() }),
    Step(
      name: "what anyone would think of", when: { !$0.seeks(.throughput) }, other: { $0.offerGreedy() }),
    Step(name: "a card that reads all tables", when: { $0.seeks(.latency) }, other: { $0.readOnOneCard() }),
    // A look at what a search at length among all cards may never come by, before that has spent the work. Copies on the
    // best cards alone may do more than all of them together, and are soon found.
    Step(
      name: "the best cards",
      brief: { ways in ways.stretches.dropLast().flatMap { ways.searches(onCards: $0) } }),
    Step(name: "all cards", when: { $0.looksAround }, brief: { $0.searches(onCards: $0.cards) }),
    // Where there are few requests in flight, a plan is as fast as one of them is.
    Step(
      name: "fast requests", when: { $0.looksAround && $0.waitsForTurns }, other: { $0.seekFastRequests() }),
    Step(name: "likely kinds", atLength: { ways in ways.likely.map { ways.firstSearch($0) } }),
    Step(name: "copies, to the gap", when: { $0.likely.first == .copies }, atLength: { [$0.way(.copies)] }),
    Step(name: "wider tables", other: { $0.widen() }),
    Step(
      name: "tables on fewer cards of a group", when: { $0.task.groups > 1 && $0.seeks(.energy) },
      brief: { $0.tablesOnFewerCards() }),
    // A batch may well be fastest on few cards, and fewer idle less; a bottleneck seldom is least there.
    Step(
      name: "tables on few cards", extent: .all, when: { $0.hasPlan && !$0.seeks(.throughput) },
      brief: { $0.tablesOnFewerCards().reversed() }),
    Step(name: "other objectives", extent: .all, when: { $0.hasPlan }, brief: { $0.searchesForOthers() }),
    Step(name: "small changes", when: { $0.hasPlan && $0.seeks(.latency) }, other: { $0.polish() }),
    // A batch may be fastest on one card with the tables and operators that matter least beside it.
    Step(name: "a pipeline", when: { $0.seeks(.latency) }, atLength: { [$0.way(.pipeline)] }),
    // Two cards have the fewest crossings, which a search among more may never come by.
    Step(
      name: "a pipeline of two", when: { $0.seeks(.latency) && $0.cards > 2 },
      atLength: { [$0.way(.pipeline, cards: 2)] }),
    Step(
      name: "one card", when: { $0.seeks(.latency) && $0.cards > 1 && !$0.task.hasTables },
      atLength: { [$0.way(.copies, cards: 1)] }),
    Step(name: "fewer precisions", extent: .likelyAndPrecise, other: { $0.preferPrecisions() }),
    Step(name: "any number of cards", extent: .all, when: { !$0.hasPlan }, other: { $0.findOnFewerCards() }),
    // What is small beside its tables may be fastest where most of their results are.
    Step(
      name: "a card that reads all tables at last", extent: .all, when: { $0.hasPlan && !$0.isClosed },
      other: { $0.readOnOneCard() }),
    // Of unlike cards each may do what it does best.
    Step(
      name: "a pipeline of unlike cards", extent: .all,
      when: { $0.hasPlan && $0.stretches.count > 1 && !$0.likely.contains(.pipeline) },
      brief: { [$0.way(.pipeline)] }),
    // Fewer cards idle less. Alike ones are tried one number after the other by the proof.
    Step(
      name: "copies on fewer cards", extent: .all,
      when: { $0.hasPlan && $0.seeks(.energy) && $0.stretches.count > 1 },
      atLength: { ways in ways.fewerCards.map { ways.way(.copies, cards: $0) } }),
    Step(
      name: "tables on fewer cards", extent: .all, when: { $0.hasPlan }, brief: { $0.tablesOnFewerCards() }),
    Step(name: "whole tables", extent: .all, when: { $0.hasPlan }, brief: { $0.searchesOfWholeTables() }),
    Step(
      name: "all kinds", extent: .all, when: { !$0.hasPlan },
      atLength: { ways in Kind.allCases.filter { $0 != .tables || ways.task.hasTables }.map { ways.way($0) } }
    ),
    Step(
      name: "what anyone would think of at last", extent: .all, when: { $0.seeks(.throughput) },
      other: { $0.offerGreedy() }),
    Step(name: "small changes of those", extent: .all, other: { $0.polish() }),
    Step(name: "the answer with wider tables", extent: .likelyAndPrecise, other: { $0.widenAnswer() }),
    Step(name: "wider tables at the end", other: { $0.widen() }),
  ]
}

/// What the table asks and lists.
extension Ways {
  /// The gap that copies of everything are first planned with when tables over cards may be better.
  private static let looseGap = 0.01
  /// Of the time in which requests in flight take their turns, what one of them must take to be looked at.
  private static let fewTurns = 0.5

  private var cards: Int { task.system.cards.count }
  private var hasPlan: Bool { incumbents.best != nil }
  private func seeks(_ objective: PlanObjective) -> Bool { task.objective == objective }
  /// The kinds that are likely to have good plans on all cards, the likeliest first.
  var likely: [Kind] { mutating get { kinds(onCards: cards) } }
  private var looksAround: Bool { seeks(.throughput) && (stretches.count > 1 || !task.choosesInFlight) }

  private var waitsForTurns: Bool {
    guard let best = incumbents.best else { return false }
    return best.loads.latencySeconds
      > Self.fewTurns * Double(best.requestsInFlight) * best.loads.bottleneckSeconds
  }

  private mutating func seekFastRequests() {
    if task.hasTables { readOnOneCard() }
    for way in searchesForOthers() { plan(way.cutShort) }
    polish()
  }

  private mutating func firstSearch(_ kind: Kind) -> Way {
    let isLoose = kind == .copies && likely == [.copies, .tables]
    return way(kind, gap: isLoose ? max(task.search.gap, Self.looseGap) : nil)
  }

  /// For the objective, of likely kinds that take little time.
  private mutating func searches(onCards count: Int) -> [Way] {
    kinds(onCards: count).filter { $0 != .pipeline }.map { way($0, cards: count) }
  }

  private mutating func searchesForOthers() -> [Way] {
    let kinds = likely.filter { $0 != .pipeline }
    return PlanObjective.allCases.filter { $0 != task.objective }.flatMap { objective in
      kinds.map { way($0, objective: objective) }
    }
  }

  /// The most first.
  private func tablesOnFewerCards() -> [Way] {
    task.hasTables ? fewerCards.map { way(.tables, cards: $0) } : []
  }

  private func searchesOfWholeTables() -> [Way] {
    guard task.allowsSplits, task.hasTables else { return [] }
    return ([cards] + (seeks(.energy) ? fewerCards : [])).filter { $0 > 1 }
      .map { way(.tables, cards: $0, allowsSplits: false) }
  }
}
