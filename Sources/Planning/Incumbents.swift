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
  /// The least objective if requests in flight took no room.
  private var leastWithoutPlaces = Double.infinity

  /// Part of the objective that a narrower precision must save to be taken.
  static let leastGain = 0.01

  init(_ task: PlanningTask) {
    self.task = task
    byRank = task.tablePrecisions.map { _ in nil }
  }

  /// Takes a plan if it is better than those known that are as wide.
  mutating func offer(_ candidate: Candidate) {
    if candidate.fits, task.meetsBudget(candidate.loads.latencySeconds) {
      leastWithoutPlaces = min(leastWithoutPlaces, candidate.valueWithoutPlaces(task))
    }
    let rank = rank(of: candidate)
    guard byRank.indices.contains(rank), candidate.isBetter(than: byRank[rank], for: task) else { return }
    byRank[rank] = candidate
  }

  /// Whether a plan with more requests in flight might be better by more than the gap, or there is none yet.
  var wantsMoreInFlight: Bool {
    answer.map { leastWithoutPlaces < $0.value(task.objective) * (1 - task.search.gap) } ?? false
  }

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
