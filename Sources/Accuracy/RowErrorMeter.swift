import Hardware

/// Adds up what rows lose in each of some precisions, a row at a time.
///
/// int8 and int4 have a scale and a bias a row, in fp16: see ``RowScale``. fp8 is rounding to three digits behind the binary point,
/// with a scale a table that keeps values in range. A value that a precision cannot hold counts as lost.
package struct RowErrorMeter {
  package let precisions: [Precision]
  /// Squares of errors, by precision, and of the values themselves.
  private var lost: [Double]
  private var whole = 0.0

  package init(_ precisions: [Precision]) {
    self.precisions = precisions
    lost = precisions.map { _ in 0 }
  }

  /// Elements that are no finite numbers count nothing.
  package mutating func add(_ row: some Collection<Float>) {
    for value in row where value.isFinite { whole += Double(value) * Double(value) }
    for (index, precision) in precisions.enumerated() {
      let sum =
        switch precision {
        case .fp32: 0.0
        case .fp16, .bf16, .fp8: Self.lost(row) { FloatRounding.rounded($0, to: precision) }
        case .int8, .int4: Self.lost(row, RowScale(row, bits: precision.bits, scaleBytes: 2))
        }
      lost[index] += sum
    }
  }

  /// By precision: relative L2 errors of all rows so far; 0 where all values are 0.
  package var errors: [Double] {
    lost.map { whole > 0 ? ($0 / whole).squareRoot() : 0 }
  }

  private static func lost(_ row: some Collection<Float>, _ scale: RowScale) -> Double {
    lost(row) { scale.value(ofCode: scale.code(of: $0)) }
  }

  /// The sum of squared errors of finite values in another form.
  static func lost(_ row: some Collection<Float>, _ stored: (Float) -> Float) -> Double {
    var sum = 0.0
    for value in row where value.isFinite {
      let kept = stored(value)
      let error = kept.isFinite ? Double(kept) - Double(value) : Double(value)
      sum += error * error
    }
    return sum
  }
}
