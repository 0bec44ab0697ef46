import Placement
import Plan

/// Plans that were found, improved under their exact figures where the gap is open.
extension Ways {
  /// Of all work: where the problems state the objective only in part, and where they state all of it.
  private static let polishShare = 0.1
  private static let shortPolishShare = 0.05
  /// For each plan on its own number of cards.
  private static let apartShare = 0.1

  mutating func polish() {
    guard task.groups == 1, !isClosed else { return }
    let before = clock.ticks
    defer { incumbents.countWork(self.clock.ticks - before) }
    let isStatedInPart = task.objective != .throughput || incumbents.best?.loads.turnSeconds ?? 0 > 0
    let clock = clock.part(isStatedInPart ? Self.polishShare : Self.shortPolishShare)
    for rank in task.tablePrecisions.indices {
      guard let known = incumbents.best(upTo: rank), known.placement.groups == 1, known.placement.cards == nil
      else { continue }
      incumbents.offer(polished(known, rank: rank, on: task, clock.half))
      // A pipeline that is better than copies is often further from them than from one of them.
      if task.objective == .latency, case let one = known.onFirstCard(task), one.fits {
        incumbents.offer(polished(one, rank: rank, movesToCopies: false, on: task, clock.half))
      }
    }
    // What is best for another objective may be next to something that is better for this one.
    for other in incumbents.othersBest where other.placement.groups == 1 && other.placement.cards == nil {
      incumbents.offer(polished(other, on: task, clock.half))
    }
    guard task.objective == .latency else { return }
    // On fewer cards there are fewer changes, and each is tried in less time.
    for (cards, start) in apart.sorted(by: { $0.key > $1.key }) {
      let part = start.placement.cardsInUse <= cards ? task.using(cards: cards) : task
      let best = polished(
        Candidate(start.placement, task: part), on: part, self.clock.part(Self.apartShare))
      incumbents.offer(Candidate(best.placement, task: task))
    }
  }

  /// Plans with wider tables that begin with the answer, which searches for them may have missed: a narrow table may be there for what
  /// went to another place beside it.
  mutating func widenAnswer() {
    guard task.groups == 1, let answer = incumbents.answer, answer.placement.groups == 1,
      answer.placement.cards == nil
    else { return }
    for rank in 0..<min(incumbents.rank(of: answer), task.tablePrecisions.count) {
      guard let wider = Widening(task: task).wide(answer, upTo: rank) else { continue }
      incumbents.offer(wider)
      incumbents.offer(polished(wider, rank: rank, on: task, clock.part(Self.shortPolishShare)))
    }
  }

  /// Plans that begin with a card that reads all tables.
  mutating func readOnOneCard() {
    // What comes of it once would come of it again.
    guard task.groups == 1, task.hasTables, !hasReadOnOneCard else { return }
    hasReadOnOneCard = true
    let plans = ReaderPlans(task: task)
    for rank in task.tablePrecisions.indices {
      let known = incumbents.best
      var best: Candidate?
      for placement in plans.placements(Array(task.tablePrecisions.prefix(rank + 1))) {
        let candidate = Candidate(placement, task: task)
        incumbents.offer(candidate)
        if candidate.isBetter(than: best, for: task) { best = candidate }
      }
      guard let best, best.isBetter(than: known, for: task) else { continue }
      incumbents.offer(polished(best, rank: rank, on: task, clock.part(Self.shortPolishShare)))
    }
    incumbents.report(to: clock)
  }

  /// Improves a plan of several groups of cards: on the cards of one group, as if there were no others.
  mutating func polishGroups() {
    guard let known = incumbents.best, known.placement.groups > 1, known.placement.cards == nil, !isClosed
    else { return }
    let part = task.using(cards: known.placement.cardsPerGroup)
    var placement = known.placement
    placement.groups = 1
    placement =
      polished(Candidate(placement, task: part), on: part, clock.part(Self.shortPolishShare)).placement
    placement.groups = known.placement.groups
    incumbents.offer(Candidate(placement, task: task))
  }

  /// - Parameters:
  ///   - rank: The narrowest precision that tables may take, by its place in the question's list; `nil` for any of it.
  ///   - movesToCopies: As of ``PlacementPolish``.
  ///   - part: The question on the cards that may be used, which the plan's figures are of.
  private mutating func polished(
    _ plan: Candidate, rank: Int? = nil, movesToCopies: Bool = true, on part: PlanningTask,
    _ clock: SearchClock
  ) -> Candidate {
    let precisions = Array(task.tablePrecisions.prefix(rank.map { $0 + 1 } ?? .max))
    func optimum(_ plan: Candidate) -> LocalOptimum {
      LocalOptimum(placement: plan.placement, precisions: precisions.count, cards: part.system.cards.count)
    }
    guard !localOptima.contains(optimum(plan)) else { return plan }
    var polish = PlacementPolish(
      plan, precisions: precisions,
      movesToCopies: movesToCopies, task: part, clock: clock)
    polish.run()
    if !clock.isOver { localOptima.insert(optimum(polish.best)) }
    return polish.best
  }
}
