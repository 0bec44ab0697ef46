/// Codes of so many bits around zero, with the largest magnitude on the largest code: what weights are quantised to.
package struct SymmetricCodes: Sendable, Hashable {
  package let scale: Float
  /// The largest code; the least is its negative.
  package let most: Float

  /// What is no finite number does not count.
  ///
  /// - Parameter stored: The scale as it is stored, whose rounding codes must fit.
  package init(bits: Int, over values: some Sequence<Float>, stored: (Float) -> Float = { $0 }) {
    most = Float((1 << (bits - 1)) - 1)
    let largest = values.reduce(Float(0)) { $1.isFinite ? max($0, $1.magnitude) : $0 }
    let scale = stored(largest / most)
    self.scale = scale > 0 ? scale : 1
  }

  /// The nearest, ties to even; what is no number has 0.
  package func code(of value: Float) -> Float {
    let steps = (value / scale).rounded(.toNearestOrEven)
    return steps.isNaN ? 0 : max(-most, min(most, steps))
  }
}
