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
}
