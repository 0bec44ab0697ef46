import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans models of which every card can hold a whole copy: each unit runs on the host or on every card.
///
/// Cards enter as one device whose lanes carry each kind's share of the load, so the problem has two devices and
/// `NetSplit` solves it exactly. Where cards are alike, its optimum also bounds every placement that pins a unit to one
/// card or splits a table: such a placement loads the cards no less in sum, and the largest load is at least the average.
struct NetSplitPlanner {
  var task: PlanningTask
  let kinds: CardKinds
  let units: ModelUnits
  let flows: ModelFlows
  /// By card kind: the part of all requests that one card of the kind serves.
  let share: [Double]

  init(task: PlanningTask) {
    self.task = task
    kinds = CardKinds(system: task.system)
    units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    flows = ModelFlows(task: task, units: units)
    let shares = ReplicaShares.shares(
      graph: task.graph, cards: Array(task.system.cards.indices), costs: task.costs)
    share = kinds.representatives.map { shares[$0] }
  }

  /// Whether some cards run an operator that others do not, so that a copy on every card is not the only way.
  var needsSingleCards: Bool {
    units.units.contains { !$0.isSupportedOnCards && $0.supportingKinds.contains(true) }
  }

  /// Whether rules forbid an operator copies on every card but leave it single ones.
  var rulesWantSingleCards: Bool {
    units.units.contains { unit in
      let sites = task.rules.sites(of: unit.operators)
      return unit.supportingKinds.contains(true) && !sites.everyCard && sites.cards.contains(true)
    }
  }

  /// Offers the plans that it finds.
  ///
  /// - Returns: A bound on the objective of every placement in `scope`.
  func plan(
    clock: SearchClock, into incumbents: inout Incumbents
  ) throws(PlanningFailure) -> Proof {
    let onHost = Candidate(placement(of: nil), task: task)
    incumbents.offer(onHost)
    var best: Candidate? = onHost.fits ? onHost : nil
    let proof =
      task.objective == .throughput
      ? try leastBottleneck(clock: clock, &best, &incumbents)
      : try leastBlend(task.objective, clock: clock, &best, &incumbents)
    return Proof(
      bound: proof.bound, provedBy: proof.provedBy,
      scope: scope(of: task.objective, isOfCopies: proof.isOfCopies))
  }

  private func leastBottleneck(
    clock: SearchClock, _ best: inout Candidate?, _ incumbents: inout Incumbents
  ) throws(PlanningFailure) -> Value {
    var proof = Value(nil, orOnHost: leastOnHost(.throughput))
    for attempt in Self.attempts where attempt.isForProof || !isProven(best, proof) {
      let problem = problem(attempt.purpose, turns: attempt.turns)
      // Rules can leave a unit no option: then this kind of plan does not exist.
      if problem.units.contains(where: \.options.isEmpty) { continue }
      let solution = try solve(
        problem, clock: attempt.isForProof ? clock : clock.half,
        sufficientBound: attempt.isForProof ? enough(best) : nil)
      consider(solution, spansCards: attempt.purpose == .bound, clock, &best, &incumbents)
      if attempt.isForProof { proof = Value(solution, orOnHost: leastOnHost(.throughput)) }
    }
    return try divided(proof, clock: clock, &best, &incumbents) { problem, enough throws(PlanningFailure) in
      try solve(problem, clock: clock.part(Self.divisionShare), sufficientBound: enough)
    }
  }

  /// One problem to solve on the way to a plan.
  private struct Attempt {
    var purpose: Purpose
    var turns: Turns
    /// Whether its bound holds for every placement.
    var isForProof = false
  }

  /// A plan of few turns, the bound over any number of them with the plan that it has, and further plans while the gap is open.
  private static let attempts = [
    Attempt(purpose: .plan, turns: .fewest),
    Attempt(purpose: .bound, turns: .any, isForProof: true),
    Attempt(purpose: .bound, turns: .fewest),
    Attempt(purpose: .plan, turns: .any),
    Attempt(purpose: .planWithoutCommands, turns: .fewest),
  ]

  /// The least energy, or the least time of a request whose parts follow one another.
  private func leastBlend(
    _ objective: PlanObjective, clock: SearchClock, _ best: inout Candidate?,
    _ incumbents: inout Incumbents
  ) throws(PlanningFailure) -> Value {
    var proof = Value(nil, orOnHost: leastOnHost(objective))
    func blended(
      _ problem: Problem, _ clock: SearchClock, enough: Double? = nil
    ) throws(PlanningFailure) -> Solution {
      do {
        var options = task.search(clock, gap: task.search.gap / 2)
        options.sufficientBound = enough
        let solution = try NetSplit.solve(problem, blend: blend(objective), options: options)
        clock.spend(solution.certificate.ticks)
        return solution
      } catch {
        throw .refused("\(error)")
      }
    }
    for purpose in Purpose.allCases {
      if purpose == .planWithoutCommands, best != nil { continue }
      let problem = problem(purpose, turns: purpose == .bound ? .any : .fewest)
      if problem.units.contains(where: \.options.isEmpty) { continue }
      let solution = try blended(problem, purpose == .bound ? clock : clock.half)
      consider(solution, spansCards: purpose == .bound, clock, &best, &incumbents)
      if purpose == .bound { proof = Value(solution, orOnHost: leastOnHost(objective)) }
    }
    // The time of one request after another is the same however cores are divided.
    guard objective == .energy else { return proof }
    return try divided(proof, clock: clock, &best, &incumbents) { problem, enough throws(PlanningFailure) in
      try blended(problem, clock.part(Self.divisionShare), enough: enough)
    }
  }

  func consider(
    _ solution: Solution, spansCards: Bool, sparseCores: Int = 0, _ clock: SearchClock,
    _ best: inout Candidate?, _ incumbents: inout Incumbents
  ) {
    guard let assignment = solution.assignment else { return }
    var placement = placement(of: assignment, spansCards: spansCards)
    placement.sparseCores = placement.sparseCores.map { _ in sparseCores }
    let isOfUse = { [best, incumbents] (plan: Candidate) in
      incumbents.wouldTake(plan) || plan.isBetter(than: best, for: task)
    }
    guard let candidate = Candidate.accepted(placement, task: task, where: isOfUse) else { return }
    incumbents.offer(candidate)
    incumbents.report(to: clock)
    if candidate.isBetter(than: best, for: task) { best = candidate }
  }

  /// Watts for energy: idle power of host and cards through the period, and what busy cores add. Seconds of one request for
  /// latency, on the kind of card that takes longest.
  ///
  /// - Parameter isForFewer: Whether it is to hold for energy on fewer cards as well: each is on while it is busy at least.
  func blend(_ objective: PlanObjective, isForFewer: Bool = false) -> NetSplit.Blend {
    let lanes = 4 + kinds.representatives.count * Self.lanesPerKind
    var blend = NetSplit.Blend(
      bottleneck: 0, loads: Array(repeating: Array(repeating: 0, count: lanes), count: 2))
    let host = task.system.host.processor
    switch objective {
    case .throughput: blend.bottleneck = 1
    case .energy:
      blend.bottleneck = isForFewer ? host.idleWatts : task.idleWatts
      blend.loads[0][0] = max(0, host.busyWatts - host.idleWatts)
      for (kind, card) in kinds.representatives.enumerated() {
        let processor = task.system.cards[card].processor
        // With cores apart a card is busy as long as the longer of its two groups: at least for dense operators.
        blend.loads[1][lane(kind, setsCoresApart ? Self.denseLane : 0)] =
          Double(kinds.counts[kind])
          * (isForFewer ? processor.busyWatts : max(0, processor.busyWatts - processor.idleWatts))
      }
    case .latency:
      blend.loads[0][0] = 1
      // The smallest share of the requests is the slowest card's.
      guard let kind = share.indices.min(by: { share[$0] < share[$1] }), share[kind] > 0 else { break }
      for offset in [0, 2, 3] { blend.loads[1][lane(kind, offset)] = 1 / share[kind] }
    }
    return blend
  }

  /// A bound on the energy of copies on the first of the cards, however many, where they are alike.
  func leastEnergyOnFewer(clock: SearchClock) throws(PlanningFailure) -> Double {
    let problem = problem(.bound, turns: .any)
    guard !problem.units.contains(where: \.options.isEmpty) else { return 0 }
    do {
      let certificate = try NetSplit.solve(
        problem, blend: blend(.energy, isForFewer: true),
        options: task.search(clock, gap: task.search.gap / 2)
      ).certificate
      clock.spend(certificate.ticks)
      return min(certificate.bound, leastOnHost(.energy))
    } catch {
      throw .refused("\(error)")
    }
  }

  /// A bound on the bottleneck of every placement on the host, single cards and every card, in any order.
  ///
  /// Requires alike cards. A placement loads the cards no less in sum than its image here, where one device stands
  /// for all of them with a part of each load, and it fits all their memory together.
  func pooledProof(clock: SearchClock) throws(PlanningFailure) -> Proof {
    var problem = problem(.bound, turns: .any)
    problem.devices[1].memory = task.system.cards.reduce(0) { $0 + Double($1.usableBytes) }
    let certificate = try solve(problem, clock: clock, sufficientBound: nil).certificate
    let tables = task.graph.embeddingTables.isEmpty ? "" : " and its embedding tables"
    return Proof(
      bound: min(
        certificate.status == .infeasible ? .infinity : certificate.bound, leastOnHost(.throughput)),
      provedBy: "\(certificate.provedBy.rawValue) on the cards taken as one",
      scope:
        "every placement of the model's \(units.units.count) units (an operator with what is fused into it)"
        + "\(tables) on the host, one card or every card\(task.rules.scope)")
  }

  /// The objective of everything on the host, in the precision that is best there; infinite where a rule or the memory
  /// rules that out. The problems charge commands that such a placement does not have.
  func leastOnHost(_ objective: PlanObjective) -> Double {
    let isRuledOut =
      units.units.contains { !task.rules.sites(of: $0.operators).host }
      || task.rules.tableSites.contains { !$0.host }
    guard !isRuledOut else { return .infinity }
    var least = Double.infinity
    for precision in task.graph.embeddingTables.isEmpty ? [.int8] : task.tablePrecisions {
      var placement = placement(of: nil)
      for table in placement.tables.indices {
        placement.tables[table].format = TableFormat(precision: precision)
      }
      let candidate = Candidate(placement, task: task)
      if candidate.excessBytes.allSatisfy({ $0 <= 0 }) {
        least = min(least, candidate.value(objective))
      }
    }
    return least
  }

  /// Of the task's objective, from a bound on the bottleneck.
  func objectiveBound(bottleneck: Double) -> Double {
    ObjectiveBound(task: task, units: units, kinds: kinds, share: share)
      .bound(bottleneck: bottleneck, onHost: Candidate(placement(of: nil), task: task))
  }

  private func scope(of objective: PlanObjective, isOfCopies: Bool) -> String {
    let areAlike = kinds.representatives.count == 1
    let unlike = areAlike ? "" : ", with requests shared in proportion to the cards' speed"
    let model =
      "every placement of the model's \(units.units.count) units (an operator with what is fused into it)"
      + (task.graph.embeddingTables.isEmpty ? "" : " and its embedding tables")
    return
      "\(model) on the host\(objective == .throughput && areAlike && !isOfCopies ? ", one card" : "") or every card"
      + "\(unlike)\(task.rules.scope)"
  }

  private func solve(
    _ problem: Problem, clock: SearchClock, sufficientBound: Double?
  ) throws(PlanningFailure) -> Solution {
    var options = task.search(clock, gap: task.search.gap * 0.9)
    options.sufficientBound = sufficientBound
    do {
      let solution = try Optimizer.solve(problem, options: options)
      clock.spend(solution.certificate.ticks)
      return solution
    } catch {
      throw .refused("\(error)")
    }
  }

  // MARK: Placement

  /// The placement an assignment stands for; `nil` puts everything on the host.
  private func placement(of assignment: Assignment?, spansCards: Bool = false) -> ModelPlacement {
    var operators = Array(repeating: PlacementSite.host, count: task.graph.operators.count)
    for (index, unit) in units.units.enumerated() {
      guard let assignment, assignment.choices[flows.index(ofUnit: index)].devices == [1] else { continue }
      for op in unit.operators { operators[op.index] = .everyCard }
    }
    let tables = task.graph.embeddingTables.enumerated().map { index, table in
      var site = PlacementSite.host
      var precision = task.tablePrecisions[0]
      if let choice = assignment?.choices[flows.index(ofTable: index)] {
        site = choice.devices == [1] ? .everyCard : .host
        let perSide = tableEntry(index, spansCards: spansCards).options
        let name = perSide[choice.option].name
        precision = task.tablePrecisions.first { name.hasSuffix(" \($0.rawValue)") } ?? precision
      }
      return TablePlacement(
        format: TableFormat(precision: precision), split: .whole,
        shards: [.init(site: site, rows: 0..<table.rows, columns: 0..<table.dimension)])
    }
    return ModelPlacement(
      operators: operators, tables: tables, sparseCores: task.system.cards.map { _ in 0 }, groups: task.groups
    )
  }
}
