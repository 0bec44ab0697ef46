/// Exponential and logarithm from additions, multiplications and divisions alone.
///
/// Those give the same bits on every platform, which the functions of its C library do not: a search that accepts moves by
/// them would find another plan elsewhere. Relative errors are below 1e-15.
package enum PortableMath {
  /// e to the power of x; 0 below the smallest normal number, infinity above the largest.
  package static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x < -708 { return 0 }
    if x > 709 { return .infinity }
    // x = n ln 2 + r with |r| <= ln 2 / 2; ln 2 in two parts, so that r is exact to its last digits.
    let n = (x * 1.442_695_040_888_963_4).rounded()
    let r = (x - n * 0x1.62e4_2fee_0000_0p-1) - n * 0x1.a39e_f357_93c7_6p-33
    // The series to r^13 in pairs, so that the processor works at several at once.
    let (r2, r4) = (r * r, (r * r) * (r * r))
    let low = (1 + r) + r2 * (1 / 2.0 + r * (1 / 6.0))
    let middle = (1 / 24.0 + r * (1 / 120.0)) + r2 * (1 / 720.0 + r * (1 / 5040.0))
    let high = (1 / 40_320.0 + r * (1 / 362_880.0)) + r2 * (1 / 3_628_800.0 + r * (1 / 39_916_800.0))
    let top = 1 / 479_001_600.0 + r * (1 / 6_227_020_800.0)
    let sum = low + r4 * (middle + r4 * (high + r4 * top))
    return sum * Double(bitPattern: UInt64(Int(n) + 1023) << 52)
  }

  /// The natural logarithm of a positive number.
  package static func ln(_ x: Double) -> Double {
    if x == 0 { return -.infinity }
    guard x > 0, x.isFinite else { return x > 0 ? x : .nan }
    var exponent = Double(x.exponent)
    var m = x.significand
    if m > 1.414_213_562_373_095 {
      m /= 2
      exponent += 1
    }
    // ln m = 2 artanh t.
    let t = (m - 1) / (m + 1)
    let square = t * t
    var sum = 0.0
    for k in stride(from: 23.0, to: 0, by: -2) { sum = sum * square + 1 / k }
    return exponent * 0x1.62e4_2fee_0000_0p-1 + (exponent * 0x1.a39e_f357_93c7_6p-33 + 2 * t * sum)
  }

  /// x to the power of y, for x above 0; 0 to any power is 0.
  package static func pow(_ x: Double, _ y: Double) -> Double { x == 0 ? 0 : exp(y * ln(x)) }
}
