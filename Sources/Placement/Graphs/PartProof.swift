import Modeling

/// Raises the bound of a throughput problem by ``PartColumns`` at thresholds between the bound and the incumbent.
struct PartProof {
  private var columns: PartColumns
  private let isSmall: Bool
  /// Largest incumbent that was not proven, seconds.
  private var attempted = Double.infinity

  /// Models with more items have too many parts.
  private static let largestItemCount = 800
  /// Larger models take too long for an attempt during the search.
  private static let largestAttempt = 128
  /// Thresholds tried with prices, and arcs and labels for each.
  private static let rounds = 4
  private static let workLimit = 60_000_000
  /// Part of the objective that thresholds are not told apart by.
  private static let resolution = 5e-4

  /// - Returns: `nil` where ``PartColumns`` does not apply or the model is too large.
  init?(_ model: GraphModel, _ prices: CapacityPrices, solver: any MIPSolver) {
    guard model.itemCount <= Self.largestItemCount,
      let columns = PartColumns(model, prices, solver: solver)
    else { return nil }
    self.columns = columns
    isSmall = model.itemCount <= Self.largestAttempt
  }

  /// Tries once an incumbent to prove that nothing is better by more than the gap, in a small model.
  mutating func attempt(_ incumbent: Incumbent) throws(ProgramError) {
    guard isSmall, incumbent.objective < attempted else { return }
    attempted = incumbent.objective
    try tryPrices(Self.top(incumbent), incumbent, incumbent.clock)
  }

  mutating func run(_ incumbent: Incumbent, within clock: SearchClock) throws(ProgramError) {
    var (low, high) = (incumbent.bound, Self.top(incumbent))
    while high - low > Self.resolution * incumbent.objective && !clock.isOver {
      let middle = (low + high) / 2
      if columns.weightsRefute(middle, shouldStop: clock.spend) { low = middle } else { high = middle }
    }
    incumbent.raise(low, by: .partValues)
    var threshold = Self.top(incumbent)
    for _ in 0..<Self.rounds {
      guard !incumbent.isDone, !clock.isOver,
        threshold - incumbent.bound > Self.resolution * incumbent.objective
      else { return }
      threshold =
        try tryPrices(threshold, incumbent, clock)
        ? Self.top(incumbent) : (incumbent.bound + threshold) / 2
    }
  }

  /// A refutation of this ends the search; below the incumbent, whose own parts must not fit.
  private static func top(_ incumbent: Incumbent) -> Double {
    incumbent.objective * (1 - max(incumbent.gap, 5e-10))
  }

  @discardableResult
  private mutating func tryPrices(
    _ threshold: Double, _ incumbent: Incumbent, _ clock: SearchClock
  ) throws(ProgramError) -> Bool {
    let before = columns.work
    let isRefuted = try columns.pricesRefute(threshold, workLimit: Self.workLimit, shouldStop: clock.spend)
    incumbent.nodes += (columns.work - before) / 1000
    if isRefuted { incumbent.raise(threshold, by: .partValues) }
    return isRefuted
  }

  struct Step: SearchStep {
    let name = StepName.partValues

    func applies(to context: GraphContext) -> Bool {
      context.incumbent.assignment != nil && context.parts != nil
    }

    func run(_ context: GraphContext, within clock: SearchClock) throws(ProgramError) {
      try context.parts?.run(context.incumbent, within: clock)
    }
  }
}
