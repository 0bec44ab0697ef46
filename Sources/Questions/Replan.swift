import Partitioner
import Reporting
import Rules

/// The best plan that moves few bytes when the machine, the model or the rate has changed.
public struct Replan: Sendable, Encodable {
  /// One plan, and what it takes to get there.
  public struct Candidate: Sendable {
    public var plan: PlanDocument
    public var moves: Moves
    /// Part of the tables' bytes that had to stay where they are.
    public var kept: Double

    /// Batches a second, of mixed lengths where those vary.
    var rate: Double { plan.predictedOfMixture.throughputPerSecond }
  }

  /// A candidate of the frontier in figures.
  public struct Point: Sendable, Encodable {
    public var kept: Double
    /// Seconds or joules of a batch.
    public var objective: Double
    public var batchesPerSecond: Double
    public var movedBytes: Int
    public var moveSeconds: Double
    public var isChosen: Bool
  }

  /// From few bytes moved to many; none is worse in both.
  public var frontier: [Point]
  public var moves: Moves
  /// The plan that was chosen; not part of the encoding.
  public let plan: PlanDocument
  /// Whether it serves the rate that was asked for; absent where none was.
  public var servesRate: Bool?

  enum CodingKeys: String, CodingKey { case frontier, moves, servesRate }

  /// What has changed.
  public struct Change: Sendable {
    public var system: System?
    public var model: Model?
    /// Batches a second that have to be served.
    public var rate: Double?

    public init(system: System? = nil, model: Model? = nil, rate: Double? = nil) {
      self.system = system
      self.model = model
      self.rate = rate
    }
  }

  /// Parts of the tables' bytes that stay, tried one after the other.
  private static let kept = [1.0, 0.9, 0.7, 0.4, 0]

  /// - Parameters:
  ///   - moveWeight: what a gigabyte moved has to gain, as a share of the best objective.
  ///   - work: of each solve.
  ///   - lengths: loads the model at other lengths, as it is after the change, for a plan with padding buckets.
  /// - Throws: `infeasible` where no plan exists after the change.
  public init(
    _ old: PlanDocument, model: Model, change: Change, moveWeight: Double = 0.001,
    work: WorkBudget = WorkBudget(effort: 0.2), lengths: LengthLoader? = nil,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: ((String) -> Void)? = nil
  ) throws(PartitionError) {
    let model = model.asPlanned(in: old)
    let target = (change.model ?? model).asPlanned(in: old)
    let system = change.system ?? old.system
    var again = PlanAgain(old, model: target, work: work, lengths: lengths, isCancelled: isCancelled)
    var candidates: [Candidate] = []
    var reason = ""
    for share in Self.kept {
      progress?("\(Int(share * 100)) % of the tables stay")
      let pins = Self.pins(old, target, system, share: share)
      if share > 0, pins.isEmpty { continue }
      func solve(layers: [PlanDocument.LayerEntry]?) throws(PartitionError) -> PlanAgain.Answer {
        try again.solve(on: system, isStartOfSameModel: change.model == nil || !candidates.isEmpty) {
          $0.rules.rules += pins
          $0.toldLayers = layers
        }
      }
      // Weights in another precision would have to be loaded again.
      var answer = try solve(layers: old.layers)
      if case .none = answer, old.layers != nil { answer = try solve(layers: nil) }
      switch answer {
      case .plan(let plan):
        let moves = Moves(from: (old, model), to: (plan, target))
        candidates.append(Candidate(plan: plan, moves: moves, kept: share))
        // The next begins with it, free of the rules that kept tables in place.
        var next = plan
        next.request.rules = old.request.rules
        again = again.beginning(with: next)
      case .none(let why): reason = why
      }
    }
    if let free = candidates.last, free.kept == 0 {
      for index in candidates.indices.dropLast() {
        candidates[index].plan = Self.unruled(candidates[index].plan, free.plan, target)
      }
    }
    let front = Self.front(candidates)
    let best = front.map { PlanAgain.objective($0.plan) }.min() ?? 0
    func score(_ candidate: Candidate) -> Double {
      let loss = best > 0 ? PlanAgain.objective(candidate.plan) / best : 1
      return loss + moveWeight * Double(candidate.moves.bytes) / 1e9
    }
    var chosen = front.min { score($0) < score($1) }
    if let rate = change.rate {
      // The fewest bytes that serve it, else the fastest.
      chosen = front.first { $0.rate >= rate } ?? front.max { $0.rate < $1.rate }
    }
    guard let chosen else { throw PartitionError(.infeasible, "no plan exists after the change: \(reason)") }
    plan = chosen.plan
    moves = chosen.moves
    servesRate = change.rate.map { chosen.rate >= $0 }
    frontier = front.map { candidate in
      Point(
        kept: candidate.kept, objective: PlanAgain.objective(candidate.plan),
        batchesPerSecond: candidate.rate, movedBytes: candidate.moves.bytes,
        moveSeconds: candidate.moves.seconds,
        isChosen: candidate.kept == chosen.kept)
    }
  }

  /// A plan without the rules that kept tables in place, which are no wish of the user's, with the bound of the plan that was
  /// free; the plan as it is, with its rules, where that bound does not confirm.
  private static func unruled(_ plan: PlanDocument, _ free: PlanDocument, _ model: Model) -> PlanDocument {
    var unruled = plan.bounded(as: free)
    for index in unruled.buckets?.buckets.indices ?? 0..<0 {
      let bucket = unruled.buckets?.buckets[index]
      // Of a bucket that the other does not have nothing is proven.
      guard let own = bucket?.plan else { continue }
      let other = free.buckets?.buckets.first { $0.longest == bucket?.longest }.map { $0.plan ?? free }
      unruled.buckets?.buckets[index].plan = other.map(own.bounded) ?? own.unproven(rules: free.request.rules)
    }
    return Partitioner.check(unruled, model: model).isEmpty ? unruled : plan
  }

  /// Those that no other beats in both, from few bytes to many.
  private static func front(_ candidates: [Candidate]) -> [Candidate] {
    let sorted = candidates.enumerated().sorted { a, b in
      (a.element.moves.bytes, PlanAgain.objective(a.element.plan), a.offset)
        < (b.element.moves.bytes, PlanAgain.objective(b.element.plan), b.offset)
    }.map(\.element)
    var front: [Candidate] = []
    for candidate in sorted
    where front.last.map({ PlanAgain.objective(candidate.plan) < PlanAgain.objective($0.plan) }) ?? true {
      front.append(candidate)
    }
    return front
  }

  /// Rules that keep the largest tables, up to a share of all bytes, where and as they are; those on a lost card are free.
  private static func pins(
    _ old: PlanDocument, _ model: Model, _ system: System, share: Double
  ) -> [PlacementRules.Rule] {
    guard share > 0 else { return [] }
    let devices = Set(["host", "every card"] + system.cards.map(\.name))
    let known = Dictionary(model.graph.embeddingTables.map { ($0.name, $0) }) { first, _ in first }
    let staying = old.tables.filter { table in
      guard let new = known[table.name], table.shards.allSatisfy({ devices.contains($0.site) }) else {
        return false
      }
      // Of another size it is another table.
      return table.split != .whole
        || table.shards.allSatisfy { $0.rows == new.rows && $0.columns == new.dimension }
    }
    func bytes(_ table: PlanDocument.TableEntry) -> Int {
      table.shards.reduce(0) { Saturating.sum($0, $1.bytes) }
    }
    let sorted = staying.enumerated().sorted {
      (bytes($1.element), $0.offset) < (bytes($0.element), $1.offset)
    }.map(\.element)
    let most = Double(sorted.reduce(0) { Saturating.sum($0, bytes($1)) }) * share
    var sum = 0.0
    var rules: [PlacementRules.Rule] = []
    for table in sorted {
      sum += Double(bytes(table))
      guard share >= 1 || sum <= most else { continue }
      let sites = table.shards.map(\.site).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      rules.append(.pin(units: [table.name], devices: sites))
      rules.append(.options(units: [table.name], only: ["*\(table.precision.rawValue)"], never: []))
    }
    return rules
  }
}

extension PlanDocument {
  /// The plan with the rules and the bound of another of the same question.
  fileprivate func bounded(as free: PlanDocument) -> PlanDocument {
    var plan = self
    plan.request.rules = free.request.rules
    let objective = certificate.objective
    plan.certificate = free.certificate
    plan.certificate.objective = objective
    plan.certificate.bound = min(free.certificate.bound, objective)
    plan.certificate.gap = objective > 0 ? (objective - plan.certificate.bound) / objective : 0
    if free.certificate.status != .incomplete {
      plan.certificate.status = plan.certificate.gap <= request.requestedGap + 1e-12 ? .proven : .open
    }
    return plan
  }

  /// The plan with other rules, for which nothing is proven.
  fileprivate func unproven(rules: [PlacementRules.Rule]?) -> PlanDocument {
    var plan = self
    plan.request.rules = rules
    guard certificate.status != .incomplete else { return plan }
    plan.certificate.bound = 0
    plan.certificate.gap = certificate.objective > 0 ? 1 : 0
    plan.certificate.status = certificate.objective > 0 ? .open : .proven
    plan.certificate.provedBy = ""
    plan.certificate.priceProof = nil
    return plan
  }
}

extension PlanAgain {
  /// The same question with another plan to begin with.
  func beginning(with plan: PlanDocument) -> PlanAgain {
    PlanAgain(plan, model: model, work: work, lengths: lengths, isCancelled: isCancelled)
  }
}

extension Survival.Loss: CustomStringConvertible {
  public var description: String {
    let budget =
      meetsLatencyBudget.map { $0 ? ", within the latency budget" : ", over the latency budget" } ?? ""
    return
      "after the loss of any one \(NameText.shown(model)) a new plan has \(Figures.number(batchesPerSecond)) batches/s\(budget)"
  }
}

/// What is left of a plan's rate when any one card is lost.
public enum Survival {
  /// The loss of a card of one model.
  public struct Loss: Sendable, Encodable {
    public var model: String
    /// Of the plan that is best then.
    public var batchesPerSecond: Double
    public var meetsLatencyBudget: Bool?
  }

  /// Plans again without a card of each model: alike cards are alike losses.
  ///
  /// - Throws: `infeasible` where no plan exists without one.
  public static func afterLosingAnyCard(
    _ plan: PlanDocument, model: Model, work: WorkBudget = WorkBudget(effort: 0.2),
    lengths: LengthLoader? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(PartitionError) -> [Loss] {
    let again = PlanAgain(plan, model: model, work: work, lengths: lengths, isCancelled: isCancelled)
    var losses: [Loss] = []
    for (index, card) in plan.system.cards.enumerated()
    where plan.system.cards.firstIndex(where: { $0.model == card.model }) == index {
      var system = plan.system
      guard let last = system.cards.lastIndex(where: { $0.model == card.model }) else { continue }
      system.cards.remove(at: last)
      switch try again.solve(on: system) {
      case .plan(let other):
        losses.append(
          Loss(
            model: card.model, batchesPerSecond: other.predictedOfMixture.throughputPerSecond,
            meetsLatencyBudget: other.predictedOfMixture.meetsLatencyBudget))
      case .none(let reason):
        throw PartitionError(
          .infeasible, "the plan does not survive the loss of a \(NameText.shown(card.model)): \(reason)")
      }
    }
    return losses
  }
}
