import Partitioner
import Rules

/// Answers questions about a plan by planning again.
public struct Explainer: Sendable {
  private let again: PlanAgain
  /// The question about one group of cards, where they form several; the same question elsewhere.
  private let one: PlanAgain
  private var plan: PlanDocument { again.plan }
  /// What is predicted of all requests together.
  private let predicted: PlanDocument.Prediction
  private var model: Model { again.model }

  /// - Parameters:
  ///   - work: of each solve; they begin with the plan.
  ///   - lengths: loads the model at other lengths, for a plan with padding buckets.
  ///   - isCancelled: polled often; what is solved then ends with its best so far.
  public init(
    _ plan: PlanDocument, model: Model, work: WorkBudget = WorkBudget(effort: 0.1),
    lengths: LengthLoader? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    again = PlanAgain(plan, model: model, work: work, lengths: lengths, isCancelled: isCancelled)
    one = again.ofOneGroup ?? again
    predicted = plan.predictedOfMixture
  }

  /// - Parameters:
  ///   - asksWhatIf: whether the table of changes of the machine is worked out, a solve a row.
  ///   - progress: called before each solve with what it is about.
  /// - Throws: `usage` for a name that the plan does not have; `internalError`.
  public func explain(
    _ subject: Explanation.Subject, asksWhatIf: Bool = true, progress: ((String) -> Void)? = nil
  ) throws(PartitionError) -> Explanation {
    let alternatives: [Explanation.Alternative]
    let words: String
    switch subject {
    case .plan:
      let mean = plan.buckets.map {
        $0.buckets.count > 1 ? ", for a mean request of its \($0.buckets.count) padding buckets" : ""
      }
      (words, alternatives) = ("the plan" + (mean ?? ""), [])
    case .operator(let name):
      (words, alternatives) = (
        "operator \(NameText.shown(name))\(inGroups)", try operatorAlternatives(name, progress)
      )
    case .table(let name):
      (words, alternatives) = (
        "table \(NameText.shown(name))\(inGroups)", try tableAlternatives(name, progress)
      )
    case .card(let given):
      let name = plan.system.member(named: given)?.name ?? given
      (words, alternatives) = ("\(NameText.shown(name))", try without(name, progress))
    }
    return Explanation(
      subject: words, unit: plan.certificate.unit, objective: plan.meanObjective,
      bottleneck: predicted.bottleneckResource, alternatives: alternatives, limits: limits(of: subject),
      whatIfs: asksWhatIf ? try WhatIfTable(again).rows(progress) : [])
  }

  private var inGroups: String { plan.groups.map { ", in each of \($0) groups of cards" } ?? "" }

  // MARK: Alternatives

  private func operatorAlternatives(
    _ name: String, _ progress: ((String) -> Void)?
  ) throws(PartitionError) -> [Explanation.Alternative] {
    guard let index = model.graph.operators.firstIndex(where: { $0.name == name }) else {
      throw unknown("operator", name, model.graph.operators.map(\.name))
    }
    if let table = model.graph.embeddingTables.first(where: { $0.lookups.contains(OperatorID(index)) }) {
      throw PartitionError(
        .usage, "operator '\(name)' looks up a table and is where that is; ask about --table '\(table.name)'")
    }
    let site = plan.partitions.first { $0.operators.contains(name) }?.site ?? "host"
    let costs = Partitioner.costs(of: plan, model: model)
    return try alternatives(of: name, at: [site], moved: { self.moving(operator: name, to: $0) }, progress) {
      location in
      costs.cost(of: OperatorID(index), on: location).map { ($0.seconds, $0.limit.rawValue) }
    }
  }

  private func tableAlternatives(
    _ name: String, _ progress: ((String) -> Void)?
  ) throws(PartitionError) -> [Explanation.Alternative] {
    guard let index = model.graph.embeddingTables.firstIndex(where: { $0.name == name }),
      let entry = plan.tables.first(where: { $0.name == name })
    else { throw unknown("table", name, model.graph.embeddingTables.map(\.name)) }
    let costs = Partitioner.costs(of: plan, model: model)
    let format = TableFormat(precision: entry.precision, scaleBytes: entry.rowScaleBytes)
    var sites: [String] = []
    for shard in entry.shards where !sites.contains(shard.site) { sites.append(shard.site) }
    return try alternatives(of: name, at: sites, moved: { self.moving(table: name, to: $0) }, progress) {
      location in
      guard let cost = costs.lookup(table: index, format: format, on: location),
        let processor = plan.system.processor(at: location)
      else { return nil }
      let cores = cost.coreSeconds / Double(max(1, processor.cores))
      return (max(cores, cost.dramSeconds) + cost.launchSeconds, cost.limit.rawValue)
    }
  }

  /// Each place once: the host, every card, the cards where it is, and another card of every model.
  private func alternatives(
    of name: String, at sites: [String], moved: (String) -> PlanDocument?, _ progress: ((String) -> Void)?,
    cost: (Location) -> (seconds: Double, limit: String)?
  ) throws(PartitionError) -> [Explanation.Alternative] {
    var answers: [Explanation.Alternative] = []
    for place in places(besides: sites) {
      var answer = Explanation.Alternative(place: place.name, isChosen: place.devices == sites)
      if let own = cost(place.location) { (answer.seconds, answer.limit) = (own.seconds, own.limit) }
      if answer.isChosen {
        (answer.objective, answer.change) = (plan.meanObjective, 0)
        answer.bottleneck = predicted.bottleneckResource
      } else if answer.seconds == nil {
        answer.reason = "it cannot run there"
      } else {
        progress?("\(NameText.shown(name)) on \(place.name)")
        let solved = try one.solve(start: moved(place.devices[0])) { options in
          options.rules.rules.append(.pin(units: [name], devices: place.devices))
        }
        fill(&answer, solved)
      }
      answers.append(answer)
    }
    return answers
  }

  private func fill(_ answer: inout Explanation.Alternative, _ solved: PlanAgain.Answer) {
    switch solved {
    case .plan(let other):
      answer.objective = PlanAgain.objective(other)
      answer.change = again.change(of: other)
      answer.bottleneck = other.predictedOfMixture.bottleneckResource
    case .none(let reason): answer.reason = reason
    }
  }

  private struct Place {
    var name: String
    var devices: [String]
    var location: Location
  }

  private func places(besides sites: [String]) -> [Place] {
    var places = [Place(name: "host", devices: ["host"], location: .host)]
    if !one.plan.system.cards.isEmpty {
      places.append(Place(name: "every card", devices: ["every card"], location: .card(0)))
    }
    let cards = one.plan.system.cards
    let here = cards.indices.filter { sites.contains(cards[$0].name) }
    if let first = here.first, here.count == sites.count {
      places.append(
        Place(
          name: sites.joined(separator: ", "), devices: here.map { cards[$0].name }, location: .card(first)))
    }
    var models: [String] = []
    for card in cards where !models.contains(card.model) { models.append(card.model) }
    for model in models {
      let others = cards.indices.filter { cards[$0].model == model && !sites.contains(cards[$0].name) }
      guard let first = others.first else { continue }
      let word = here.isEmpty ? "one card" : "another card"
      places.append(
        Place(
          name: models.count == 1 ? word : "\(word) (\(NameText.shown(model)))",
          devices: others.map { cards[$0].name },
          location: .card(first)))
    }
    return places
  }

  /// The machine without a card.
  private func without(
    _ name: String, _ progress: ((String) -> Void)?
  ) throws(PartitionError) -> [Explanation.Alternative] {
    guard plan.system.cards.contains(where: { $0.name == name }) else {
      throw unknown("card", name, plan.system.cards.map(\.name))
    }
    let team = plan.system.cards.first { $0.name == name }?.team
    var answer = Explanation.Alternative(
      place: team.map { "without its \($0.cards) cards" } ?? "without it", isChosen: false)
    if plan.system.cards.count == 1 {
      answer.reason = team == nil ? "it is the only card" : "it is the only team"
    } else {
      progress?("without \(name)")
      var system = plan.system
      system.cards.removeAll { $0.name == name }
      fill(&answer, try again.solve(on: system))
    }
    return [answer]
  }

  // MARK: Near the plan

  /// The plan with a table whole in one place.
  private func moving(table name: String, to site: String) -> PlanDocument? {
    guard let index = plan.tables.firstIndex(where: { $0.name == name }),
      let table = model.graph.embeddingTables.first(where: { $0.name == name })
    else { return nil }
    var moved = one.plan
    moved.tables[index].split = .whole
    moved.tables[index].shards = [
      .init(site: site, firstRow: 0, rows: table.rows, firstColumn: 0, columns: table.dimension, bytes: 0)
    ]
    return moved
  }

  /// The plan with an operator in another place.
  private func moving(operator name: String, to site: String) -> PlanDocument? {
    var moved = one.plan
    for index in moved.partitions.indices { moved.partitions[index].operators.removeAll { $0 == name } }
    let id = (moved.partitions.map(\.id).max() ?? -1) + 1
    moved.partitions.append(
      .init(id: id, site: site, role: .dense, level: 0, operators: [name], coreSeconds: 0, dramSeconds: 0))
    return moved
  }

  // MARK: Limits

  private static let nearEnd = 0.9

  private func limits(of subject: Explanation.Subject) -> [Explanation.Limit] {
    var limits: [Explanation.Limit] = []
    func concerns(_ device: String) -> Bool {
      if case .card(let given) = subject {
        let name = plan.system.member(named: given)?.name ?? given
        return device == name || device.hasPrefix(name + ".")
      }
      return true
    }
    let asksCard = if case .card = subject { true } else { false }
    if predicted.bottleneckSeconds > 0 {
      for load in predicted.loads where concerns(load.resource) {
        let share = load.seconds / predicted.bottleneckSeconds
        if share >= (asksCard ? 0.001 : Self.nearEnd) {
          limits.append(.init(kind: .load, name: load.resource, share: share))
        }
      }
    }
    for memory in predicted.memory where memory.capacityBytes > 0 && concerns(memory.device) {
      let share = Double(memory.usedBytes) / Double(memory.capacityBytes)
      if asksCard || share >= Self.nearEnd {
        limits.append(.init(kind: .memory, name: memory.device, share: share))
      }
    }
    if let budget = plan.latencyBudgetSeconds, budget.isFinite, budget > 0, !asksCard {
      limits.append(.init(kind: .latencyBudget, name: "one batch", share: predicted.latencySeconds / budget))
    }
    // Those of one kind with the largest share first.
    let kinds: [Explanation.Limit.Kind] = [.load, .memory, .latencyBudget]
    return kinds.flatMap { kind in
      limits.enumerated().filter { $0.element.kind == kind }
        .sorted { ($1.element.share, $0.offset) < ($0.element.share, $1.offset) }.map(\.element)
    }
  }

  private func unknown(_ kind: String, _ name: String, _ known: [String]) -> PartitionError {
    if let parts = plan.model.hot, parts.contains(where: { $0.table == name }) {
      let names = HotPart.names(of: name)
      return PartitionError(
        .usage,
        "table '\(NameText.shown(name))' is split by heat; ask about '\(NameText.shown(names.hot))' or '\(NameText.shown(names.cold))'"
      )
    }
    let near = known.map { ($0, EditDistance.between(Array(name), Array($0))) }.min { $0.1 < $1.1 }
    let hint =
      near.flatMap { $0.1 <= max(2, name.count / 4) ? "; did you mean '\($0.0)'?" : nil }
      ?? "; it has \(known.count), such as \(known.prefix(3).map { "'\($0)'" }.joined(separator: ", "))"
    return PartitionError(.usage, "the plan has no \(kind) '\(NameText.shown(name))'" + hint)
  }
}
