import Modeling

/// Strengthens the aggregated relaxation: an option that alone exceeds T is in no assignment with bottleneck T.
///
/// Let f(v) be the relaxation over options whose own bottleneck is at most v; f falls as v grows. No assignment has a
/// bottleneck T < f(T), so the least T with f(T) <= T is a lower bound. f changes only at the own bottlenecks
/// v_1 < v_2 < ...; with i the least index with f(v_i) <= v_(i+1), that T is max(v_i, f(v_i)).
struct FilteredBound {
  private let table: AggregateTable
  private let relaxation: AggregatedBound
  private let tolerance: Double
  private let enough: Double

  /// - Parameters:
  ///   - tolerance: relative; how near the relaxation's optimum is wanted.
  ///   - enough: seconds; a bound this high is not raised further.
  init(table: AggregateTable, relaxation: AggregatedBound, tolerance: Double, enough: Double) {
    self.table = table
    self.relaxation = relaxation
    self.tolerance = tolerance
    self.enough = enough
  }

  /// - Parameter from: a bound that is already proven, seconds.
  /// - Returns: the bound with the prices that belong to it.
  func solve(from known: Double, clock: SearchClock) throws(ProgramError) -> AggregatedBound.Result {
    var plain = try relaxation.solve(tolerance: tolerance, enough: enough, clock: clock)
    if plain.isMemoryInfeasible { return plain }
    plain.bound = max(plain.bound, known)
    let values = Set(table.ownBottleneck.filter { $0 > plain.bound }).sorted()
    // Without values the filter removes nothing.
    if plain.bound >= enough || values.isEmpty { return plain }
    // Index -1 stands for the options within the plain bound itself.
    func limit(_ index: Int) -> Double { index < 0 ? plain.bound : values[index] }
    func next(_ index: Int) -> Double { index + 1 < values.count ? values[index + 1] : .infinity }
    var low = -1
    var high = values.count - 1
    var best = plain
    var answers: [Int: AggregatedBound.Result] = [:]
    while low <= high {
      // The first question is the cheap one: mostly the filter removes nothing that matters.
      let middle = answers.isEmpty ? low : (low + high) / 2
      if clock.isOver { return best }
      let result = try relaxation.solve(
        limit: limit(middle), tolerance: tolerance, enough: enough,
        start: best.prices.isEmpty ? nil : best.prices, clock: clock)
      answers[middle] = result
      if result.bound <= next(middle) {
        high = middle - 1
        if low > high { return finished(result, limit(middle), next(middle), best) }
        if low == middle { return finished(result, limit(middle), next(middle), best) }
      } else {
        low = middle + 1
        best.bound = max(best.bound, next(middle))
      }
    }
    guard let result = answers[low] else { return best }
    return finished(result, limit(low), next(low), best)
  }

  private func finished(
    _ result: AggregatedBound.Result, _ limit: Double, _ next: Double, _ best: AggregatedBound.Result
  ) -> AggregatedBound.Result {
    guard result.bound.isFinite, !result.prices.isEmpty else { return best }
    var result = result
    result.bound = max(result.bound, limit, best.bound)
    result.holdsBelow = next
    return result
  }
}

extension FilteredBound {
  /// Bounds by the relaxation, and leaves its prices and fractions to the steps behind.
  struct Step: SearchStep {
    let name = StepName.aggregatedLP

    func run(_ context: PackingContext, within clock: SearchClock) throws(ProgramError) {
      let options = context.incumbent.options
      let isBoundAlone = options.effort == .bound
      let result = try FilteredBound(
        table: context.table, relaxation: context.relaxation,
        tolerance: isBoundAlone ? options.gap / 20 : 1e-6,
        enough: isBoundAlone ? options.sufficientBound ?? .infinity : .infinity
      ).solve(from: context.incumbent.bound, clock: clock)
      if result.isMemoryInfeasible { return context.incumbent.refuse(by: .classMemory) }
      context.result = result
      context.incumbent.raise(result.bound, by: name)
    }
  }
}
