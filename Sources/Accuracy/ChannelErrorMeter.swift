import Hardware

/// Adds up what weights lose in each of some precisions, a channel at a time: what makes one result.
///
/// int8 has symmetric codes with a scale a channel, int4 with one for 128 of its values; floating point is rounded.
package struct ChannelErrorMeter {
  package let precisions: [Precision]
  /// Squares of errors, by precision, and of the values themselves.
  private var lost: [Double]
  private var whole = 0.0

  package init(_ precisions: [Precision] = Precision.allCases) {
    self.precisions = precisions
    lost = precisions.map { _ in 0 }
  }

  /// Elements that are no finite numbers count nothing.
  package mutating func add(_ channel: [Float]) {
    for value in channel where value.isFinite { whole += Double(value) * Double(value) }
    for (index, precision) in precisions.enumerated() {
      switch precision {
      case .fp32: break
      case .fp16, .bf16, .fp8:
        lost[index] += RowErrorMeter.lost(channel) { FloatRounding.rounded($0, to: precision) }
      case .int8: lost[index] += Self.lost(channel[...], bits: 8)
      case .int4:
        for start in stride(from: 0, to: channel.count, by: AssumedError.groupOfWeights) {
          let end = min(channel.count, start + AssumedError.groupOfWeights)
          lost[index] += Self.lost(channel[start..<end], bits: 4)
        }
      }
    }
  }

  /// Relative L2 errors of all channels so far; 0 where all values are 0.
  package var errors: [Precision: Double] {
    Dictionary(
      uniqueKeysWithValues: zip(precisions, lost.map { whole > 0 ? ($0 / whole).squareRoot() : 0 }))
  }

  private static func lost(_ values: ArraySlice<Float>, bits: Int) -> Double {
    let codes = SymmetricCodes(bits: bits, over: values)
    return RowErrorMeter.lost(values) { codes.code(of: $0) * codes.scale }
  }
}
