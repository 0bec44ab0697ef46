import CostModel
import Graph
import Hardware
import Placement
import Plan

/// The best plans found for a question, whatever way they came from: the best that stores no table narrower than the
/// first precision of the question's list, than the second, and so on.
struct Incumbents {
  /// The question as asked, with all of its cards and precisions.
  let task: PlanningTask
  private var byRank: [Candidate?]
  /// The least objective if requests in flight took no room, and the plan that has it.
  private var roomiest: (value: Double, plan: Candidate)?
  /// The least of each objective, also of those that are not asked for.
  private var leastOf: [PlanObjective: Candidate] = [:]

  /// The answer's objective when it was last improved by more than ``leastImprovement``.
  private var lastImproved = Double.infinity
  /// Of searches since then, ticks.
  private(set) var idleWork = 0

  /// Part of the objective that a narrower precision must save to be taken.
  static let leastGain = 0.01

  /// Part of the objective that makes up for the work of a search.
  private static let leastImprovement = 1e-3

  init(_ task: PlanningTask) {
    self.task = task
    byRank = task.tablePrecisions.map { _ in nil }
  }

  /// Takes a plan if it is better than those known that are as wide.
  mutating func offer(_ candidate: Candidate) {
    if isRoomiest(candidate) { roomiest = (candidate.valueWithoutPlaces(task), candidate) }
    for objective in PlanObjective.allCases where isLeast(candidate, of: objective) {
      leastOf[objective] = candidate
    }
    if isBestOfItsRank(candidate) { byRank[rank(of: candidate)] = candidate }
  }

  /// Whether an offer of the plan would change anything. Of figures without requests followed, which are never above those
  /// with them: whether it might.
  func wouldTake(_ candidate: Candidate) -> Bool {
    isBestOfItsRank(candidate) || isRoomiest(candidate)
      || PlanObjective.allCases.contains { isLeast(candidate, of: $0) }
  }

  private func isAllowed(_ candidate: Candidate) -> Bool {
    candidate.fits && task.meetsBudget(candidate.loads.latencySeconds)
  }

  private func isRoomiest(_ candidate: Candidate) -> Bool {
    isAllowed(candidate) && candidate.valueWithoutPlaces(task) < roomiest?.value ?? .infinity
  }

  private func isLeast(_ candidate: Candidate, of objective: PlanObjective) -> Bool {
    isAllowed(candidate) && byRank.indices.contains(rank(of: candidate))
      && candidate.value(objective) < leastOf[objective]?.value(objective) ?? .infinity
  }

  private func isBestOfItsRank(_ candidate: Candidate) -> Bool {
    let rank = rank(of: candidate)
    return byRank.indices.contains(rank) && candidate.isBetter(than: byRank[rank], for: task)
  }

  /// Whether a plan with more requests in flight might be better by more than the gap.
  var wantsMoreInFlight: Bool { requestsWanted != nil }

  /// How many requests in flight would make a plan better than the answer by more than the gap; `nil` where none would.
  var requestsWanted: Int? {
    guard let answer, let roomiest, roomiest.value < answer.value(task.objective) * (1 - task.search.gap)
    else { return nil }
    let held = Double(roomiest.plan.requestsInFlight) * roomiest.plan.loads.placesShare
    return Int(max(1, min(held / LoadSummary.ampleShare, Double(task.usualInFlight)).rounded(.up)))
  }

  /// Forgets which plan would be best if requests in flight took no room.
  mutating func forgetPlaces() { roomiest = nil }

  /// The index in the question's list of the narrowest precision that a plan uses.
  func rank(of candidate: Candidate) -> Int {
    candidate.placement.tables.reduce(0) { rank, table in
      max(rank, task.tablePrecisions.firstIndex(of: table.format.precision) ?? byRank.count)
    }
  }

  /// The best one, however narrow.
  var best: Candidate? { best(upTo: byRank.count - 1) }

  /// The best one that stores no table narrower than entry `rank` of the list.
  func best(upTo rank: Int) -> Candidate? {
    byRank.prefix(rank + 1).reduce(nil) { best, next in
      next.map { $0.isBetter(than: best, for: task) } ?? false ? next : best
    }
  }

  /// The best ones for the objectives that are not asked for.
  var othersBest: [Candidate] {
    PlanObjective.allCases.filter { $0 != task.objective }.compactMap { leastOf[$0] }
  }

  /// Counts the work of a search that has ended.
  mutating func countWork(_ ticks: Int) {
    guard let value = answer?.value(task.objective) else { return }
    if value < lastImproved * (1 - Self.leastImprovement) {
      (lastImproved, idleWork) = (value, 0)
    } else {
      idleWork += ticks
    }
  }

  mutating func forgetIdleWork() { idleWork = 0 }

  /// Shows the best objective.
  func report(to clock: SearchClock) {
    if let best { clock.report(incumbent: best.value(task.objective), bound: 0) }
  }

  /// The one to answer with: narrower precisions only where they save more than ``leastGain``.
  var answer: Candidate? {
    byRank.reduce(nil) { answer, next in
      guard let answer, let next else { return answer ?? next }
      let meets = task.meetsBudget(next.loads.latencySeconds)
      if !meets || !task.meetsBudget(answer.loads.latencySeconds) {
        return next.isBetter(than: answer, for: task) ? next : answer
      }
      let gains = next.value(task.objective) * (1 + Self.leastGain) < answer.value(task.objective)
      return gains ? next : answer
    }
  }
}
