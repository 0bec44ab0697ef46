import Simulation

/// Figures as people read them: three significant digits and a unit.
///
/// Bytes are decimal (1 GB = 10^9 bytes). Written without a locale, so the same figure is the same text everywhere.
public enum Figures {
  /// For example `14.2 GB`.
  public static func bytes(_ count: Int) -> String {
    scaled(Double(count), units: [("B", 1), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)])
  }

  /// For example `14.2 GB`, of figures that need not be whole.
  public static func bytes(_ count: Double) -> String {
    bytes(Int(exactly: count.rounded()) ?? (count > 0 ? .max : 0))
  }

  /// Four significant digits without a unit, for example `0.004512`.
  public static func significant(_ value: Double) -> String { Decimals.text(value, digits: 4) }

  /// For example `2.43 ms`.
  public static func seconds(_ seconds: Double) -> String {
    scaled(seconds, units: [("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1)])
  }

  /// For example `24.1 mJ`.
  public static func joules(_ joules: Double) -> String {
    scaled(joules, units: [("µJ", 1e-6), ("mJ", 1e-3), ("J", 1), ("kJ", 1e3)])
  }

  /// For example `12.4 G`, with a space before the letter, to be followed by a unit.
  public static func count(_ value: Double) -> String {
    scaled(value, units: [("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15)])
  }

  /// For example `1,234,567`.
  public static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// A rate or plain number: whole above 100 with thousands grouped, three digits below, for example `26,400` or `8.12`.
  public static func number(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    if value.magnitude >= 100, value.magnitude < 9e15 { return grouped(Int(value.rounded())) }
    return fixed(value, decimals: value.magnitude < 9.995 ? 2 : 1)
  }

  /// A fraction as a percentage, for example `0.8 %`.
  public static func percent(_ fraction: Double) -> String {
    guard fraction.isFinite else { return "\(fraction)" }
    let value = fraction * 100
    if value == 0 { return "0 %" }
    if value.magnitude < 0.01 { return "less than 0.01 %" }
    return fixed(value, decimals: value.magnitude < 1 ? 2 : (value.magnitude < 99.95 ? 1 : 0)) + " %"
  }

  /// `1 table`, `12 tables`; `plural` where it is not the noun with an s.
  public static func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
  }

  /// `value` with exactly `decimals` digits after the point.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    var factor = 1.0
    for _ in 0..<decimals { factor *= 10 }
    let scaled = (value * factor).rounded()
    guard scaled.magnitude < 9e15 else { return "\(value)" }
    let digits = String(Int(scaled.magnitude))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let sign = scaled < 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  private static func scaled(_ value: Double, units: [(name: String, size: Double)]) -> String {
    guard value.isFinite, let smallest = units.first else { return "\(value)" }
    if value == 0 { return join("0", units.first { $0.size == 1 }?.name ?? "") }
    // 999.6 of one unit would print as 1000: such a value belongs to the next unit.
    let unit = units.last { value.magnitude >= $0.size * 0.9995 } ?? smallest
    let scaled = value / unit.size
    let isWhole = unit.size == 1 && scaled == scaled.rounded() && scaled.magnitude < 1000
    let decimals = isWhole ? 0 : (scaled.magnitude < 9.995 ? 2 : (scaled.magnitude < 99.95 ? 1 : 0))
    return join(fixed(scaled, decimals: decimals), unit.name)
  }

  private static func join(_ figure: String, _ unit: String) -> String {
    unit.isEmpty ? figure : figure + " " + unit
  }
}
