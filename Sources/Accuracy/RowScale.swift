/// How one row is quantised: an element is about `code * scale + bias`.
///
/// The bias is the row's least element, the scale its range over the largest code; both are rounded to their own type before
/// codes are chosen. Elements that are no finite numbers have code 0.
package struct RowScale: Sendable {
  package let scale: Float
  package let bias: Float
  /// The largest code.
  private let top: Float

  /// - Parameter scaleBytes: of scale and bias each: 2 for fp16, else fp32.
  package init(_ row: some Collection<Float>, bits: Int, scaleBytes: Int) {
    var least = Float.infinity
    var most = -Float.infinity
    for value in row where value.isFinite {
      least = min(least, value)
      most = max(most, value)
    }
    if least > most { (least, most) = (0, 0) }
    top = Float((1 << bits) - 1)
    let exact = (most - least) / top
    let isHalf = scaleBytes == 2
    scale = isHalf ? HalfPrecision.value(of: HalfPrecision.bits(of: exact)) : exact
    bias = isHalf ? HalfPrecision.value(of: HalfPrecision.bits(of: least)) : least
  }

  package func code(of value: Float) -> Float {
    guard scale > 0, value.isFinite else { return 0 }
    return max(0, min(top, ((value - bias) / scale).rounded(.toNearestOrEven)))
  }

  package func value(ofCode code: Float) -> Float { code * scale + bias }
}
