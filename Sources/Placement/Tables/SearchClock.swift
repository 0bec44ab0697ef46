/// Wall clock, limit and cancellation of one search, shared by all its parts.
struct SearchClock: Sendable {
  private let start = ContinuousClock.now
  private let limit: Double?
  private let isCancelled: @Sendable () -> Bool

  init(limit: Double?, isCancelled: @escaping @Sendable () -> Bool) {
    self.limit = limit
    self.isCancelled = isCancelled
  }

  var seconds: Double { start.duration(to: .now) / .seconds(1) }

  /// Seconds left; `nil` without a limit.
  var left: Double? { limit.map { max(0, $0 - seconds) } }

  /// Whether the search has to end now.
  var isOver: Bool { isCancelled() || left.map { $0 <= 0 } ?? false }

  /// Seconds left, but at most `most`.
  func left(atMost most: Double) -> Double { min(most, left ?? most) }
}
