/// Numbers of IEEE 754's binary16, by bit patterns: conversions of `Float16` call functions that a C compiler's own library keeps
/// to itself, so that a program in C could not link this one.
package enum HalfPrecision {
  /// The nearest one, ties to even; infinite where none is near.
  package static func bits(of value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16 & 0x8000)
    let magnitude = value.bitPattern & 0x7fff_ffff
    if magnitude > 0x7f80_0000 { return sign | 0x7e00 }
    // From 2 to the -14 on there are 10 bits behind the leading one.
    if magnitude >= 0x3880_0000 {
      let rounded = magnitude + 0xfff + (magnitude >> 13 & 1)
      return rounded >= 0x4780_0000 ? sign | 0x7c00 : sign | UInt16((rounded - 0x3800_0000) >> 13)
    }
    // Below, all are multiples of 2 to the -24.
    let shift = 126 - (magnitude >> 23)
    guard shift <= 24 else { return sign }
    let significand = magnitude & 0x7f_ffff | 0x80_0000
    let quotient = significand >> shift
    let rest = significand & ((1 << shift) - 1)
    let half = UInt32(1) << (shift - 1)
    let isUp = rest > half || (rest == half && quotient & 1 == 1)
    return sign | UInt16(quotient + (isUp ? 1 : 0))
  }

  package static func value(of bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1f)
    let fraction = UInt32(bits & 0x3ff)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
