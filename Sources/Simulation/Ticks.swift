/// Simulated time: whole picoseconds in an `Int64`.
///
/// A picosecond keeps the rounding of a 1 ns leg below 0.05 %, and 63 bits of them last 106 days, far beyond any
/// run. Integers make ties exact, so that the order of simultaneous events is decided by priority and sequence.
enum Ticks {
  static let perSecond = 1e12
  /// Longest single duration that is accepted: 1,000,000 s, so that sums are far from overflow.
  static let longestSeconds = 1e6

  /// The nearest tick; `nil` for a duration that is negative, not a number or longer than ``longestSeconds``.
  static func from(seconds: Double) -> Int64? {
    guard seconds >= 0, seconds <= longestSeconds else { return nil }
    return Int64((seconds * perSecond).rounded())
  }

  static func seconds(_ ticks: Int64) -> Double { Double(ticks) / perSecond }
  static func seconds(_ ticks: Int128) -> Double { Double(ticks) / perSecond }
}
