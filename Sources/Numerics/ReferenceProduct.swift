import Accuracy
import CostModel
import Hardware

/// Matrix products on a CPU as a matrix engine of a precision makes them.
///
/// - fp32: sums in double precision, rounded once.
/// - fp16, bf16: operands rounded, sums in fp32 or better, the result rounded.
/// - fp8: operands with three digits behind the binary point, scales that keep them in range, sums as above.
/// - int8: activations with one symmetric scale, weights with one for each column of the result, sums of codes in whole numbers.
/// - int4: weights alone, with one symmetric scale a column and codes from -7 to 7.
///
/// Weights that are widened as they are read have codes with one symmetric scale a column in int8, and in int4 one for each 128
/// values of a column, as ``KeptPrecision`` counts them.
struct ReferenceProduct {
  var precision: Precision
  /// `nil` where they are in the precision.
  var narrow: Precision?

  init(precision: Precision, weights: Precision? = nil) {
    self.precision = precision
    narrow = weights
  }

  /// - Parameters:
  ///   - a: rows x inner, row by row.
  ///   - b: inner x columns, row by row.
  /// - Returns: rows x columns.
  func product(_ a: [Float], _ b: [Float], inner: Int, columns: Int) -> [Float] {
    guard inner > 0, columns > 0 else { return [] }
    var b = b
    if let narrow {
      b = weights(b, columns, bits: narrow.bits, of: narrow == .int4 ? KeptPrecision.groupSize : inner)
    }
    switch precision {
    case .fp32: return Self.sums(a, b, inner, columns)
    case .fp16, .bf16, .fp8:
      let sums = Self.sums(a.map(rounded), b.map(rounded), inner, columns)
      return precision == .fp8 ? sums : sums.map(rounded)
    case .int8: return quantised(a, b, inner, columns)
    case .int4: return Self.sums(a, weights(b, columns, bits: 4, of: inner), inner, columns)
    }
  }

  /// A value in a floating-point precision.
  func rounded(_ value: Float) -> Float { FloatRounding.rounded(value, to: precision) }

  private static func sums(_ a: [Float], _ b: [Float], _ inner: Int, _ columns: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(a.count / inner * columns)
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<(a.count / inner) {
      for column in 0..<columns { sums[column] = 0 }
      for k in 0..<inner {
        let value = Double(a[row * inner + k])
        guard value != 0 else { continue }
        let start = k * columns
        for column in 0..<columns { sums[column] += value * Double(b[start + column]) }
      }
      for column in 0..<columns { result.append(Float(sums[column])) }
    }
    return result
  }

  private func quantised(_ a: [Float], _ b: [Float], _ inner: Int, _ columns: Int) -> [Float] {
    let form = SymmetricCodes(bits: 8, over: a)
    let forms = Self.forms(b, columns, bits: 8)
    // Whole numbers below 2 to the 53 are exact in double precision.
    let sums = Self.sums(
      a.map(form.code), b.enumerated().map { forms[$0 % columns].code(of: $1) }, inner, columns)
    return sums.enumerated().map { $1 * form.scale * forms[$0 % columns].scale }
  }

  /// Weights as codes hold them that have a scale for so many rows of a column.
  private func weights(_ b: [Float], _ columns: Int, bits: Int, of rows: Int) -> [Float] {
    stride(from: 0, to: b.count, by: max(1, rows) * columns).flatMap { start in
      let part = b[start..<min(b.count, start + rows * columns)]
      let forms = Self.forms(Array(part), columns, bits: bits)
      return part.enumerated().map { index, value in
        let form = forms[index % columns]
        return form.code(of: value) * form.scale
      }
    }
  }

  /// One a column.
  private static func forms(_ b: [Float], _ columns: Int, bits: Int) -> [SymmetricCodes] {
    (0..<columns).map { column in
      SymmetricCodes(bits: bits, over: stride(from: column, to: b.count, by: columns).lazy.map { b[$0] })
    }
  }
}
