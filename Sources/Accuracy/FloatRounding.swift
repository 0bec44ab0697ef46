import Hardware

/// Values in floating-point precisions; those of whole numbers leave a value as it is.
package enum FloatRounding {
  package static func rounded(_ value: Float, to precision: Precision) -> Float {
    switch precision {
    case .fp16: HalfPrecision.value(of: HalfPrecision.bits(of: value))
    case .bf16: BrainFloat.value(of: BrainFloat.bits(of: value))
    case .fp8: threeDigits(value)
    case .fp32, .int8, .int4: value
    }
  }

  /// To three digits behind the binary point.
  private static func threeDigits(_ value: Float) -> Float {
    guard value != 0, value.isFinite else { return value }
    let step = Float(sign: .plus, exponent: value.exponent - 3, significand: 1)
    return step > 0 ? (value / step).rounded(.toNearestOrEven) * step : value
  }
}
