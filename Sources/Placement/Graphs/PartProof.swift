import Modeling

/// Raises the bound of a throughput problem by ``PartColumns`` at thresholds between the bound and the incumbent.
struct PartProof {
  private var columns: PartColumns
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
  }

  /// Tries once an incumbent to prove that nothing is better by more than the gap, in a small model.
  mutating func attempt(_ model: GraphModel, _ state: inout GraphSearchState) {
    guard model.itemCount <= Self.largestAttempt, state.objective < attempted else { return }
    attempted = state.objective
    tryPrices(Self.top(state), &state)
  }

  mutating func run(_ state: inout GraphSearchState) {
    guard state.assignment != nil else { return }
    let clock = state.clock
    var (low, high) = (state.bound, Self.top(state))
    while high - low > Self.resolution * state.objective && !state.shouldStop {
      let middle = (low + high) / 2
      if columns.weightsRefute(middle, shouldStop: clock.spend) { low = middle } else { high = middle }
    }
    state.raise(low, provedBy: Self.name)
    var threshold = Self.top(state)
    for _ in 0..<Self.rounds {
      guard !state.isDone, !state.shouldStop, threshold - state.bound > Self.resolution * state.objective
      else { return }
      threshold = tryPrices(threshold, &state) ? Self.top(state) : (state.bound + threshold) / 2
    }
  }

  private static let name = "values of parts"

  /// A refutation of this ends the search; below the incumbent, whose own parts must not fit.
  private static func top(_ state: GraphSearchState) -> Double {
    state.objective * (1 - max(state.options.gap, 5e-10))
  }

  @discardableResult
  private mutating func tryPrices(_ threshold: Double, _ state: inout GraphSearchState) -> Bool {
    let clock = state.clock
    let before = columns.work
    let isRefuted = columns.pricesRefute(threshold, workLimit: Self.workLimit, shouldStop: clock.spend)
    state.nodes += (columns.work - before) / 1000
    if isRefuted { state.raise(threshold, provedBy: Self.name) }
    return isRefuted
  }
}
