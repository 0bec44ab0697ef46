/// Wall clock, limit and cancellation of one search, shared by all its parts.
struct SearchClock: Sendable {
  private let start = ContinuousClock.now
  /// Seconds from the start to the end of the search; `nil` for no limit.
  let limit: Double?
  private let isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - limit: Seconds from now; `nil` for no limit.
  ///   - reserve: Seconds at the end of the limit that are kept to finish a step and write down the answer.
  init(limit: Double?, reserve: Double = 0, isCancelled: @escaping @Sendable () -> Bool) {
    self.limit = limit.map { $0 - reserve }
    self.isCancelled = isCancelled
  }

  var seconds: Double { start.duration(to: .now) / .seconds(1) }

  /// Seconds left; `nil` without a limit.
  var left: Double? { limit.map { max(0, $0 - seconds) } }

  /// Whether the search has to end now.
  var isOver: Bool { isCancelled() || left.map { $0 <= 0 } ?? false }

  /// Whether the search has to end now or this share of its time is used up.
  func isPast(share: Double) -> Bool {
    isOver || limit.map { seconds >= share * $0 } ?? false
  }

  /// Seconds left, but at most `most`.
  func left(atMost most: Double) -> Double { min(most, left ?? most) }
}
