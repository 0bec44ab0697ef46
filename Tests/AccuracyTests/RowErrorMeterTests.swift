import Hardware
import TestSupport
import Testing

@testable import Accuracy

@Suite struct RowErrorMeterTests {
  @Test func whatAPrecisionHoldsIsNotLost() {
    // Steps of 1 are scales that half precision holds.
    var narrow = RowErrorMeter(Precision.allCases.filter { $0 != .int8 })
    narrow.add((0...15).map { Float($0) })
    #expect(narrow.errors == narrow.errors.map { _ in 0 })
    var wide = RowErrorMeter([.int8])
    wide.add((0...255).map { Float($0) })
    #expect(wide.errors == [0])
  }

  /// 7.5 lies between two codes, and goes to the even one.
  @Test func lossesAreRootsOfSumsOfSquares() {
    var meter = RowErrorMeter([.int4])
    meter.add([0, 7.5, 15])
    #expect(abs(meter.errors[0] - (0.25 / (7.5 * 7.5 + 225)).squareRoot()) < 1e-12)
    // A second row without loss makes the whole larger.
    meter.add([0, 15])
    #expect(abs(meter.errors[0] - (0.25 / (7.5 * 7.5 + 450)).squareRoot()) < 1e-12)
  }

  @Test func whatIsNoNumberCountsNothingAndWhatIsTooLargeIsLost() {
    var meter = RowErrorMeter([.fp16, .int8])
    meter.add([.nan, .infinity, 1, 2])
    #expect(meter.errors[0] == 0)
    var large = RowErrorMeter([.fp16, .int8])
    large.add([1e30, -1e30])
    #expect(large.errors == [1, 1])
    #expect(RowErrorMeter([.int8]).errors == [0])
  }

  /// What is assumed of tables is what these kernels do to normal rows.
  @Test(arguments: [8, 32, 48, 64, 128])
  func kernelsLoseWhatIsAssumedOfNormalRows(width: Int) {
    var random = SeededRandom(seed: 7)
    func normal() -> Float {
      // Twelve uniform numbers have a variance of 1, and tails that are a little short.
      Float((0..<48).reduce(0.0) { sum, _ in sum + Double.random(in: -1...1, using: &random) } / 4)
    }
    var meter = RowErrorMeter(Precision.allCases)
    for _ in 0..<400 { meter.add((0..<width).map { _ in normal() }) }
    for (precision, error) in zip(meter.precisions, meter.errors) {
      let assumed = AssumedError.ofRows(width: width, in: precision, stored: .float32)
      // The ranges of short rows differ more from row to row, and their squares count.
      let tolerance = width < 32 ? 0.1 : 0.05
      #expect(abs(error - assumed) <= tolerance * assumed, "\(precision) \(error) \(assumed)")
    }
  }

  /// The bytes that exports write hold what the meter measures.
  @Test func encodedRowsAreWhatIsMeasured() {
    let row: [Float] = [-0.31, 0.02, 0.77, 0.4, -0.9]
    let bytes = row.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
    let encoded = RowEncoder(form: .codes(bits: 8, scaleBytes: 2), type: .float32).encode(bytes)
    let scale = RowScale(row, bits: 8, scaleBytes: 2)
    #expect(encoded.values == row.map { UInt8(scale.code(of: $0)) })
    var meter = RowErrorMeter([.int8])
    meter.add(row)
    let lost = zip(row, encoded.values).reduce(0.0) { sum, pair in
      let error = Double(scale.value(ofCode: Float(pair.1))) - Double(pair.0)
      return sum + error * error
    }
    let whole = row.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(meter.errors[0] - (lost / whole).squareRoot()) < 1e-12)
  }
}
