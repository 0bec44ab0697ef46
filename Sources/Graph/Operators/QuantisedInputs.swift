/// Which inputs of an operator hold weights in a quantised form.
struct QuantisedInputs: Sendable {
  /// Scales and zero points, which are no parameters of the model.
  var scales: Set<Int> = []
  /// Inputs of which one stored element holds several weights.
  var packed: [Int] = []
  /// How many one stored element holds.
  var weightsPerElement: @Sendable (NodeContext) -> Int = { _ in 1 }

  /// Weights of the number of bits that attribute `name` gives, packed into bytes.
  static func bytes(
    _ packed: [Int], bits name: String, default fallback: Int = 4, scales: Set<Int>
  ) -> QuantisedInputs {
    QuantisedInputs(scales: scales, packed: packed) { node in
      let bits = (try? node.int(name, default: fallback)) ?? fallback
      return bits > 0 && bits < 8 ? 8 / bits : 1
    }
  }
}
