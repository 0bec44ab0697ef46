import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Answers a planning task with the best placement of all ways to plan, and a bound over all of them.
public enum Planner {
  /// - Throws: ``PlanningFailure``; `infeasible` only when it is proven.
  public static func plan(_ task: PlanningTask) throws(PlanningFailure) -> PlannedModel {
    try plan(task, clock: SearchClock(task.search))
  }

  /// - Parameter clock: of the search that this is a part of.
  static func plan(_ task: PlanningTask, clock: SearchClock) throws(PlanningFailure) -> PlannedModel {
    let asked = task.costs.options.requestsInFlight
    do { return try answer(task, clock) } catch {
      switch error {
      case .infeasible, .noneFound: guard task.allowsFewerInFlight, asked > 1 else { throw error }
      case .limit, .refused: throw error
      }
    }
    // The least first: where one request has no room, none has, and where it has, there is an answer.
    var planned = try answer(task.with(requestsInFlight: 1), clock)
    var tooMany = asked
    while tooMany / 2 > 1, !clock.isOver {
      if let more = try? answer(task.with(requestsInFlight: tooMany / 2), clock) {
        planned = more
        break
      }
      tooMany /= 2
    }
    let requests = planned.requestsInFlight == 1 ? "1 request" : "\(planned.requestsInFlight) requests"
    planned.notes.append("\(requests) in flight: with \(tooMany) no plan was found")
    return planned
  }

  private static func answer(
    _ task: PlanningTask, _ clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    let shortage = MemoryShortage(task: task)
    if shortage.isProven { throw .infeasible(shortage.reasons()) }
    var ways = Ways(task, clock: clock)
    ways.run()
    guard let answer = ways.incumbents.answer else { throw failure(&ways, task, shortage) }
    let proof = ways.proof()
    // What no table narrower would change is not in the incumbents, which know plans by their narrowest table.
    let best = Widening(task: task).widened(answer)
    var planned = PlannedModel(
      placement: best.placement, requestsInFlight: task.costs.options.requestsInFlight, bound: proof.bound,
      provedBy: proof.provedBy, scope: proof.scope, notes: PlanNotes(task, ways.incumbents).notes(best))
    planned.priceProof = ways.scopeFree
    let value = best.value(task.objective)
    if proof.bound > value * (1 + 1e-9) {
      planned.bound = 0
      planned.priceProof = nil
      guard best.placement != task.start else {
        planned.provedBy = "nothing"
        planned.notes.append("no bound: no way to plan makes placements like the one to start from")
        return planned
      }
      planned.defect =
        "the bound \(proof.bound) (by \(proof.provedBy)) is above the \(value) of a plan: a defect of the program, "
        + "so no bound is given"
      planned.notes += planned.defect.map { [$0] } ?? []
    }
    return planned
  }

  /// Why there is no plan.
  private static func failure(
    _ ways: inout Ways, _ task: PlanningTask, _ shortage: MemoryShortage
  ) -> PlanningFailure {
    let others = ways.failures.filter { if case .limit = $0 { true } else { false } }
    if let limit = others.first { return limit }
    let units = ModelUnits(
      graph: task.graph, costs: task.costs,
      cardKinds: CardKinds(system: task.system).representatives)
    let conflicts = RuleConflicts(task: task, units: units).proofs()
    if !conflicts.isEmpty { return .infeasible(conflicts) }
    let kept = task.rules.isEmpty ? [] : ["no plan was found that keeps the rules"]
    return ways.proof().bound == .infinity && task.rules.isEmpty
      ? .infeasible(shortage.reasons()) : .noneFound(kept + shortage.reasons())
  }
}
