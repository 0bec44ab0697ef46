/// Numbers of bfloat16, by bit patterns.
package enum BrainFloat {
  /// The nearest one, ties to even; what is no number stays none.
  package static func bits(of value: Float) -> UInt16 {
    var pattern = value.bitPattern
    if value.isNaN { pattern |= 1 << 22 } else { pattern &+= 0x7fff + (pattern >> 16 & 1) }
    return UInt16(truncatingIfNeeded: pattern >> 16)
  }

  package static func value(of bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
}
