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
package struct RowEncoder: Sendable {
  package enum Form: Sendable {
    /// As in the file.
    case stored
    case half, brain
    case codes(bits: Int, scaleBytes: Int)
  }

  package let form: Form
  /// Of the file.
  package let type: ElementType

  package init(form: Form, type: ElementType) {
    self.form = form
    self.type = type
  }

  package struct Row {
    package var values: [UInt8]
    package var scale: [UInt8] = []
    package var bias: [UInt8] = []

    package init(values: [UInt8], scale: [UInt8] = [], bias: [UInt8] = []) {
      self.values = values
      self.scale = scale
      self.bias = bias
    }
  }

  package func encode(_ bytes: [UInt8]) -> Row {
    switch form {
    case .stored: return Row(values: bytes)
    case .half: return Row(values: StoredFloats.values(bytes, type).flatMap { Self.half($0) })
    case .brain: return Row(values: StoredFloats.values(bytes, type).flatMap { Self.brain($0) })
    case .codes(let bits, let scaleBytes):
      return quantised(StoredFloats.values(bytes, type), bits: bits, scaleBytes: scaleBytes)
    }
  }

  /// A row whose elements are all of one value.
  ///
  /// - Parameter value: 0, or of a table of floating-point numbers any, infinities among them, which no row of a file has as it is
  ///   quantised.
  package func row(of value: Float, columns: Int) -> Row {
    func repeated(_ element: [UInt8]) -> [UInt8] { (0..<columns).flatMap { _ in element } }
    switch form {
    case .stored: return Row(values: repeated(StoredFloats.bytes(of: value, type)))
    case .half: return Row(values: repeated(Self.half(value)))
    case .brain: return Row(values: repeated(Self.brain(value)))
    case .codes(let bits, let scaleBytes):
      let codes = [UInt8](repeating: 0, count: bits == 4 ? (columns + 1) / 2 : columns)
      return Row(values: codes, scale: number(0, scaleBytes), bias: number(value, scaleBytes))
    }
  }

  private func number(_ value: Float, _ bytes: Int) -> [UInt8] {
    bytes == 2 ? Self.half(value) : Self.single(value)
  }

  private func quantised(_ row: [Float], bits: Int, scaleBytes: Int) -> Row {
    let scale = RowScale(row, bits: bits, scaleBytes: scaleBytes)
    let codes = row.map { UInt8(scale.code(of: $0)) }
    let packed: [UInt8]
    if bits == 4 {
      let half = (codes.count + 1) / 2
      packed = (0..<half).map { codes[$0] | (half + $0 < codes.count ? codes[half + $0] << 4 : 0) }
    } else {
      packed = codes
    }
    return Row(
      values: packed, scale: number(scale.scale, scaleBytes), bias: number(scale.bias, scaleBytes))
  }

  private static func half(_ value: Float) -> [UInt8] {
    let pattern = HalfPrecision.bits(of: value)
    return [UInt8(truncatingIfNeeded: pattern), UInt8(truncatingIfNeeded: pattern >> 8)]
  }

  private static func brain(_ value: Float) -> [UInt8] {
    let pattern = BrainFloat.bits(of: value)
    return [UInt8(truncatingIfNeeded: pattern), UInt8(truncatingIfNeeded: pattern >> 8)]
  }

  private static func single(_ value: Float) -> [UInt8] {
    let pattern = value.bitPattern
    return (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt32($0))) }
  }
}
