import Graph
import Hardware

/// Rows of an embedding table in a narrower form.
///
/// Quantised rows have a scale and a bias each: an element is `code * scale + bias`, with codes from 0 to 255 for int8 and to
/// 15 for int4. The bias is the row's least element, the scale its range over the largest code; both are rounded to their own
/// type before the codes are chosen. Two int4 codes share a byte: the low half of byte `j` of a row is element `j`, the high
/// half element `j + (D + 1) / 2` of `D`, so that unpacking joins two halves.
///
/// Source: row-wise quantisation of FBGEMM and Glow, but for the order of int4 codes.
struct RowEncoder {
  enum Form {
    /// As in the file.
    case stored
    case half, brain
    case codes(bits: Int, scaleBytes: Int)
  }

  let form: Form
  /// Of the file.
  let type: ElementType

  struct Row {
    var values: [UInt8]
    var scale: [UInt8] = []
    var bias: [UInt8] = []
  }

  func encode(_ bytes: [UInt8]) -> Row {
    switch form {
    case .stored: return Row(values: bytes)
    case .half: return Row(values: floats(bytes).flatMap { Self.half($0) })
    case .brain: return Row(values: floats(bytes).flatMap { Self.brain($0) })
    case .codes(let bits, let scaleBytes): return quantised(floats(bytes), bits: bits, scaleBytes: scaleBytes)
    }
  }

  private func quantised(_ row: [Float], bits: Int, scaleBytes: Int) -> Row {
    let finite = row.filter(\.isFinite)
    let least = finite.min() ?? 0
    let most = finite.max() ?? 0
    let top = Float((1 << bits) - 1)
    var scale = (most - least) / top
    var bias = least
    if scaleBytes == 2 {
      scale = HalfPrecision.value(of: HalfPrecision.bits(of: scale))
      bias = HalfPrecision.value(of: HalfPrecision.bits(of: bias))
    }
    let codes = row.map { value -> UInt8 in
      guard scale > 0, value.isFinite else { return 0 }
      return UInt8(max(0, min(top, ((value - bias) / scale).rounded(.toNearestOrEven))))
    }
    let packed: [UInt8]
    if bits == 4 {
      let half = (codes.count + 1) / 2
      packed = (0..<half).map { codes[$0] | (half + $0 < codes.count ? codes[half + $0] << 4 : 0) }
    } else {
      packed = codes
    }
    func number(_ value: Float) -> [UInt8] { scaleBytes == 2 ? Self.half(value) : Self.single(value) }
    return Row(values: packed, scale: number(scale), bias: number(bias))
  }

  private func floats(_ bytes: [UInt8]) -> [Float] {
    let width = type.bits / 8
    return stride(from: 0, to: bytes.count - width + 1, by: width).map { start in
      var pattern: UInt64 = 0
      for place in 0..<width { pattern |= UInt64(bytes[start + place]) << (8 * UInt64(place)) }
      return switch type {
      case .float64: Float(Double(bitPattern: pattern))
      case .float16: HalfPrecision.value(of: UInt16(pattern))
      case .bfloat16: Float(bitPattern: UInt32(pattern) << 16)
      default: Float(bitPattern: UInt32(pattern))
      }
    }
  }

  private static func half(_ value: Float) -> [UInt8] {
    let pattern = HalfPrecision.bits(of: value)
    return [UInt8(truncatingIfNeeded: pattern), UInt8(truncatingIfNeeded: pattern >> 8)]
  }

  private static func brain(_ value: Float) -> [UInt8] {
    var pattern = value.bitPattern
    // To nearest, ties to even; what is no number stays none.
    if !value.isNaN { pattern &+= 0x7fff + (pattern >> 16 & 1) } else { pattern |= 1 << 22 }
    return [UInt8(truncatingIfNeeded: pattern >> 16), UInt8(truncatingIfNeeded: pattern >> 24)]
  }

  private static func single(_ value: Float) -> [UInt8] {
    let pattern = value.bitPattern
    return (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt32($0))) }
  }
}
