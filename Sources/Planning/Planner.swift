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

  /// Plans with the best cards first, since those in use are the first ones; where unlike cards leave the gap open, with
  /// those of each other kind first as well.
  ///
  /// - Parameter clock: of the search that this is a part of.
  static func plan(_ task: PlanningTask, clock: SearchClock) throws(PlanningFailure) -> PlannedModel {
    if let layers = task.layers { return try LayerPlanner.plan(task, layers, clock: clock) }
    if let budget = task.accuracy { return try AccuracyPlanner(task, budget: budget, clock: clock).plan() }
    return try planAsTold(task, clock: clock)
  }

  /// The same where rules leave to tables what the accuracy budget allows.
  static func planAsTold(_ task: PlanningTask, clock: SearchClock) throws(PlanningFailure) -> PlannedModel {
    let orders = CardOrder.all(task)
    var (answer, first) = try firstPlan(task, in: orders, clock)
    for order in orders.dropFirst(first + 1) where !clock.isOver {
      let best = Candidate(answer.placement, task: task.with(requestsInFlight: answer.requestsInFlight))
      guard answer.bound < best.value(task.objective) * (1 - task.search.gap),
        let other = try? plan(task, in: order, clock.half)
      else { continue }
      let candidate = Candidate(other.placement, task: task.with(requestsInFlight: other.requestsInFlight))
      let proofs = [answer, other].sorted { $0.bound < $1.bound }
      // A bound over every placement holds whatever comes first.
      let prices = [answer.priceProof, other.priceProof].compactMap { $0 }.max { $0.bound < $1.bound }
      if candidate.isBetter(than: best, for: task) { answer = other }
      (answer.bound, answer.provedBy, answer.scope) = (proofs[0].bound, proofs[0].provedBy, proofs[0].scope)
      answer.priceProof = prices
      if let prices, prices.bound > answer.bound, task.objective != .latency {
        (answer.bound, answer.provedBy) = (prices.bound, "prices of resources")
        answer.scope = "every placement that the check accepts"
      }
    }
    return answer
  }

  /// In the first order in which one is found, with its index.
  private static func firstPlan(
    _ task: PlanningTask, in orders: [CardOrder], _ clock: SearchClock
  ) throws(PlanningFailure) -> (PlannedModel, Int) {
    var failure: PlanningFailure?
    for (index, order) in orders.enumerated() {
      do {
        return (try plan(task, in: order, clock), index)
      } catch {
        guard case .noneFound = error, !clock.isOver else { throw failure ?? error }
        failure = failure ?? error
      }
    }
    throw failure ?? .noneFound([])
  }

  private static func plan(
    _ task: PlanningTask, in order: CardOrder, _ clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    guard !order.isGiven else { return try inOrder(task, clock: clock) }
    var planned = try inOrder(order.sorted(task), clock: clock)
    planned.placement = planned.placement.moved(to: order.cards)
    // Its figures are of cards in the other order.
    planned.evaluated = nil
    return planned
  }

  /// Of all work, for plans with the usual requests in flight before others are looked at.
  private static let firstShare = 0.4

  private static func inOrder(
    _ task: PlanningTask, clock: SearchClock
  ) throws(PlanningFailure) -> PlannedModel {
    // Where one request has no room, none has; and what is proven with memory for one holds for more.
    let usual = task
    let task = task.choosesInFlight ? task.with(requestsInFlight: 1) : task
    let shortage = MemoryShortage(task: task)
    if shortage.isProven { throw .infeasible(shortage.reasons()) }
    var ways = Ways(task, clock: clock)
    var groups = ReplicaGroups(task)
    // A request takes as long beside others as alone, and alone leaves most room: for latency nothing else is asked.
    if task.choosesInFlight, task.objective != .latency {
      var first = Ways(usual, clock: clock.part(firstShare))
      let hasAmpleRoom = NetSplitPlanner(task: usual).fitsEveryCard()
      if !hasAmpleRoom, task.objective == .throughput { first.purpose = .requestsInFlight }
      first.run(.likelyAndPrecise)
      first.purpose = .plans
      ways.adopt(first)
      ways.purpose = hasAmpleRoom ? .proof : .room
      ways.cover(first)
      groups.run(&ways.incumbents, clock)
      var numbers: Set<Int> = []
      // A good plan first: a search that knows one only has to prove that there is nothing better.
      tryNumbersInFlight(&ways, [LoadSummary.ampleShare], &numbers, clock)
      // Wider tables, which take more room, are no better with room for fewer requests.
      ways.run(ways.incumbents.best == nil ? .all : .likely)
      tryNumbersInFlight(&ways, [LoadSummary.ampleShare, 1], &numbers, clock)
      if !ways.isClosed {
        (first.clock, first.incumbents) = (clock, ways.incumbents)
        first.adoptProofs(ways)
        first.run()
        ways.incumbents = first.incumbents
        ways.cover(first)
      }
    } else {
      ways.run()
      groups.run(&ways.incumbents, clock)
    }
    ways.polishGroups()
    guard let answer = ways.incumbents.answer else { throw failure(&ways, task, shortage) }
    let (proof, prices) = groups.proof(&ways)
    // What no table narrower would change is not in the incumbents, which know plans by their narrowest table.
    let best = groups.filled(Widening(task: task).widened(answer))
    var planned = PlannedModel(
      placement: best.placement, requestsInFlight: best.requestsInFlight, bound: proof.bound,
      provedBy: proof.provedBy, scope: proof.scope, notes: PlanNotes(task, ways.incumbents).notes(best))
    planned.priceProof = prices
    planned.evaluated = best.evaluated
    if let note = inFlightNote(best, task) { planned.notes.append(note) }
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

  /// Plans with memory set aside for as many requests as the best one so far needs, where those found would be better if
  /// they had more room.
  ///
  /// - Parameters:
  ///   - shares: Of the memory set aside, how much the best plan is to need.
  ///   - numbers: Those that were tried.
  private static func tryNumbersInFlight(
    _ ways: inout Ways, _ shares: [Double], _ numbers: inout Set<Int>, _ clock: SearchClock
  ) {
    let task = ways.task
    guard task.choosesInFlight, ways.purpose != .proof,
      let best = ways.incumbents.best
    else { return }
    let held = Double(best.requestsInFlight) * best.loads.placesShare
    for share in shares {
      let requests = Int(max(1, min((held / share).rounded(.up), Double(task.usualInFlight))))
      guard requests > 1, requests < task.usualInFlight, task.hasTables || ways.incumbents.wantsMoreInFlight,
        !ways.isClosed, !clock.isOver, numbers.insert(requests).inserted
      else { continue }
      var more = Ways(task.with(requestsInFlight: requests), clock: clock, incumbents: ways.incumbents)
      more.adoptProofs(ways)
      more.purpose = .room
      more.run(.likely)
      ways.adopt(more)
      ways.cover(more)
    }
  }

  private static func inFlightNote(_ plan: Candidate, _ task: PlanningTask) -> String? {
    let usual = task.usualInFlight
    guard task.choosesInFlight, plan.requestsInFlight != usual else { return nil }
    let requests = plan.requestsInFlight == 1 ? "1 request" : "\(plan.requestsInFlight) requests"
    return plan.requestsInFlight < usual
      ? "\(requests) in flight instead of \(usual): no more have room beside what the devices hold"
      : "\(requests) in flight instead of \(usual): fewer would not keep the devices busy"
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
    let kept = task.rules.rules.isEmpty ? [] : ["no plan was found that keeps the rules"]
    return ways.proof().bound == .infinity && task.rules.isEmpty
      ? .infeasible(shortage.reasons()) : .noneFound(kept + shortage.reasons())
  }
}
