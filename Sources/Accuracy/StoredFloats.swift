import Graph

/// Elements of floating-point tensors as files keep them: little-endian.
package enum StoredFloats {
  /// - Parameter type: float64, float32, float16 or bfloat16.
  package static func values(_ bytes: [UInt8], _ type: ElementType) -> [Float] {
    let width = type.bits / 8
    return stride(from: 0, to: bytes.count - width + 1, by: width).map { start in
      var pattern: UInt64 = 0
      for place in 0..<width { pattern |= UInt64(bytes[start + place]) << (8 * UInt64(place)) }
      return switch type {
      case .float64: Float(Double(bitPattern: pattern))
      case .float16: HalfPrecision.value(of: UInt16(pattern))
      case .bfloat16: BrainFloat.value(of: UInt16(pattern))
      default: Float(bitPattern: UInt32(pattern))
      }
    }
  }

  /// One element; zeros for a type that is none of these.
  package static func bytes(of value: Float, _ type: ElementType) -> [UInt8] {
    let pattern: UInt64 =
      switch type {
      case .float64: Double(value).bitPattern
      case .float32: UInt64(value.bitPattern)
      case .float16: UInt64(HalfPrecision.bits(of: value))
      case .bfloat16: UInt64(BrainFloat.bits(of: value))
      default: 0
      }
    return (0..<(type.bits / 8)).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt64($0))) }
  }
}
