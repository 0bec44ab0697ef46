/// A fraction in lowest terms. Arithmetic that leaves the range of integers gives `nil`.
struct Rational: Equatable {
  let numerator: Int
  /// Positive.
  let denominator: Int

  init(_ whole: Int) {
    numerator = whole
    denominator = 1
  }

  /// `nil` where the denominator is 0 or the parts are too large.
  init?(_ numerator: Int, over denominator: Int) {
    guard denominator != 0, numerator != .min, denominator != .min else { return nil }
    var (a, b) = (abs(numerator), abs(denominator))
    while b > 0 { (a, b) = (b, a % b) }
    self.numerator = denominator < 0 ? -numerator / a : numerator / a
    self.denominator = abs(denominator) / a
  }

  /// The integer it is; `nil` for a fraction.
  var whole: Int? { denominator == 1 ? numerator : nil }

  var floor: Int {
    let quotient = numerator / denominator
    return numerator % denominator < 0 ? quotient - 1 : quotient
  }

  var ceiling: Int {
    let quotient = numerator / denominator
    return numerator % denominator > 0 ? quotient + 1 : quotient
  }

  func adding(_ other: Rational) -> Rational? {
    guard let left = Self.product(numerator, other.denominator),
      let right = Self.product(other.numerator, denominator),
      let below = Self.product(denominator, other.denominator)
    else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : Rational(sum, over: below)
  }

  var negated: Rational? { Rational(numerator == .min ? .min : -numerator, over: denominator) }

  func multiplied(by other: Rational) -> Rational? {
    guard let above = Self.product(numerator, other.numerator),
      let below = Self.product(denominator, other.denominator)
    else { return nil }
    return Rational(above, over: below)
  }

  /// `nil` for a division by 0 as well.
  func divided(by other: Rational) -> Rational? {
    Rational(other.denominator, over: other.numerator).flatMap(multiplied)
  }

  /// `nil` unless the exponent is an integer.
  func raised(to exponent: Rational) -> Rational? {
    guard let power = exponent.whole, let base = power < 0 ? Rational(1).divided(by: self) : self else {
      return nil
    }
    // Nothing but 0, 1 and -1 has a larger power that is in range.
    if base.denominator == 1, base.numerator.magnitude <= 1, power.magnitude > 64 {
      return power % 2 == 0 ? base.multiplied(by: base) : base
    }
    var result = Rational(1)
    for _ in 0..<min(power.magnitude, 64) {
      guard let next = result.multiplied(by: base) else { return nil }
      result = next
    }
    return power.magnitude > 64 ? nil : result
  }

  func isLess(than other: Rational) -> Bool {
    Int128(numerator) * Int128(other.denominator) < Int128(other.numerator) * Int128(denominator)
  }

  private static func product(_ a: Int, _ b: Int) -> Int? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }
}

extension Rational: CustomStringConvertible {
  var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
