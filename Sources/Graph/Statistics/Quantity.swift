/// Numbers for people, with three digits that count.
enum Quantity {
  static func count(_ value: Int) -> String {
    value.magnitude < 10_000 ? "\(value)" : scaled(Double(value), ["", " k", " M", " G", " T", " P", " E"])
  }

  static func bytes(_ value: Int) -> String {
    scaled(Double(value), [" B", " kB", " MB", " GB", " TB", " PB", " EB"])
  }

  /// Three significant digits, or all of a larger whole number.
  static func rounded(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    if value.magnitude >= 100 { return "\(Int(clamping: Int64(value.rounded().clamped)))" }
    let decimals: Double = value.magnitude >= 10 ? 10 : 100
    let scaled = (value * decimals).rounded() / decimals
    return scaled == scaled.rounded() ? "\(Int(scaled))" : "\(scaled)"
  }

  private static func scaled(_ value: Double, _ units: [String]) -> String {
    var rest = value
    var unit = 0
    while rest.magnitude >= 999.5, unit < units.count - 1 {
      rest /= 1000
      unit += 1
    }
    return rounded(rest) + units[unit]
  }
}

extension Double {
  fileprivate var clamped: Double { Swift.min(Swift.max(self, -9e18), 9e18) }
}
