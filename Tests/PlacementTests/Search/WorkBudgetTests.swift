import Placement
import Solvers
import Synchronization
import Testing

@testable import Placement

@Suite struct WorkBudgetTests {
  private let shape = SmallInstances.Shape(
    devices: 4...4, units: 30...30, lanes: 2...2, shared: 1...1, fill: 1.1...1.2, alike: true,
    colours: false)

  private func budgets(of full: Solution) -> [WorkBudget] {
    [1, full.certificate.ticks / 3].map { WorkBudget(ticks: $0) } + [.unlimited]
  }

  @Test(arguments: [5, 6] as [UInt64])
  func packingsAreTheSameForAnyNumberOfThreads(seed: UInt64) throws {
    let problem = SmallInstances.random(seed: seed, shape: shape)
    try expectSameForAnyThreads { work, threads in
      try Optimizer.solve(
        problem, options: SearchOptions(gap: 0.001, work: work, threads: threads, effort: .brief))
    }
  }

  @Test(arguments: [Problem.Order.free, .acyclicQuotient])
  func graphsAreTheSameForAnyNumberOfThreads(order: Problem.Order) throws {
    let problem = GraphInstances.random(seed: 11, .init(units: 10, cards: 3, order: order))
    try expectSameForAnyThreads { work, threads in
      try GraphEngine.solve(
        problem, options: SearchOptions(gap: 0, work: work, threads: threads, effort: .brief),
        enumerates: false)
    }
  }

  @Test func latenciesAreTheSameForAnyNumberOfThreads() throws {
    let problem = GraphInstances.random(seed: 12, .init(units: 10, cards: 3, objective: .latency))
    try expectSameForAnyThreads { work, threads in
      try GraphEngine.solve(
        problem, options: SearchOptions(gap: 0, work: work, threads: threads), enumerates: false)
    }
  }

  /// Answers, and the work that they took, for several budgets: each ends soon behind its limit.
  private func expectSameForAnyThreads(
    _ solve: (WorkBudget, Int) throws -> Solution, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let full = try solve(.unlimited, 1)
    for budget in budgets(of: full) {
      let one = try solve(budget, 1)
      for threads in [2, 4] {
        let more = try solve(budget, threads)
        #expect(one.assignment == more.assignment, sourceLocation: sourceLocation)
        #expect(one.certificate.bound == more.certificate.bound, sourceLocation: sourceLocation)
        #expect(one.certificate.ticks == more.certificate.ticks, sourceLocation: sourceLocation)
      }
      if let limit = budget.ticks {
        #expect(one.certificate.ticks <= limit + 200_000_000, sourceLocation: sourceLocation)
      }
      #expect(
        one.certificate.bound <= full.certificate.objective ?? .infinity, sourceLocation: sourceLocation)
    }
    #expect(full.certificate.ticks > 100_000, sourceLocation: sourceLocation)
  }

  @Test func aSmallerBudgetDoesLessWork() throws {
    let problem = SmallInstances.random(seed: 5, shape: shape)
    func solve(_ work: WorkBudget) throws -> Solution {
      try Optimizer.solve(problem, options: SearchOptions(gap: 0, work: work, effort: .brief))
    }
    let full = try solve(.unlimited)
    let cut = try solve(WorkBudget(ticks: full.certificate.ticks / 4))
    #expect(cut.certificate.ticks < full.certificate.ticks / 2)
    #expect(cut.assignment != nil)
  }

  @Test func theDefaultIsTheStandardBudgetUnlessTimeIsLimited() {
    #expect(SearchOptions().work == .standard)
    #expect(SearchOptions(timeLimit: 5).work == .unlimited)
    #expect(SearchOptions(timeLimit: 5, work: .standard).work == .standard)
    #expect(WorkBudget(effort: 2).ticks == 20_000_000_000)
    #expect(WorkBudget(effort: 1e-300).ticks == 1)
    #expect(WorkBudget(effort: 1e300) == .unlimited)
  }

  // MARK: The clock

  @Test func piecesShareWhatIsLeftAndAreAddedUp() {
    let clock = SearchClock(SearchOptions(work: WorkBudget(ticks: 1000)))
    clock.spend(200)
    let stopped = clock.map(count: 4, threads: 4) { index, piece in
      piece.spend(100)
      return piece.spend(index * 40)
    }
    // Each had 200 ticks.
    #expect(stopped == [false, false, false, true])
    #expect(clock.ticks == 200 + 4 * 100 + 240)
    #expect(!clock.isOver && clock.spend(160))
  }

  @Test func aPartCountsForTheWhole() {
    let clock = SearchClock(SearchOptions(work: WorkBudget(ticks: 1000)))
    let part = clock.part(0.25)
    #expect(!part.spend(200) && part.spend(50))
    #expect(clock.ticks == 250 && !clock.isOver)
    clock.spend(650)
    #expect(clock.part(0.25).ticksLeft == 100)
    #expect(clock.options(SearchOptions(), share: 0.05).work.ticks == 50)
  }

  @Test func progressNeverGoesBackwards() {
    let shown = Mutex<[SearchOptions.Progress]>([])
    let clock = SearchClock(
      SearchOptions(work: WorkBudget(ticks: 1000), progress: { step in shown.withLock { $0.append(step) } }))
    clock.report(incumbent: 5, bound: 2)
    clock.spend(100)
    clock.part(0.5).report(incumbent: 7, bound: 1)
    clock.report(incumbent: nil, bound: 3)
    // A search inside this one shows its work and nothing else.
    clock.options(SearchOptions()).progress?(
      .init(incumbent: 1, bound: 9, seconds: 0, ticks: 300, share: nil))
    clock.report(incumbent: nil, bound: 0)
    let steps = shown.withLock { $0 }
    #expect(steps.map(\.incumbent) == [5, 5, 5, 5, 5])
    #expect(steps.map(\.bound) == [2, 2, 3, 3, 3])
    #expect(steps.map(\.share) == [0, 0.1, 0.1, 0.4, 0.4])
  }
}
