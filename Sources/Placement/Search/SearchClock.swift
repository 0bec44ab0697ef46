import Modeling
import Synchronization

/// Time, work and cancellation of one search, and what it shows of itself; shared by all its parts.
///
/// The parts count their own work where they ask whether to go on (``spend(_:)``). Parts on several threads have a clock
/// each (``map(count:threads:share:_:)``), so that what one of them does never ends another: the number of threads
/// changes no answer.
package final class SearchClock: Sendable {
  private let start: ContinuousClock.Instant
  /// Seconds from the start to the end of the search; `nil` for no limit.
  private let limit: Double?
  private let budget: WorkBudget
  private let isCancelled: @Sendable () -> Bool
  private let progress: (@Sendable (SearchOptions.Progress) -> Void)?
  private let parent: SearchClock?
  private let spent = Atomic<Int>(0)
  private let shown = Mutex(Shown())

  private struct Shown {
    var incumbent: Double?
    var bound = 0.0
    var ticks = 0
  }

  /// Ticks between two reports of a search in which nothing else happens.
  private static let reportInterval = 50_000_000

  /// - Parameter reserve: Seconds at the end of the time limit that are kept to finish a step and write down the answer.
  package convenience init(_ options: SearchOptions, reserve: Double = 0) {
    self.init(
      start: .now, limit: options.timeLimit.map { $0 - reserve }, budget: options.work,
      isCancelled: options.isCancelled, progress: options.progress, parent: nil)
  }

  private init(
    start: ContinuousClock.Instant, limit: Double?, budget: WorkBudget,
    isCancelled: @escaping @Sendable () -> Bool, progress: (@Sendable (SearchOptions.Progress) -> Void)?,
    parent: SearchClock?
  ) {
    self.start = start
    self.limit = limit
    self.budget = budget
    self.isCancelled = isCancelled
    self.progress = progress
    self.parent = parent
  }

  /// Since the start.
  package var seconds: Double { start.duration(to: .now) / .seconds(1) }

  /// Seconds left; `nil` without a limit.
  var secondsLeft: Double? { limit.map { max(0, $0 - seconds) } }

  /// Work that was done.
  package var ticks: Int { spent.load(ordering: .relaxed) }

  /// Work that is left; `nil` without a limit.
  var ticksLeft: Int? { budget.ticks.map { max(0, $0 - ticks) } }

  /// Whether the search has to end now.
  package var isOver: Bool { isPast(share: 1) }

  /// Whether the search has to end now, or this share of its time or work is used up.
  func isPast(share: Double) -> Bool {
    isCancelled() || budget.part(share).ticks.map { ticks >= $0 } ?? false
      || limit.map { seconds >= share * $0 } ?? false
  }

  /// Counts work that was done.
  ///
  /// - Returns: whether the search has to end now.
  @discardableResult
  package func spend(_ ticks: Int) -> Bool {
    let sum = spent.add(max(0, ticks), ordering: .relaxed)
    if progress != nil, sum.oldValue / Self.reportInterval != sum.newValue / Self.reportInterval {
      report(incumbent: nil, bound: 0)
    }
    parent?.spend(ticks)
    return isOver
  }

  // MARK: Searches inside this one

  /// A part that comes next, with what is left, but at most a share of all time and work. What it spends counts here too.
  package func part(_ share: Double) -> SearchClock {
    let left = budget.part(share).ticks.map { min($0, ticksLeft ?? $0) }
    return SearchClock(
      start: start, limit: limit.map { min($0, seconds + share * $0) }, budget: WorkBudget(ticks: left),
      isCancelled: isCancelled, progress: nil, parent: self)
  }

  /// A part that comes next, with at most so many ticks of what is left.
  package func part(ticks: Int) -> SearchClock {
    SearchClock(
      start: start, limit: limit, budget: WorkBudget(ticks: min(ticks, ticksLeft ?? ticks)),
      isCancelled: isCancelled, progress: nil, parent: self)
  }

  /// A part that comes next, with half of what is left.
  package var half: SearchClock {
    SearchClock(
      start: start, limit: limit.map { (seconds + max(seconds, $0)) / 2 },
      budget: WorkBudget(ticks: ticksLeft.map { $0 / 2 }), isCancelled: isCancelled, progress: nil,
      parent: self)
  }

  /// The options for a search inside this one, with what is left, but at most a share of all time and work. What it
  /// spends is for the caller to count, from its certificate.
  package func options(_ options: SearchOptions, share: Double = 1) -> SearchOptions {
    var options = options
    if let limit { options.timeLimit = max(0, min(limit - seconds, share * limit)) }
    options.work = WorkBudget(ticks: budget.part(share).ticks.map { min($0, ticksLeft ?? $0) })
    options.progress = nil
    if isShown {
      options.progress = { [self] progress in show(ticks: ticks + progress.ticks) }
    }
    return options
  }

  /// Pieces of work on several threads, with the results in the order of the pieces. Each gets a clock with an equal part
  /// of the work that is left, which is added up when all are done.
  ///
  /// - Parameter share: of all time and work, where they end.
  package func map<Value: Sendable>(
    count: Int, threads: Int, share: Double = 1, _ work: @Sendable (Int, SearchClock) -> Value
  ) -> [Value] {
    let left = budget.part(share).ticks.map { max(0, $0 - ticks) / max(1, count) }
    let results = Parallel.map(count: count, threads: threads) { [self] index -> (Value, ticks: Int) in
      let clock = SearchClock(
        start: start, limit: limit.map { share * $0 }, budget: WorkBudget(ticks: left),
        isCancelled: isCancelled, progress: nil, parent: nil)
      return (work(index, clock), clock.ticks)
    }
    spend(results.reduce(0) { $0 + $1.ticks })
    return results.map(\.0)
  }

  // MARK: Progress

  private var isShown: Bool { progress != nil || parent?.isShown ?? false }

  /// Shows the best objective and the bound. Neither, nor the work done, is ever shown worse than before.
  package func report(incumbent: Double?, bound: Double) {
    guard let progress else {
      parent?.report(incumbent: incumbent, bound: bound)
      return
    }
    let now = shown.withLock { shown in
      if let incumbent { shown.incumbent = min(incumbent, shown.incumbent ?? incumbent) }
      shown.bound = max(shown.bound, bound)
      shown.ticks = max(shown.ticks, ticks)
      return shown
    }
    progress(
      .init(
        incumbent: now.incumbent, bound: now.bound, seconds: seconds,
        ticks: now.ticks, share: budget.ticks.map { min(1, Double(now.ticks) / Double(max(1, $0))) }))
  }

  /// Shows work that a search inside this one has done so far.
  private func show(ticks: Int) {
    if let parent, progress == nil { return parent.show(ticks: parent.ticks + ticks - self.ticks) }
    shown.withLock { $0.ticks = max($0.ticks, ticks) }
    report(incumbent: nil, bound: 0)
  }
}

extension LinearSession {
  /// Solves with what is left of a search's time and work, and counts what it takes.
  func solve(_ clock: SearchClock) -> LinearOutcome {
    let outcome = solve(
      timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft, isCancelled: { clock.isOver })
    clock.spend(outcome.ticks)
    return outcome
  }
}
