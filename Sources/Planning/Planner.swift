import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Chooses how to plan a model and answers its placement with a proven bound.
public enum Planner {
  /// - Throws: ``PlanningFailure``; `infeasible` only when it is proven.
  public static func plan(_ task: PlanningTask) throws(PlanningFailure) -> PlannedModel {
    try plan(task, clock: SearchClock(task.search))
  }

  /// - Parameter clock: of the search that this is a part of.
  static func plan(_ task: PlanningTask, clock: SearchClock) throws(PlanningFailure) -> PlannedModel {
    let first = task.start.map { Candidate($0, task: task) }
    do {
      var planned = try planWithinBudget(task, clock: clock)
      if let first, first.isBetter(than: Candidate(planned.placement, task: task), for: task) {
        planned.placement = first.placement
        planned.notes = ["the plan to start from was not improved"]
      }
      return planned
    } catch {
      if case .refused = error { throw error }
      guard let first, first.fits else { throw error }
      return PlannedModel(
        placement: first.placement, bound: 0, provedBy: "nothing", scope: "no other placement was found",
        notes: ["the plan to start from was not improved"])
    }
  }

  /// A plan, and where it exceeds the latency budget one of shorter latency if there is one.
  private static func planWithinBudget(
    _ task: PlanningTask, clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    var planned = try route(task, clock: clock)
    guard task.objective != .latency, !meetsBudget(planned, task) else { return planned }
    var shortest = task
    shortest.objective = .latency
    if let other = try? route(shortest, clock: clock), seconds(other, task) < seconds(planned, task) {
      // The bound stays: it ranges over the same placements.
      planned.placement = other.placement
      planned.notes = other.notes + ["the plan of shortest latency, because others exceed the latency budget"]
    }
    return planned
  }

  private static func meetsBudget(_ planned: PlannedModel, _ task: PlanningTask) -> Bool {
    task.latencyBudgetMilliseconds == nil || task.meetsBudget(seconds(planned, task))
  }

  /// Of one batch.
  private static func seconds(_ planned: PlannedModel, _ task: PlanningTask) -> Double {
    Candidate(planned.placement, task: task).loads.latencySeconds
  }

  private static func route(
    _ task: PlanningTask, clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    try task.rules.isEmpty ? planWithoutRules(task, clock: clock) : planWithRules(task, clock: clock)
  }

  private static func planWithoutRules(
    _ task: PlanningTask, clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    let replicated = NetSplitPlanner(task: task)
    if !replicated.needsSingleCards {
      if replicated.fitsEveryCard() { return try planCopies(replicated, clock: clock) }
      if !task.graph.embeddingTables.isEmpty, replicated.denseFitsEveryCard() {
        return try ShardingPlanner(task: task, clock: clock).plan()
      }
    }
    return try PipelinePlanner(task: task, replicated: replicated, clock: clock).plan()
  }

  /// Copies on every card, and where tables keep that from being proven near the best, tables over cards as well: there
  /// tables choose among more sites and operators among fewer.
  private static func planCopies(
    _ replicated: NetSplitPlanner, clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    let task = replicated.task
    guard !task.graph.embeddingTables.isEmpty, task.objective != .latency else {
      return try replicated.plan(clock: clock)
    }
    var loose = replicated
    loose.task.search.gap = max(task.search.gap, looseGap)
    let copies = try loose.plan(clock: clock)
    let candidate = Candidate(copies.placement, task: task)
    let value = candidate.value(task.objective)
    if value - copies.bound <= task.search.gap * value { return copies }
    if let spread = try? ShardingPlanner(task: task, clock: clock).plan(),
      Candidate(spread.placement, task: task).isBetter(than: candidate, for: task)
    {
      return spread
    }
    return task.search.gap < looseGap ? try replicated.plan(clock: clock) : copies
  }

  /// The gap that copies of everything are first planned with.
  private static let looseGap = 0.01

  /// The first way to plan that gives a plan: copies on every card, tables over cards, single cards.
  ///
  /// Each way proves only that it has no plan itself, so their failure together is no proof.
  private static func planWithRules(
    _ task: PlanningTask, clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    let replicated = NetSplitPlanner(task: task)
    let hasTables = !task.graph.embeddingTables.isEmpty
    // What counts, or keeps apart, has more room on single cards.
    let needsCards =
      replicated.needsSingleCards || replicated.rulesWantSingleCards
      || (!hasTables && !task.rules.apart.isEmpty)
    let tablesWantCards =
      task.rules.tableSites.contains { !$0.host && !$0.everyCard }
      || (hasTables && !(task.rules.apart.isEmpty && task.rules.counts.isEmpty))
    if !needsCards, !tablesWantCards, replicated.fitsEveryCard(),
      let planned = try unlessNone({ () throws(PlanningFailure) in try replicated.plan(clock: clock) })
    {
      return planned
    }
    if !needsCards, hasTables, replicated.denseFitsEveryCard(),
      let planned = try unlessNone({ () throws(PlanningFailure) in
        try ShardingPlanner(task: task, clock: clock).plan()
      })
    {
      return planned
    }
    if let planned = try unlessNone({ () throws(PlanningFailure) in
      try PipelinePlanner(task: task, replicated: replicated, clock: clock).plan()
    }) {
      return planned
    }
    let proofs = RuleConflicts(task: task, units: replicated.units).proofs()
    if !proofs.isEmpty { throw .infeasible(proofs) }
    let shortage = MemoryShortage(task: task, units: replicated.units, kinds: replicated.kinds)
    throw .noneFound(
      ["no plan was found that keeps the rules"] + (shortage.isShort ? shortage.reasons() : []))
  }

  private static func unlessNone(
    _ plan: () throws(PlanningFailure) -> PlannedModel
  ) throws(PlanningFailure) -> PlannedModel? {
    do { return try plan() } catch {
      switch error {
      case .infeasible, .noneFound: return nil
      case .limit, .refused: throw error
      }
    }
  }
}
