import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans within an accuracy budget.
///
/// A plan without the budget comes first: if it keeps it, it is the answer, and what is proven of it holds for fewer placements too.
/// Else a knapsack says which tables may be stored how narrowly, so that every plan of those precisions is within the budget, and the
/// question is planned with these alone: a heuristic. Knapsacks differ in what they save: bytes, bytes of tables that the plan
/// without the budget stores narrowly, traffic; then what the best plan left unused goes to other tables. Where tables are few, all
/// choices that leave no room are tried.
///
/// Bounds are those of the question without the budget, and of prices with the budget as one more row: see `PlacementRelaxation`.
struct AccuracyPlanner {
  private let task: PlanningTask
  private let budget: AccuracyBudget
  private let clock: SearchClock
  /// By table: precisions that lose no more than each level does, by growing loss.
  private let levels: [[[Precision]]]

  /// Of all work, for the plan without the budget.
  private static let freeShare = 0.4
  /// Choices that are planned with where all are listed, and rounds of giving away what was not used.
  private static let mostListed = 8
  private static let listedFrom = 64
  private static let rounds = 2

  init(_ task: PlanningTask, budget: AccuracyBudget, clock: SearchClock) {
    self.task = task
    self.budget = budget
    self.clock = clock
    levels = task.graph.embeddingTables.indices.map { table in
      func loss(_ precision: Precision) -> Double { budget.errors.weighted(table, in: precision) }
      let losses = Set(task.tablePrecisions.map(loss)).sorted()
      return losses.map { most in task.tablePrecisions.filter { loss($0) <= most } }
    }
  }

  /// - Parameter known: the plan without the budget, where it is at hand.
  func plan(without known: PlannedModel? = nil) throws(PlanningFailure) -> PlannedModel {
    guard let first = limits(saving: bytes) else { throw .infeasible([tooSmall]) }
    var free = task
    free.accuracy = nil
    let loose: PlannedModel
    if let known {
      loose = known
    } else {
      loose = try Planner.planAsTold(free, clock: clock.part(Self.freeShare))
    }
    guard !budget.allows(loose.placement) else { return loose }
    var best: PlannedModel?
    var tried: [[[Precision]]] = []
    func attempt(_ limits: [[Precision]]) {
      guard !tried.contains(limits), !(clock.isOver && best != nil) else { return }
      tried.append(limits)
      var part = task
      part.rules = task.rules.limitingTables(to: limits)
      guard let planned = try? Planner.planAsTold(part, clock: clock.half) else { return }
      if best.map({ candidate(planned).isBetter(than: candidate($0), for: task) }) ?? true { best = planned }
    }
    for limits in everyChoice ?? [first] { attempt(limits) }
    let narrow = zip(loose.placement.tables.indices, loose.placement.tables).map { table, entry in
      levels[table].first.map { !$0.contains(entry.format.precision) } ?? false
    }
    let measures: [Measure] = [{ narrow[$0] ? bytes($0, $1) : bytes($0, $1) / 16 }, traffic]
    for measure in measures {
      if let limits = limits(saving: measure) { attempt(limits) }
    }
    for _ in 0..<Self.rounds {
      guard let placement = best?.placement, let limits = limits(saving: unused(placement)) else { break }
      attempt(limits)
    }
    guard let best else { throw .noneFound([noneFound(loose)]) }
    return proven(best, loose)
  }

  private func candidate(_ planned: PlannedModel) -> Candidate {
    Candidate(planned.placement, task: task.with(requestsInFlight: planned.requestsInFlight))
  }

  // MARK: Which tables may be narrow

  /// What a table in a precision takes: bytes that the knapsack is to save.
  private typealias Measure = (Int, Precision) -> Double

  private func bytes(_ table: Int, _ precision: Precision) -> Double {
    Double(task.costs.tableBytes(table, format: TableFormat(precision: precision)))
  }

  private func traffic(_ table: Int, _ precision: Precision) -> Double {
    let entry = task.graph.embeddingTables[table]
    let row = TableFormat(precision: precision).rowBytes(dimension: entry.dimension)
    return entry.averageLookups * Double(row)
  }

  /// Tables that a plan stores as narrowly as they may be are kept so; others, which did not need it, come last.
  private func unused(_ placement: ModelPlacement) -> Measure {
    { table, precision in
      let own = placement.tables[table].format.precision
      let isWide = levels[table].first?.contains(own) ?? true
      return isWide ? bytes(table, precision) : bytes(table, precision) * 1e6
    }
  }

  /// By table: the precisions that are left; `nil` where the budget allows none.
  private func limits(saving measure: Measure) -> [[Precision]]? {
    let knapsack = PrecisionKnapsack(
      tables: levels.enumerated().map { table, levels in
        levels.map { precisions in
          .init(loss: loss(table, precisions), saved: -(precisions.map { measure(table, $0) }.min() ?? 0))
        }
      }, limit: budget.limit)
    return knapsack.choice().map { zip(levels, $0).map { $0[$1] } }
  }

  private func loss(_ table: Int, _ precisions: [Precision]) -> Double {
    precisions.reduce(0) { max($0, budget.errors.weighted(table, in: $1)) }
  }

  /// All choices to which nothing can be added, where they are few.
  private var everyChoice: [[[Precision]]]? {
    var choices: [[Int]] = [[]]
    for levels in levels {
      choices = choices.flatMap { choice in levels.indices.map { choice + [$0] } }
      guard choices.count <= Self.listedFrom else { return nil }
    }
    func isAllowed(_ choice: [Int]) -> Bool {
      budget.allows(choice.indices.reduce(0) { $0 + loss($1, levels[$1][choice[$1]]) })
    }
    let allowed = choices.filter(isAllowed)
    let full = allowed.filter { choice in
      !choice.indices.contains { table in
        var more = choice
        more[table] += 1
        return more[table] < levels[table].count && isAllowed(more)
      }
    }
    guard full.count <= Self.mostListed else { return nil }
    return full.map { choice in zip(levels, choice).map { $0[$1] } }
  }

  // MARK: What is proven

  private func proven(_ best: PlannedModel, _ loose: PlannedModel) -> PlannedModel {
    var planned = best
    let value = candidate(best).value(task.objective)
    (planned.bound, planned.provedBy, planned.priceProof) = (loose.bound, loose.provedBy, loose.priceProof)
    planned.scope = loose.scope + ", within the accuracy budget or not"
    planned.defect = nil
    if planned.bound > value * (1 + 1e-9) {
      // A kind of placement that did not seem likely without the budget.
      planned.bound = loose.priceProof?.bound ?? 0
      planned.provedBy = "prices of resources"
      planned.scope = "every placement that the check accepts\(task.rules.scope)"
    }
    // With the budget as one more row.
    if let known = loose.priceProof,
      let prices = ScopeFreeBound.prices(
        task, like: known, enough: value * (1 - task.search.gap), clock: clock),
      prices.bound <= value * (1 + 1e-9)
    {
      if prices.bound >= loose.priceProof?.bound ?? 0 { planned.priceProof = prices }
      if prices.bound > planned.bound {
        planned.bound = prices.bound
        planned.provedBy = "prices of resources and of accuracy"
        planned.scope =
          "every placement within the accuracy budget that the check accepts\(task.rules.scope)"
      }
    }
    planned.notes.append(worth(loose, value))
    return planned
  }

  // MARK: Words

  private func worth(_ loose: PlannedModel, _ value: Double) -> String {
    let free = candidate(loose).loads.value(of: task.objective)
    let gain = free > 0 ? max(0, ((value / free - 1) * 1000).rounded() / 10) : 0
    return
      "tables are within an accuracy budget of \(percentage(budget.limit)): without it the plan would be \(gain) % better "
      + "and lose \(percentage(error(loose)))"
  }

  private func error(_ planned: PlannedModel) -> Double {
    budget.errors.total(of: planned.placement.tables.map(\.format.precision))
  }

  private func percentage(_ value: Double) -> String { ErrorText.percent(value) }

  private var tooSmall: String {
    let least = levels.enumerated().reduce(0) { $0 + loss($1.offset, $1.element[0]) }
    return
      "the accuracy budget is \(percentage(budget.limit)), and the tables lose \(percentage(least)) in the best of the precisions "
      + "allowed (\(task.tablePrecisions.map(\.rawValue).joined(separator: ", "))); allow wider ones (--table-precision), or more loss"
  }

  private func noneFound(_ loose: PlannedModel) -> String {
    "no plan was found within the accuracy budget of \(percentage(budget.limit)); without it there is one that loses "
      + percentage(error(loose))
  }
}
