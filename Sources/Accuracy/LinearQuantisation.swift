/// 8-bit codes with a scale and a zero point, as ONNX's QuantizeLinear, DequantizeLinear and QLinearMatMul define them: bit for bit what
/// ONNX Runtime's kernels on a CPU give (`reports/numerics/vectors.py`).
package struct LinearQuantisation: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case int8, uint8

    package var codes: ClosedRange<Int32> { self == .int8 ? -128...127 : 0...255 }
  }

  package var kind: Kind
  package var scale: Float
  package var zero: Int32

  package init(kind: Kind, scale: Float, zero: Int32 = 0) {
    self.kind = kind
    self.scale = scale
    self.zero = zero
  }

  /// To the nearest code, ties to even.
  package func code(of value: Float) -> Int32 { code(ofSteps: value / scale) }

  package func value(ofCode code: Int32) -> Float { Float(code &- zero) * scale }

  /// The nearest code of a number of steps from zero; what is no number has the zero point.
  private func code(ofSteps steps: Float) -> Int32 {
    let (least, most) = (Float(kind.codes.lowerBound &- zero), Float(kind.codes.upperBound &- zero))
    guard !steps.isNaN else { return zero }
    return Int32(min(most, max(least, steps.rounded(.toNearestOrEven)))) &+ zero
  }

  /// Products of codes: sums in 32 bits, then to codes of the result by one factor a column.
  ///
  /// - Parameters:
  ///   - a: rows x inner, row by row.
  ///   - b: inner x columns, row by row.
  ///   - bScales: one, or one a column; zero points of `b` are 0.
  /// - Returns: rows x columns.
  package static func product(
    _ a: [Int32], _ aForm: LinearQuantisation, _ b: [Int32], bScales: [Float], columns: Int,
    to form: LinearQuantisation
  ) -> [Int32] {
    guard columns > 0, b.count % columns == 0, !b.isEmpty, !bScales.isEmpty else { return [] }
    let inner = b.count / columns
    return (0..<(a.count / inner)).flatMap { row in
      (0..<columns).map { column in
        var sum: Int32 = 0
        for k in 0..<inner { sum &+= (a[row * inner + k] &- aForm.zero) &* b[k * columns + column] }
        let scale = bScales.count > 1 ? bScales[column] : bScales[0]
        return form.code(ofSteps: Float(sum) * (aForm.scale * scale / form.scale))
      }
    }
  }
}
