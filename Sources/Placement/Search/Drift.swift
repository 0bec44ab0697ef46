/// How sums that are kept up to date move by move differ from the same sums made anew.
enum Drift {
  /// Whether by no more than rounding: what debug builds assert wherever a state sums itself again.
  ///
  /// - Parameters:
  ///   - kept: nothing before the first time.
  ///   - width: numbers a row; those of a column are compared by the largest of them.
  static func isRounding(_ kept: some Collection<Double>, _ fresh: some Collection<Double>, width: Int = 1)
    -> Bool
  {
    if kept.isEmpty { return true }
    var largest = Array(repeating: 0.0, count: max(1, width))
    for (index, value) in fresh.enumerated() {
      largest[index % largest.count] = max(largest[index % largest.count], abs(value))
    }
    return kept.count == fresh.count
      && zip(kept, fresh).enumerated().allSatisfy { index, pair in
        abs(pair.0 - pair.1) <= 1e-6 * largest[index % largest.count] + 1e-9
      }
  }
}
