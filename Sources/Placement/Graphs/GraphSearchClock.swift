/// Wall clock, time limit and cancellation of one search.
struct GraphSearchClock: Sendable {
  private let start: ContinuousClock.Instant
  /// Seconds since the start at which the search has to be over; `nil` for no limit.
  let limit: Double?
  private let isCancelled: @Sendable () -> Bool

  /// Kept free at the end of the time limit to write down the answer, seconds.
  static let reserve = 0.03

  init(_ options: SearchOptions) {
    start = ContinuousClock.now
    limit = options.timeLimit
    isCancelled = options.isCancelled
  }

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  var isOver: Bool {
    if isCancelled() { return true }
    guard let limit else { return false }
    return seconds >= limit - Self.reserve
  }

  /// Whether the search is over or this share of the time limit is used up.
  func isPast(share: Double) -> Bool {
    if isOver { return true }
    guard let limit else { return false }
    return seconds >= share * limit
  }
}
