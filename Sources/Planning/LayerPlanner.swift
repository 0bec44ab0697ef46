import Accuracy
import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans with the precisions of layers as a decision, within what tables and layers may lose together.
///
/// First comes a plan in which every layer has the least of what its choices cost (`CostModel.least(of:)`): what is proven of it holds
/// whatever they are in. Then precisions are chosen, and planned with: all layers in what is liked best; those of the plan to begin
/// with; and by a knapsack that saves seconds, or bytes, for what it loses, in which layers that the best plan has on the host lose nothing. It is a
/// heuristic. What is liked less is taken only for a gain of more than 1 %, or for memory, and then by no more layers than that needs.
struct LayerPlanner {
  private let told: ToldLayers
  private let clock: SearchClock
  /// The task with the least of what all choices cost.
  private let relaxed: PlanningTask
  private let knapsack: LayerKnapsack

  /// Of all work, for the plan of least costs.
  private static let freeShare = 0.4
  private static let rounds = 2

  private typealias Choice = ToldLayers.Choice

  /// A plan with its precisions.
  private struct Answer {
    var planned: PlannedModel
    var candidate: Candidate
    var choice: Choice { planned.placement.layers }
  }

  private var task: PlanningTask { told.task }
  private var question: LayerQuestion { told.question }
  private var losses: LayerLosses { told.losses }
  private var layers: [OperatorID] { told.losses.layers }
  private var liked: Choice { told.everywhere(question.choices[0]) }

  /// Plans where precisions are told, where there is no choice, and where they are a decision.
  static func plan(
    _ task: PlanningTask, _ question: LayerQuestion, clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    let told = ToldLayers(task, question)
    if let choice = question.told {
      var planned = try told.plan(choice, clock: clock)
      planned.scope += ", layers in what they are told to be in"
      return planned
    }
    guard question.choices.count > 1 else {
      return try told.plan(told.everywhere(question.choices[0]), clock: clock)
    }
    return try LayerPlanner(told, clock: clock).plan()
  }

  private init(_ told: ToldLayers, clock: SearchClock) {
    self.told = told
    self.clock = clock
    var relaxed = told.free
    relaxed.costs = told.task.costs.least(of: told.question.choices)
    self.relaxed = relaxed
    knapsack = LayerKnapsack(told.task, told.question, told.losses)
  }

  private func plan() throws(PlanningFailure) -> PlannedModel {
    let loose = try Planner.plan(relaxed, clock: clock.part(Self.freeShare))
    var best: Answer?
    var tried: [Choice] = []
    func attempt(_ choice: Choice, lost: Double? = nil) {
      guard !tried.contains(choice), !(clock.isOver && best != nil) else { return }
      tried.append(choice)
      guard let answer = answer(choice, lost: lost ?? losses.loss(choice), start: best, loose) else {
        return
      }
      if isPreferred(answer, to: best) { best = answer }
    }
    let isLikedFree = told.costed(liked).costs.hasCosts(of: relaxed.costs)
    if isLikedFree, let answer = taken(loose, liked) { best = answer } else { attempt(liked) }
    func isOpen() -> Bool {
      best.map { loose.bound < $0.candidate.value(task.objective) * (1 - task.search.gap) } ?? true
    }
    if let start { attempt(start) }
    for limit in limits(loose) where isOpen() {
      if let choice = knapsack.choice(saving: .seconds, limit: limit) { attempt(choice.precisions) }
    }
    for limit in limits(loose) where best == nil {
      if let choice = knapsack.choice(saving: .bytes, limit: limit) { attempt(choice.precisions) }
    }
    for _ in 0..<Self.rounds where isOpen() {
      guard let placement = best?.planned.placement, let limit = limits(loose).first else { break }
      let onHost = Set(layers.filter { placement.operators[$0.index] == .host })
      guard !onHost.isEmpty,
        let choice = knapsack.choice(saving: .seconds, limit: limit, lossless: onHost)?.precisions
      else { break }
      attempt(choice, lost: losses.loss(choice, lossless: onHost))
    }
    if best == nil { best = partlyOnHost(loose) ?? onHost() }
    guard let best else { throw .noneFound(told.reasons) }
    guard best.planned.placement.cardsInUse > 0 else { return proven(best, loose) }
    return proven(restored(best, loose), loose)
  }

  /// What the placement to begin with has layers in, what is liked best in place of what they may not be in; `nil` without one.
  private var start: Choice? {
    guard let layers = task.start?.layers, !layers.isEmpty else { return nil }
    return layers.map { $0.map { question.choices.contains($0) ? $0 : question.choices[0] } }
  }

  // MARK: Plans of a choice

  /// Amounts that layers may lose, most first: all that tables leave in the best of their precisions, and in those of the plan of least
  /// costs.
  private func limits(_ loose: PlannedModel) -> [Double] {
    guard let limit = question.limit else { return [.infinity] }
    guard let tables = task.accuracy?.errors else { return [limit] }
    let least = tables.least(of: task.tablePrecisions)
    let planned = tables.total(of: loose.placement.tables.map(\.format.precision))
    return least < planned
      ? [limit - least, (limit - planned + limit - least) / 2, limit - planned] : [limit - least]
  }

  /// - Parameters:
  ///   - lost: By layers, at most.
  ///   - start: A plan to begin with.
  private func answer(
    _ choice: Choice, lost: Double, start: Answer?, _ loose: PlannedModel, rules: PlanRules? = nil
  ) -> Answer? {
    guard question.allows(lost) else { return nil }
    var part = told.costed(choice)
    if let rules { part.rules = rules }
    part.accuracy = told.tablesLimit(lost: lost)
    part.start = start?.planned.placement ?? task.start ?? loose.placement
    part.start?.layers = []
    guard let planned = try? Planner.plan(part, clock: clock.half) else { return nil }
    return taken(planned, choice)
  }

  private func taken(_ planned: PlannedModel, _ choice: Choice) -> Answer? {
    var planned = planned
    let part = told.costed(choice).with(requestsInFlight: planned.requestsInFlight)
    guard told.isAllowed(planned.placement, part) else { return nil }
    let candidate = Candidate(planned.placement, task: part)
    planned.placement.layers = choice
    return Answer(planned: planned, candidate: candidate)
  }

  /// Whether a plan is better, by more than the least gain where it is in what is liked less.
  private func isPreferred(_ answer: Answer, to best: Answer?) -> Bool {
    guard let best else { return true }
    guard answer.candidate.isBetter(than: best.candidate, for: task) else { return false }
    guard unliked(answer.choice) > unliked(best.choice), task.meetsBudget(best.candidate.loads.latencySeconds)
    else { return true }
    let value = best.candidate.value(task.objective)
    return answer.candidate.value(task.objective) < value * (1 - Incumbents.leastGain)
  }

  private func unliked(_ choice: Choice) -> Int { layers.count { choice[$0.index] != question.choices[0] } }

  /// The plan with as many layers in what is liked best as its placement leaves: those first that gain least by being in something else.
  private func restored(_ best: Answer, _ loose: PlannedModel) -> Answer {
    let liked = liked
    let value = best.candidate.value(task.objective)
    let order = knapsack.byGain(best.choice, over: liked).filter {
      question.limit == nil || losses.loss($0, liked) <= losses.loss($0, best.choice)
    }
    func choice(_ count: Int) -> Choice {
      order.prefix(count).reduce(into: best.choice) { $0[$1.index] = liked[$1.index] }
    }
    func isWorth(_ candidate: Candidate) -> Bool {
      candidate.fits && task.meetsBudget(candidate.loads.latencySeconds)
        && candidate.value(task.objective) * (1 - Incumbents.leastGain) <= value
    }
    var (low, high) = (0, order.count)
    while low < high && !clock.isOver {
      let middle = (low + high + 1) / 2
      let part = told.costed(choice(middle)).with(requestsInFlight: best.planned.requestsInFlight)
      if isWorth(Candidate(best.planned.placement, task: part)) { low = middle } else { high = middle - 1 }
    }
    guard low > 0 else { return best }
    let own = choice(low)
    guard let answer = answer(own, lost: losses.loss(own), start: best, loose), isWorth(answer.candidate)
    else {
      return best
    }
    return answer
  }

  /// A plan in which layers have to be on the host that would lose too much on cards. Where a user has rules, or operators are cut, none is
  /// sought.
  private func partlyOnHost(_ loose: PlannedModel) -> Answer? {
    guard task.rules.rules.isEmpty, !task.rules.keepsParts else { return nil }
    for limit in limits(loose) where !clock.isOver {
      guard let choice = knapsack.choice(saving: .seconds, limit: limit, offersHost: true),
        choice.onHost.count < layers.count
      else { continue }
      let names = choice.onHost.map { task.graph[$0].name }.sorted()
      guard
        var rules = try? PlanRules(
          [.pin(units: names, devices: ["host"])], graph: task.graph, system: task.system,
          without: task.rules.without)
      else { continue }
      rules = rules.withOptions(of: task.rules)
      rules.origin = .accuracyBudget
      let lost = losses.loss(choice.precisions, lossless: choice.onHost)
      if let answer = answer(choice.precisions, lost: lost, start: nil, loose, rules: rules) { return answer }
    }
    return nil
  }

  /// The plan without cards, whose layers lose nothing.
  private func onHost() -> Answer? {
    let tables = task.graph.embeddingTables.enumerated().map { index, table in
      let errors = task.accuracy?.errors
      let precision = task.tablePrecisions.min {
        errors?.weighted(index, in: $0) ?? 0 < errors?.weighted(index, in: $1) ?? 0
      }
      return TablePlacement(
        format: TableFormat(precision: precision ?? task.tablePrecisions[0]), split: .whole,
        shards: [TableShard(site: .host, rows: 0..<table.rows, columns: 0..<table.dimension)])
    }
    let placement = ModelPlacement(
      operators: task.graph.operators.map { _ in .host }, tables: tables, sparseCores: [])
    guard Candidate(placement, task: told.costed(liked)).fits else { return nil }
    return taken(
      PlannedModel(
        placement: placement, requestsInFlight: 1, bound: 0, provedBy: "", scope: "",
        notes: [
          "all is on the host: no choice of precisions was found with which cards keep the accuracy budget"
        ]),
      liked)
  }

  // MARK: What is proven

  private func proven(_ best: Answer, _ loose: PlannedModel) -> PlannedModel {
    var planned = best.planned
    let value = best.candidate.value(task.objective)
    (planned.bound, planned.provedBy, planned.priceProof) = (loose.bound, loose.provedBy, loose.priceProof)
    let within = question.limit == nil ? "" : ", within the accuracy budget or not"
    planned.scope = loose.scope + ", layers in \(told.words)" + within
    planned.defect = loose.defect
    if planned.bound > value * (1 + 1e-9), let proof = loose.priceProof, task.objective != .latency {
      // A kind of placement that did not seem likely with least costs.
      (planned.bound, planned.provedBy) = (proof.bound, "prices of resources")
      planned.scope =
        "every placement that the check accepts\(task.rules.scope), layers in \(told.words)" + within
    }
    // With what layers are in as alternatives, and the budget as one more row.
    var priced = relaxed
    priced.layers = question
    if planned.bound < value * (1 - task.search.gap), let known = loose.priceProof,
      let prices = ScopeFreeBound.prices(
        priced, like: known, enough: value * (1 - task.search.gap), clock: clock),
      prices.bound <= value * (1 + 1e-9)
    {
      if prices.bound >= known.bound { planned.priceProof = prices }
      if prices.bound > planned.bound {
        planned.bound = prices.bound
        planned.provedBy =
          question.limit == nil ? "prices of resources" : "prices of resources and of accuracy"
        planned.scope =
          "every placement\(question.limit == nil ? "" : " within the accuracy budget") that the check accepts"
          + "\(task.rules.scope), layers in \(told.words)"
      }
    }
    if planned.bound > value * (1 + 1e-9) {
      (planned.bound, planned.priceProof) = (0, nil)
      planned.defect =
        "the bound \(loose.bound) (by \(loose.provedBy)) is above the \(value) of a plan: a defect of the program, so no bound is given"
      planned.notes += planned.defect.map { [$0] } ?? []
    }
    if let note = note(best) { planned.notes.append(note) }
    return planned
  }

  // MARK: Words

  /// What it costs, or is worth, that layers are not in what is liked best.
  private func note(_ best: Answer) -> String? {
    let liked = question.choices[0]
    let onCards = layers.filter { best.planned.placement.operators[$0.index] != .host }
    let others = onCards.filter { best.choice[$0.index] != liked }
    guard !others.isEmpty else { return nil }
    let names = Set(others.compactMap { best.choice[$0.index]?.word }).sorted().joined(separator: " and ")
    let why =
      question.limit == nil ? "" : " for an accuracy budget of \(ErrorText.percent(question.limit ?? 0))"
    var placement = best.planned.placement
    placement.layers = []
    let part = told.costed(told.everywhere(liked)).with(requestsInFlight: best.planned.requestsInFlight)
    let other = Candidate(placement, task: part)
    let worth =
      other.excessBytes.allSatisfy { $0 <= 0 }
      ? "\(PlanFigure.words(other.value(task.objective), task.objective)) instead of "
        + PlanFigure.bare(best.candidate.value(task.objective), task.objective) : "it would not fit"
    return
      "\(others.count) of \(onCards.count) layers on cards are in \(names)\(why): this plan with \(liked.word) in their place: \(worth)"
  }
}
