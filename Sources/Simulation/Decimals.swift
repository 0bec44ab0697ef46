/// Numbers for people, without Foundation's formatters.
package enum Decimals {
  /// `value` with that many significant digits, at least all of the whole part: 1234.5 -> "1235", 0.012345 -> "0.0123".
  package static func text(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    guard value != 0, abs(value) < 1e15 else { return value == 0 ? "0" : "\(value)" }
    var scale = 1.0
    var decimals = 0
    var lowest = 1.0
    for _ in 1..<max(2, digits) { lowest *= 10 }
    while abs(value) * scale < lowest, decimals < 15 {
      scale *= 10
      decimals += 1
    }
    let whole = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard decimals > 0 else { return sign + "\(whole)" }
    let text = "\(whole)"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// A share as a number of hundredths, without needless zeros: 0.999 -> "99.9".
  static func percent(_ share: Double) -> String { trimmed(text(share * 100, digits: 9)) }

  /// A share to three significant digits of what is missing, so never rounded up to all: `100 %`, `59.9 %`, `99.9962 %`.
  package static func share(_ share: Double) -> String {
    guard share > 0, share < 1 else { return share >= 1 ? "100 %" : "0 %" }
    var decimals = 1
    var scale = 10.0
    while decimals < 9, (1 - share) * 100 * scale < 100 {
      decimals += 1
      scale *= 10
    }
    let text = "\(Int64(min((share * 100 * scale).rounded(), 100 * scale - 1)))"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
    return trimmed(padded.dropLast(decimals) + "." + padded.suffix(decimals)) + " %"
  }

  /// Without the zeros at the end of a fraction.
  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let digits = text.reversed().drop { $0 == "0" }
    return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
  }
}
