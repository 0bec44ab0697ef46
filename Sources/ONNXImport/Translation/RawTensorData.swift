import FoundationEssentials
import Graph

/// Decodes the little-endian bytes of a small tensor.
enum RawTensorData {
  /// `nil` for types whose values are never needed, and for bytes that are no whole number of elements.
  static func values(_ data: Data, type: ElementType) -> ConstantValues? {
    let width = type.bits / 8
    guard width > 0, data.count % width == 0 else { return nil }
    let words = words(Array(data), width: width)
    switch type {
    case .float32: return .floats(words.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) })
    case .float64: return .floats(words.map { Double(bitPattern: $0) })
    case .float16: return .floats(words.map { half(UInt16(truncatingIfNeeded: $0)) })
    case .bfloat16: return .floats(words.map { brain(UInt16(truncatingIfNeeded: $0)) })
    case .int64: return .ints(words.map { Int(Int64(bitPattern: $0)) })
    case .int32: return .ints(words.map { Int(Int32(truncatingIfNeeded: $0)) })
    case .int16: return .ints(words.map { Int(Int16(truncatingIfNeeded: $0)) })
    case .int8: return .ints(words.map { Int(Int8(truncatingIfNeeded: $0)) })
    case .uint8, .uint16, .uint32, .uint64, .bool: return .ints(words.map { Int(clamping: $0) })
    default: return nil
    }
  }

  private static func words(_ bytes: [UInt8], width: Int) -> [UInt64] {
    stride(from: 0, to: bytes.count, by: width).map { start in
      (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
    }
  }

  /// IEEE 754 binary16.
  static func half(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Double(bits & 0x3ff) / 1024
    switch exponent {
    case 0: return sign * fraction * 0x1p-14
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    }
  }

  /// The upper half of a binary32.
  static func brain(_ bits: UInt16) -> Double { Double(Float(bitPattern: UInt32(bits) << 16)) }
}
