import CostModel
import Graph
import Hardware
import Plan

/// The decisions of a plan in words: what is where, and what the alternative would cost.
///
/// Every reason is looked up by lowering the alternative.
struct PlanNotes {
  private let task: PlanningTask
  private let incumbents: Incumbents
  private let copies: NetSplitPlanner

  private var units: [ModelUnits.Unit] { copies.units.units }

  init(_ task: PlanningTask, _ incumbents: Incumbents) {
    self.task = task
    self.incumbents = incumbents
    copies = NetSplitPlanner(task: task)
  }

  func notes(_ plan: Candidate) -> [String] {
    let start = plan.placement == task.start ? ["the plan to start from was not improved"] : []
    return start + states + parts(plan) + operatorsOnHost(plan) + tables(plan) + idleCards(plan)
      + costLevers(plan) + keptPrecisions(plan) + inputForms(plan)
  }

  // MARK: Decisions that costs take

  /// What they are worth where everything is as it is planned.
  private func costLevers(_ plan: Candidate) -> [String] {
    let costs = task.costs
    let used: [(Lever, String, Bool)] = [
      (
        .narrowActivations,
        "activations between products in 8 bits are as narrow: this plan with \(wide) throughout",
        costs.hasNarrowActivations
      ),
      (
        .partialTransfers, "index tensors are sent without their padding: this plan with it",
        task.hasTables
      ),
      (
        .commandBatching, "what one partition sends another goes in one command: this plan with one a tensor",
        true
      ),
    ]
    return used.compactMap { lever, words, isUsed in
      guard isUsed, !costs.options.without.contains(lever) else { return nil }
      let without = task.costed { $0.without.insert(lever) }
      let other = Candidate(plan.placement, task: without, followsTurns: false)
      guard other.fits else { return "\(words) would not fit" }
      let value = plan.value(task.objective)
      guard other.value(task.objective) > value * 1.0005 else { return nil }
      let whole = other.loads.leavesTurnsOut ? other.followed(without) : other
      return "\(words): \(figure(whole.value(task.objective))) instead of \(bare(value))"
    }
  }

  /// What it is worth, or costs, that operators on cards are kept in precisions of their own.
  private func keptPrecisions(_ plan: Candidate) -> [String] {
    let kept = KeptPrecision.byOperator(task.costs.options.kept, in: task.graph)
    let onCards = kept.indices.filter { plan.placement.operators[$0] != .host }
    let entries = onCards.compactMap { kept[$0] }
    guard !entries.isEmpty else { return [] }
    let words = Set(entries.map(\.word)).sorted().joined(separator: ", ")
    let count = entries.count == 1 ? "1 operator is" : "\(entries.count) operators are"
    let start =
      "\(count) kept in \(words): this plan with \(task.costs.options.cardMatrixPrecision.rawValue) in their place"
    let other = Candidate(plan.placement, task: task.costed { $0.kept = [] })
    guard other.fits else { return ["\(start) would not fit"] }
    return ["\(start): \(figure(other.value(task.objective))) instead of \(bare(plan.value(task.objective)))"]
  }

  /// What it is worth to send inputs in other forms, where cards make of them what the model reads.
  private func inputForms(_ plan: Candidate) -> [String] {
    let names = Set(task.graph.receivers)
    let onCards = task.graph.operators.indices.filter {
      names.contains(task.graph.operators[$0].name) && plan.placement.operators[$0] != .host
    }
    guard !onCards.isEmpty else {
      return names.isEmpty ? [] : ["inputs that are sent as given with --input are made whole on the host"]
    }
    var placement = plan.placement
    for op in onCards { placement.operators[op] = .host }
    let other = Candidate(placement, task: task)
    let inputs = onCards.count == 1 ? "1 input is" : "\(onCards.count) inputs are"
    return [
      "\(inputs) sent as given with --input and made whole on cards: this plan with that done on the host: "
        + "\(figure(other.value(task.objective))) instead of \(bare(plan.value(task.objective)))"
    ]
  }

  private var wide: String { task.costs.options.cardActivationPrecision.rawValue }

  // MARK: Operators

  private func parts(_ plan: Candidate) -> [String] {
    let cards = singleCards(plan)
    guard cards > 1 else { return [] }
    let operators = units.filter(\.isSupportedOnCards).flatMap(\.operators).sorted()
    let weights = Double(task.costs.weightBytes(of: operators, on: .card(0)))
    let activations = Double(task.costs.activationBytes(of: operators, on: .card(0)))
    let usable = task.system.cards.map { Double($0.usableBytes) }.min() ?? 0
    let reason =
      copies.needsSingleCards
      ? "not every card runs every operator"
      : weights + activations > usable
        ? "a copy on every card would take \(gigabytes(weights)) of constants and \(gigabytes(activations)) of "
          + "activations (\(task.costs.options.requestsInFlight) requests in flight), and a card has \(gigabytes(usable))"
        : "copies on every card were not found to be better"
    return ["\(cards) cards run a part of the model each, one after the other: \(reason)"]
  }

  private func singleCards(_ plan: Candidate) -> Int {
    Set(plan.placement.operators.filter { $0 != .host && $0 != .everyCard }).count
  }

  private func operatorsOnHost(_ plan: Candidate) -> [String] {
    guard !task.system.cards.isEmpty else { return [] }
    let onHost = units.filter { unit in
      unit.operators.allSatisfy { plan.placement.operators[$0.index] == .host }
    }
    let unsupported = onHost.filter { !$0.isSupportedOnCards }.flatMap(\.operators)
      .filter { op in
        task.costs.fusedInto(op) == nil
          && task.system.cards.indices.contains { !task.costs.supports(op, card: $0) }
      }
    let types = Set(unsupported.map { task.graph[$0].type }).sorted()
    var notes =
      types.isEmpty ? [] : ["on the host because a card cannot run them: \(types.joined(separator: ", "))"]
    let moved = onHost.filter(\.isSupportedOnCards)
    if !moved.isEmpty {
      let count = "\(moved.count) further \(moved.count == 1 ? "unit is" : "units are") on the host"
      notes.append(count + (reason(for: moved, plan).map { " \($0)" } ?? ""))
    }
    return notes
  }

  /// What it would cost to have the units on every card as well; `nil` where the plan has no copies to compare with.
  private func reason(for moved: [ModelUnits.Unit], _ plan: Candidate) -> String? {
    guard singleCards(plan) == 0 else { return nil }
    var placement = plan.placement
    for op in moved.flatMap(\.operators) { placement.operators[op.index] = .everyCard }
    func isWorse(_ other: Candidate) -> Bool {
      other.value(task.objective) > plan.value(task.objective) * (1 + 1e-9)
    }
    var other = Candidate(placement, task: task, followsTurns: false)
    if !other.keepsRules {
      switch task.rules.origin {
      case .user: return "because a rule wants it"
      case .accuracyBudget: return "because on cards they would lose more than the accuracy budget"
      }
    }
    if !other.fits { return "because the cards have no room for them" }
    if !isWorse(other), other.loads.leavesTurnsOut { other = Candidate(placement, task: task) }
    guard isWorse(other) else { return "because nothing is gained on the cards" }
    switch task.objective {
    case .throughput:
      return isLink(other.loads.bottleneck)
        ? "because moving their data would cost more"
        : "to share the load: without them a card would be the bottleneck"
    case .latency, .energy:
      let isMore = linkSeconds(other) > linkSeconds(plan) * (1 + 1e-9)
      if isMore { return "because moving their data would cost more" }
      return task.objective == .latency
        ? "because they take less time there" : "because they take less energy there"
    }
  }

  private var linkResources: [Int] {
    let resources = Lowering.resources(of: task.system)
    return resources.indices.filter {
      [.linkIn, .linkOut, .uplinkIn, .uplinkOut, .peerIn, .peerOut].contains(resources[$0].kind)
    }
  }

  private func isLink(_ bottleneck: LoadSummary.Bottleneck?) -> Bool {
    if case .resource(let index) = bottleneck { linkResources.contains(index) } else { false }
  }

  private func linkSeconds(_ plan: Candidate) -> Double {
    linkResources.reduce(0) { $0 + plan.loads.loads[$1] }
  }

  // MARK: Tables

  private func tables(_ plan: Candidate) -> [String] {
    let tables = plan.placement.tables
    var notes = precisions(plan)
    guard !task.system.cards.isEmpty else { return notes }
    let onHost = tables.indices.filter { index in tables[index].shards.contains { $0.site == .host } }
    let unread = onHost.filter { index in
      !task.system.cards.indices.contains {
        task.costs.lookup(table: index, format: tables[index].format, on: .card($0)) != nil
      }
    }
    if !unread.isEmpty {
      notes.append("\(counted(unread.count)) in host memory because no card can look them up")
    }
    if onHost.count > unread.count {
      notes.append(
        "\(counted(onHost.count - unread.count)) in host memory, where the look-ups are cheap enough")
    }
    let copied = tables.count { $0.shards.contains { $0.site == .everyCard } }
    if copied > 0, plan.placement.cardsInUse > 1 {
      notes.append(
        "\(counted(copied)) copied to every card, which saves sending results between cards")
    }
    let split = tables.count { $0.split != .whole }
    if split > 0 { notes.append("\(counted(split)) split over several cards") }
    return notes
  }

  private func counted(_ count: Int) -> String { count == 1 ? "1 table is" : "\(count) tables are" }

  /// What narrow tables are for, and what they would save where they were not taken.
  private func precisions(_ plan: Candidate) -> [String] {
    let rank = incumbents.rank(of: plan)
    let value = plan.value(task.objective)
    if let best = incumbents.best, incumbents.rank(of: best) > rank,
      best.value(task.objective) < value * (1 - 1e-6)
    {
      let gain = (value / best.value(task.objective) - 1) * 1000
      let names = task.tablePrecisions[(rank + 1)...incumbents.rank(of: best)].map(\.rawValue)
      return [
        "tables in \(names.joined(separator: " or ")) would be \(gain.rounded() / 10) % better: narrower precisions are "
          + "taken for more than \(Int(Incumbents.leastGain * 100)) %"
      ]
    }
    guard rank > 0 else { return [] }
    let liked = task.tablePrecisions[..<rank]
    let smaller = plan.placement.tables.filter { !liked.contains($0.format.precision) }
    let names = liked.map(\.rawValue).joined(separator: " and ")
    let precisions = Set(smaller.map(\.format.precision.rawValue)).sorted()
    let head =
      "\(smaller.count) of \(plan.placement.tables.count) tables are stored in \(precisions.joined(separator: ", ")): "
    guard let wider = incumbents.best(upTo: rank - 1) else {
      let bytes = task.graph.embeddingTables.indices.reduce(0.0) {
        $0 + Double(task.costs.tableBytes($1, format: .init(precision: liked[rank - 1])))
      }
      let room = task.system.cards.reduce(Double(task.system.host.usableBytes)) {
        $0 + Double($1.usableBytes)
      }
      return [
        head
          + "in \(names) alone no plan was found that fits (all tables in \(liked[rank - 1].rawValue) take "
          + "\(gigabytes(bytes)); cards and host have \(gigabytes(room)) for everything)"
      ]
    }
    return [head + "\(names) alone: \(figure(wider.value(task.objective))) instead of \(bare(value))"]
  }

  private func figure(_ value: Double) -> String { PlanFigure.words(value, task.objective) }

  private func bare(_ value: Double) -> String { PlanFigure.bare(value, task.objective) }

  // MARK: States

  private var states: [String] {
    let count = task.graph.states.count
    guard count > 0 else { return [] }
    return [
      "\(count == 1 ? "1 state" : "\(count) states") (\(gigabytes(Double(task.graph.stateBytes))) of a request) "
        + "\(count == 1 ? "stays" : "stay") on the device of \(count == 1 ? "its operator" : "their operators")"
    ]
  }

  // MARK: Cards

  private func idleCards(_ plan: Candidate) -> [String] {
    let used = plan.placement.cardsInUse
    let all = task.system.cards.count
    let groups = plan.placement.groups
    if groups > 1 {
      return [
        "\(used) of \(all) cards form \(groups) groups; each holds the whole plan and serves its part of the requests"
      ]
    }
    guard used < all else { return [] }
    var wider = plan.placement
    wider.sparseCores = task.system.cards.map { _ in 0 }
    wider.cards = nil
    let excess = Candidate(wider, task: task).excessBytes
    let names = ["the host"] + task.system.cards.map(\.name)
    let short = excess.indices.first { excess[$0] > 0 }
    let reason =
      short.map { device in
        "with all of them \(names[device]) would lack \(gigabytes(excess[device]))"
      } ?? "no better plan was found with more"
    return ["\(used) of \(all) cards are in use: \(reason)"]
  }
}
