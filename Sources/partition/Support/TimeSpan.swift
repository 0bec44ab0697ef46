import ArgumentParser
import Partitioner

/// A time with its unit, as `100ms`, `2s` or `1.5min`; some options take a number without one as well.
struct TimeSpan {
  var seconds: Double
  var milliseconds: Double

  static func withUnit(_ text: String) throws -> TimeSpan { try TimeSpan(text, bare: .refused) }
  static func secondsIfBare(_ text: String) throws -> TimeSpan { try TimeSpan(text, bare: .seconds) }
  static func millisecondsIfBare(_ text: String) throws -> TimeSpan {
    try TimeSpan(text, bare: .milliseconds)
  }

  private init(_ text: String, bare: DurationText.BareNumber) throws {
    guard let seconds = DurationText.seconds(text, bare: bare),
      let milliseconds = DurationText.milliseconds(text, bare: bare)
    else {
      throw ValidationError(
        Double(text).map { $0.isFinite && $0 >= 0 } == true
          ? "it has no unit; write it like \(text)ms or \(text)s"
          : "it is not a time; write it like 100ms, 2s or 1.5min")
    }
    (self.seconds, self.milliseconds) = (seconds, milliseconds)
  }
}
