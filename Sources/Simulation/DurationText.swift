/// Durations as people write them: `100ms`, `2s`, `1.5`, `250us`.
public enum DurationText {
  /// - Returns: seconds, or `nil` for a text that is not a finite, non-negative time. Without a unit it is seconds.
  public static func seconds(_ text: some StringProtocol) -> Double? {
    let units: [(suffix: String, scale: Double)] = [
      ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("min", 60), ("s", 1),
    ]
    let unit = units.first { text.hasSuffix($0.suffix) }
    let number = text.dropLast(unit?.suffix.count ?? 0)
    guard let value = Double(number), value >= 0, value.isFinite else { return nil }
    return value * (unit?.scale ?? 1)
  }
}
