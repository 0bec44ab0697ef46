import CostModel
import Graph
import Hardware
import Placement
import Plan
import Planning

/// Which teams of cards that act as one a plan may form.
public enum TeamChoice: Sendable, Hashable {
  /// Those that may pay: for latency, and where there is no plan without, or none within the latency budget.
  case planned
  /// None: every operator is whole.
  case none
  /// Teams of so many cards alone, which share out weights or the batch, or whichever is better.
  case of(Int, by: GraphCut.Kind? = nil)
}

/// Plans with operators cut or batches shared out over teams of cards, and without, and takes the best.
///
/// A team computes together what one card would, so the question with teams is the question of the part that each card
/// computes on as many cards as there are teams; see `Graph.cut(over:by:)` and `System.eachKindInTeams(of:)`. Copies and pipelines do the
/// same work without exchanging anything, so for throughput and energy teams are looked at only where neither has a plan. A question
/// whose bound is no better than the plan of another by more than the gap is not asked.
struct TeamSearch {
  let model: Model
  let system: System
  let options: PlanOptions
  let isCancelled: @Sendable () -> Bool
  let progress: (@Sendable (SearchOptions.Progress) -> Void)?

  /// Sizes of teams that are asked about for each kind of cut, those that save most.
  private static let most = 3
  /// Larger teams are of numbers of cards with small factors alone, or of all cards.
  private static let anySize = 8

  /// Of the work, for all questions with teams together; the rest is for whole operators.
  private static let share = 1.0 / 3

  /// A question with teams.
  private struct Team {
    var count: Int
    var kind: GraphCut.Kind
    var model: Model
    var system: System
    /// Seconds of exchanges, and those that the parts save, on one card.
    var exchange: Double
    var saved: Double

    /// The type of an operator that would be cut although the cards do not run it.
    var unsupported: String? {
      let types = Set(system.cards[0].unsupportedOperators)
      return zip(model.graph.operators, model.graph.cut?.isCut ?? []).first { types.contains($0.type) && $1 }?
        .0.type
    }
  }

  /// What is asked: with a team's parts, or with whole operators.
  private struct Question {
    var team: Team?
    /// Proven of all its plans before any is sought.
    var atLeast = Known(bound: 0, provedBy: "nothing")
  }

  private typealias Known = (bound: Double, provedBy: String)

  func plan() throws(PartitionError) -> PlanDocument {
    let begin = ContinuousClock.now
    switch options.without.contains(.cut) ? .none : options.teams {
    case .none: return try plan(model, system)
    case .of(let count, let kind):
      return try best(of: try required(count, by: kind).map { Question(team: $0) }, since: begin)
    case .planned:
      if options.objective == .latency {
        let teams = promising()
        return teams.isEmpty ? try plan(model, system) : try best(of: likeliestFirst(teams), since: begin)
      }
      do { return try plan(model, system) } catch {
        let teams = error.kind == .infeasible ? promising() : []
        guard !teams.isEmpty else { throw error }
        return try best(of: teams.map { Question(team: $0) }, whole: error, since: begin)
      }
    }
  }

  /// Whole operators and teams, those of the least bound first: the plan of one may leave the others nothing to find.
  private func likeliestFirst(_ teams: [Team]) -> [Question] {
    let questions =
      [Question(atLeast: known(model, system))]
      + teams.map { Question(team: $0, atLeast: known($0.model, $0.system)) }
    let order = questions.indices.sorted {
      (questions[$0].atLeast.bound, $0) < (questions[$1].atLeast.bound, $1)
    }
    return order.map { questions[$0] }
  }

  /// The best plan of all questions.
  ///
  /// - Parameter whole: Why there is no plan of whole operators, where that was asked before.
  private func best(
    of questions: [Question], whole: PartitionError? = nil, since begin: ContinuousClock.Instant
  ) throws(PartitionError) -> PlanDocument {
    let teams = questions.compactMap(\.team)
    let isWholeToo = whole != nil || teams.count < questions.count
    var plans: [(plan: PlanDocument, team: Team?)] = []
    var bound = whole.map { self.bound(.failure($0), model, system) } ?? .infinity
    var provedBy = ""
    var failure = whole
    for (index, question) in questions.enumerated() {
      let least = plans.map(\.plan.certificate.objective).min() ?? .infinity
      if isCancelled() && !plans.isEmpty || question.atLeast.bound >= least * (1 - options.gap) {
        if question.atLeast.bound < bound { (bound, provedBy) = question.atLeast }
        continue
      }
      let (model, system) = question.team.map { ($0.model, $0.system) } ?? (model, system)
      var options = options
      if questions.count > 1 || whole != nil {
        let budget = options.work ?? (options.timeLimitSeconds == nil ? .standard : .unlimited)
        let share =
          question.team == nil ? 1 - Self.share : (isWholeToo ? Self.share : 1) / Double(teams.count)
        options.work = budget.part(share)
      }
      options.timeLimitSeconds = options.timeLimitSeconds.map {
        max(.ulpOfOne, ($0 - begin.duration(to: .now) / .seconds(1)) / Double(questions.count - index))
      }
      let result: Result<PlanDocument, PartitionError>
      do { result = .success(try plan(model, system, options)) } catch {
        result = .failure(error)
        if failure == nil || question.team == nil { failure = error }
      }
      if case .success(let plan) = result { plans.append((plan, question.team)) }
      let own = self.bound(result, model, system)
      if own < bound {
        bound = own
        provedBy = (try? result.get())?.certificate.provedBy ?? "nothing"
      }
    }
    guard var best = plans.first else {
      if let failure { throw failure }
      return try plan(model, system)
    }
    for other in plans.dropFirst()
    where other.plan.certificate.objective < best.plan.certificate.objective * (1 - 1e-9) { best = other }
    return answer(
      best.plan, best.team, bound: bound, provedBy: provedBy, teams: teams, isWholeToo: isWholeToo)
  }

  private func plan(
    _ model: Model, _ system: System, _ options: PlanOptions? = nil
  ) throws(PartitionError) -> PlanDocument {
    try Partitioner.planAsGiven(
      model, on: system, options: options ?? self.options, isCancelled: isCancelled, progress: progress
    ).document
  }

  /// What is proven of a question: nothing has less.
  private func bound(
    _ result: Result<PlanDocument, PartitionError>, _ model: Model, _ system: System
  ) -> Double {
    switch result {
    case .success(let plan): return plan.certificate.bound
    case .failure(let error):
      if error.isProven { return .infinity }
      // A search that found nothing has proven nothing of its own.
      return known(model, system).bound
    }
  }

  /// Seconds that no plan of a question takes less than, or joules; 0 where layers may be in several precisions, which costs of one
  /// tell nothing of.
  private func known(_ model: Model, _ system: System) -> Known {
    let task = try? Partitioner.task(
      model, on: options.machine(system), options: options, isCancelled: isCancelled, progress: nil)
    guard let task, task.layers == nil else { return (0, "nothing") }
    let proof = ScopeFreeBound.prove(task)
    return (proof.bound, proof.provedBy)
  }

  /// The best plan with a bound that ranges over all questions that were asked.
  private func answer(
    _ plan: PlanDocument, _ team: Team?, bound: Double, provedBy: String, teams: [Team], isWholeToo: Bool
  ) -> PlanDocument {
    var plan = plan
    var certificate = plan.certificate
    if bound < certificate.bound {
      certificate.bound = bound
      if !provedBy.isEmpty { certificate.provedBy = provedBy }
      certificate.gap =
        certificate.objective > 0 ? (certificate.objective - bound) / certificate.objective : 0
      if certificate.status != .incomplete {
        certificate.status = certificate.gap <= options.gap + 1e-12 ? .proven : .open
      }
    }
    func scope(_ kind: GraphCut.Kind, _ what: String) -> String? {
      let counts = Set(teams.filter { $0.kind == kind }.map(\.count)).sorted().map(String.init)
      return counts.isEmpty ? nil : "\(what) over teams of \(counts.joined(separator: " or ")) cards"
    }
    let scopes = [
      isWholeToo ? "operators whole" : nil, scope(.weights, "operators cut"),
      scope(.batch, "batches shared out"),
    ]
    if isWholeToo || teams.count > 1 {
      certificate.scope += "; with " + scopes.compactMap { $0 }.joined(separator: ", or ")
    }
    plan.certificate = certificate
    if let team { plan.notes.append(note(team)) }
    return plan
  }

  private func note(_ team: Team) -> String {
    let graph = team.model.graph
    let parts = graph.cut?.isCut.count { $0 } ?? 0
    let exchanges = graph.operators.count { $0.work.collective != nil }
    let milliseconds = (team.exchange * 1e5).rounded() / 100
    let shared =
      switch team.kind {
      case .weights: "are cut over them"
      case .batch: "compute a card's part of the batch"
      }
    let exchanged =
      exchanges == 0 ? "nothing is exchanged" : "\(exchanges) exchanges take \(milliseconds) ms a batch"
    let others = system.cards.count - team.count * team.system.cards.count
    let rest =
      others == 0 ? "" : "; \(others == 1 ? "1 card is" : "\(others) cards are") in no team and left out"
    return
      "teams of \(team.count) cards act as one: \(parts - exchanges) of \(graph.operators.count - exchanges) operators "
      + "\(shared), and \(exchanged)\(rest)"
  }

  // MARK: Which teams there are

  /// - Throws: `usage` where there are no such teams, or nothing to cut.
  private func required(_ count: Int, by kind: GraphCut.Kind?) throws(PartitionError) -> [Team] {
    let kinds = system.eachKindInTeams(of: count)
    guard !kinds.isEmpty else {
      throw PartitionError(
        .usage,
        "teams of \(count) cards: \(system.name) has \(system.cards.count) "
          + "\(system.cards.count == 1 ? "card" : "cards"); give 2 or more, at most as many as are alike and beside each other"
      )
    }
    let found = (kind.map { [$0] } ?? GraphCut.Kind.allCases).flatMap { kind in
      model.cut(over: count, by: kind).map { part in kinds.map { team(count, kind, part, $0) } } ?? []
    }
    guard let first = found.first else {
      throw PartitionError(
        .usage,
        "teams of \(count) cards: \(self.model.reference.name) has no operator that can be cut over so many, and no batch of so many equal parts"
      )
    }
    let supported = found.filter { $0.unsupported == nil }
    if supported.isEmpty, let type = first.unsupported {
      throw PartitionError(
        .usage,
        "teams of \(count) cards: an operator \(type) would be cut, which \(first.system.cards[0].model) does not run"
      )
    }
    return supported
  }

  private func team(_ count: Int, _ kind: GraphCut.Kind, _ model: Model, _ teams: System) -> Team {
    let whole = costs(self.model, system)
    let part = costs(model, teams)
    // The first team and one of its cards.
    let member = self.system.cards.firstIndex { teams.member(named: $0.name) == teams.cards[0] } ?? 0
    func seconds(_ costs: CostModel, on card: Int, _ isWanted: (Operator) -> Bool) -> Double {
      costs.graph.operators.enumerated().reduce(0) { sum, entry in
        guard isWanted(entry.element) else { return sum }
        return sum + (costs.cost(of: OperatorID(entry.offset), on: .card(card))?.seconds ?? 0)
      }
    }
    let exchange = seconds(part, on: 0) { $0.work.collective != nil }
    return Team(
      count: count, kind: kind, model: model, system: teams, exchange: exchange,
      saved: seconds(whole, on: member) { _ in true } - seconds(part, on: 0) { $0.work.collective == nil })
  }

  private func costs(_ model: Model, _ system: System) -> CostModel {
    CostModel(graph: model.graph, system: system, options: options.costOptions(for: model, on: system))
  }

  /// Teams that save more than they exchange.
  private func promising() -> [Team] {
    guard model.reference.cut == nil, options.rules.isEmpty, options.start == nil, options.measured.isEmpty,
      options.compiler.isEmpty, model.layerTimes.isEmpty, system.cards.count > 1, !isCancelled()
    else { return [] }
    let all = system.cards.count
    let counts = (2...all).filter { count in
      let odd = count >> count.trailingZeroBitCount
      return count <= Self.anySize || count == all || odd == 1 || odd == 3
    }
    func worth(_ team: Team) -> Double { team.saved - team.exchange }
    return GraphCut.Kind.allCases.flatMap { kind -> [Team] in
      let teams = counts.flatMap { count -> [Team] in
        let kinds = system.eachKindInTeams(of: count)
        guard !kinds.isEmpty, let part = model.cut(over: count, by: kind) else { return [] }
        return kinds.map { team(count, kind, part, $0) }
          .filter { $0.unsupported == nil && $0.exchange < $0.saved }
      }
      return Array(teams.sorted { (worth($0), $0.count) > (worth($1), $1.count) }.prefix(Self.most))
    }
  }
}
