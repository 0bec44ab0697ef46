/// Numbers for people, without Foundation's formatters.
enum Decimals {
  /// `value` with that many significant digits, at least all of the whole part: 1234.5 -> "1235", 0.012345 -> "0.0123".
  static func text(_ value: Double, digits: Int) -> String {
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
}
