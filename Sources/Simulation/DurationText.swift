/// Durations as people write them: `100ms`, `2s`, `250us`, `1.5min`.
public enum DurationText {
  /// Units and how many nanoseconds they have; of two that end alike the longer one first.
  private static let units: [(suffix: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("min", 6e10), ("s", 1e9),
  ]

  /// What a number without a unit stands for.
  public enum BareNumber: Sendable {
    case refused, milliseconds, seconds

    fileprivate var nanoseconds: Double? {
      switch self {
      case .refused: nil
      case .milliseconds: 1e6
      case .seconds: 1e9
      }
    }
  }

  /// - Returns: seconds, or `nil` for a text that is not a finite, non-negative time.
  public static func seconds(_ text: some StringProtocol, bare: BareNumber = .refused) -> Double? {
    read(text, bare, unit: 1e9)
  }

  /// The same in milliseconds, of which a number of milliseconds is exactly itself.
  public static func milliseconds(_ text: some StringProtocol, bare: BareNumber = .refused) -> Double? {
    read(text, bare, unit: 1e6)
  }

  private static func read(_ text: some StringProtocol, _ bare: BareNumber, unit: Double) -> Double? {
    let known = units.first { text.hasSuffix($0.suffix) }
    let number = text.dropLast(known?.suffix.count ?? 0)
    guard let scale = known?.nanoseconds ?? bare.nanoseconds, let value = Double(number), value >= 0 else {
      return nil
    }
    // One of the two is a whole number, so that units of the same size divide to exactly 1.
    let result = scale < unit ? value / (unit / scale) : value * (scale / unit)
    return result.isFinite ? result : nil
  }
}
