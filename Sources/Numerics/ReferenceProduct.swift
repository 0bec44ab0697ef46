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
      b = grouped(
        b, columns, of: narrow == .int4 ? KeptPrecision.groupSize : inner, most: narrow == .int4 ? 7 : 127)
    }
    switch precision {
    case .fp32: return Self.sums(a, b, inner, columns)
    case .fp16, .bf16, .fp8:
      let sums = Self.sums(a.map(rounded), b.map(rounded), inner, columns)
      return precision == .fp8 ? sums : sums.map(rounded)
    case .int8: return quantised(a, b, inner, columns)
    case .int4: return Self.sums(a, weights(b, columns, most: 7), inner, columns)
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
    let form = LinearQuantisation(symmetricOver: a)
    let scales = Self.scales(b, columns, most: 127)
    var codes = b
    for index in codes.indices {
      codes[index] = (b[index] / scales[index % columns]).rounded(.toNearestOrEven)
    }
    // Whole numbers below 2 to the 53 are exact in double precision.
    let sums = Self.sums(a.map { Float(form.code(of: $0)) }, codes, inner, columns)
    return sums.enumerated().map { $1 * form.scale * scales[$0 % columns] }
  }

  /// Weights as codes hold them that have a scale for so many rows of a column.
  private func grouped(_ b: [Float], _ columns: Int, of rows: Int, most: Float) -> [Float] {
    stride(from: 0, to: b.count, by: max(1, rows) * columns).flatMap { start in
      weights(Array(b[start..<min(b.count, start + rows * columns)]), columns, most: most)
    }
  }

  /// Weights as codes with a scale a column hold them.
  private func weights(_ b: [Float], _ columns: Int, most: Float) -> [Float] {
    let scales = Self.scales(b, columns, most: most)
    return b.enumerated().map { index, value in
      let scale = scales[index % columns]
      return max(-most, min(most, (value / scale).rounded(.toNearestOrEven))) * scale
    }
  }

  private static func scales(_ b: [Float], _ columns: Int, most: Float) -> [Float] {
    var largest = [Float](repeating: 0, count: columns)
    for (index, value) in b.enumerated() where value.isFinite {
      largest[index % columns] = max(largest[index % columns], value.magnitude)
    }
    return largest.map { $0 > 0 ? $0 / most : 1 }
  }
}
