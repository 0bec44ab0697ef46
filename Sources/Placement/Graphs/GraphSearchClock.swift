/// Wall clock, time limit and cancellation of one search.
struct GraphSearchClock: Sendable {
  private let start: ContinuousClock.Instant
  /// Seconds since the start at which the search has to be over; `nil` for no limit.
  let limit: Double?
  private let isCancelled: @Sendable () -> Bool

  /// Kept free at the end of the time limit to finish a step and write down the answer, seconds.
  private let reserve: Double

  private static let smallestReserve = 0.03
  /// What a step that cannot be interrupted takes for a unit, seconds.
  private static let reservePerUnit = 4e-6

  init(_ options: SearchOptions, unitCount: Int) {
    reserve = Self.smallestReserve + Self.reservePerUnit * Double(unitCount)
    start = ContinuousClock.now
    limit = options.timeLimit
    isCancelled = options.isCancelled
  }

  var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

  var isOver: Bool {
    if isCancelled() { return true }
    guard let limit else { return false }
    return seconds >= limit - reserve
  }

  /// Whether the search is over or this share of the time limit is used up.
  func isPast(share: Double) -> Bool {
    if isOver { return true }
    guard let limit else { return false }
    return seconds >= share * limit
  }
}
