import Graph
import Hardware

/// The relative L2 error of a table's rows, or of what a layer reads, in a precision, where nothing but width and type is known: of rows of independent,
/// normally distributed elements.
///
/// Quantised rows of `d` elements: `r(d) / ((2^b - 1) sqrt(12))`, where `r(d)` is the expected range of d standard normal
/// numbers, integrated numerically, and the codes' rounding error is uniform. 20,000 rows of width 64, with fp16 scale and bias,
/// had 0.53 % in int8 and 9.0 % in int4; this gives 0.531 and 9.02. Floating point: the relative rounding error of normal
/// numbers, computed from a million of them.
enum AssumedError {
  /// For widths of 1, 2, 4, ... elements.
  private static let ranges = [
    0, 1.1284, 2.0588, 2.8472, 3.5320, 4.1393, 4.6875, 5.1892, 5.6537, 6.0878, 6.4965, 6.8836, 7.2522,
  ]

  /// - Parameter stored: of the model's file; what it holds exactly has no error.
  static func ofRows(width: Int, in precision: Precision, stored: ElementType) -> Double {
    if holds(precision, stored) { return 0 }
    return switch precision {
    case .fp32: 0
    case .fp16: 2.07e-4
    case .bf16: 1.66e-3
    case .fp8: 2.66e-2
    case .int8, .int4:
      range(width) / (Double((1 << precision.bits) - 1) * (12.0).squareRoot())
    }
  }

  /// Of weights in symmetric codes with a scale a channel, or rounded to floating point: normally distributed, independent.
  ///
  /// - Parameter depth: Values of a channel. The largest magnitude of n normal numbers is half the range of 2 n.
  static func ofWeights(depth: Int, in precision: Precision, stored: ElementType) -> Double {
    if holds(precision, stored) { return 0 }
    return precision.isInteger
      ? symmetric(count: min(depth, precision == .int4 ? groupOfWeights : depth), bits: precision.bits)
      : ofRows(width: depth, in: precision, stored: stored)
  }

  /// Of activations with one scale a tensor.
  static func ofActivations(count: Int, in precision: Precision) -> Double {
    precision.isInteger
      ? symmetric(count: count, bits: precision.bits)
      : ofRows(width: count, in: precision, stored: .float32)
  }

  /// Weights in 4 bits have a scale for so many values.
  static let groupOfWeights = 128

  private static func symmetric(count: Int, bits: Int) -> Double {
    guard count > 1 else { return 0 }
    let (doubled, overflow) = count.multipliedReportingOverflow(by: 2)
    return range(overflow ? .max : doubled) / 2 / (Double((1 << (bits - 1)) - 1) * (12.0).squareRoot())
  }

  /// Whether a precision holds whatever a type does; quantised rows of more bits hold those of fewer.
  private static func holds(_ precision: Precision, _ stored: ElementType) -> Bool {
    guard stored.isFloat else { return precision.bits >= stored.bits }
    return switch (precision, stored) {
    case (.fp32, _): true
    case (.fp16, .float16), (.bf16, .bfloat16): true
    case (.fp16, _), (.bf16, _): stored.bits <= 8
    case (.fp8, _), (.int8, _), (.int4, _): false
    }
  }

  /// Between powers of two along a line.
  private static func range(_ width: Int) -> Double {
    guard width > 1 else { return 0 }
    let step = Int.bitWidth - 1 - width.leadingZeroBitCount
    guard step + 1 < ranges.count else { return ranges[ranges.count - 1] }
    let part = Double(width - (1 << step)) / Double(1 << step)
    return ranges[step] + part * (ranges[step + 1] - ranges[step])
  }
}
