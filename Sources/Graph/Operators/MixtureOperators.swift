/// Mixtures of experts: each token runs through the k experts that its router chose.
enum MixtureOperators {
  static let definitions: [OperatorDefinition] = [
    mixture("MoE", weights: [2, 4, 6]) { _ in 1 },
    mixture(
      "QMoE", weights: [2, 5, 8],
      quantised: .bytes(
        [2, 5, 8], bits: "expert_weight_bits", scales: Set([3, 6, 9, 11, 12, 13]).union(15...20))
    ) { node in
      let bits = (try? node.int("expert_weight_bits", default: 4)) ?? 4
      return bits > 0 && bits < 8 ? 8 / bits : 1
    },
    OperatorDefinition(
      "MoEPacked", in: .microsoft, shape: ElementwiseOperators.same, work: .matrixAndVector(packedWork),
      splits: .experts, constantsRead: { node, bytes in share(node, of: bytes) }),
    OperatorDefinition(
      "MoEGroupRouter", in: .microsoft, shape: router,
      work: .matrix { node, output in
        node.has(2) ? Saturating.product(output.count ?? 0, node.shape(2)?.last ?? 0) : 0
      }),
  ]

  /// - Parameters:
  ///   - weights: the inputs [experts, rows, columns], of which each chosen expert's matrix is applied once a token.
  ///   - packing: weights in one stored element along the columns.
  private static func mixture(
    _ name: String, weights: [Int], quantised: QuantisedInputs? = nil,
    packing: @escaping @Sendable (NodeContext) -> Int
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: .microsoft, shape: ElementwiseOperators.same,
      work: .matrixAndVector { node in
        let sizes = weights.map { input -> Int in
          guard let shape = node.shape(input), shape.count == 3 else { return 0 }
          return Saturating.product(shape[1], shape[2], packing(node))
        }
        // The second matrix leads back from the inner size to the width.
        let inner = sizes[1] / max(1, node.shape(0)?.last ?? 1)
        return work(
          node, perChoice: sizes.reduce(0, Saturating.sum), inner: inner, isGated: sizes[2] > 0)
      },
      splits: .experts, quantised: quantised, constantsRead: { node, bytes in share(node, of: bytes) })
  }

  /// A choice of an expert by a token takes the expert's matrices, and of each inner element an activation; gated linear
  /// units multiply that by what they gate: y = W2 (act(W1 x) * (W3 x)), SwiGLU with W1 and W3 in one matrix.
  private static func work(
    _ node: NodeContext, perChoice multiplyAdds: Int, inner: Int, isGated: Bool
  ) -> (multiplyAdds: Int, vectorOperations: Int) {
    let isGated = isGated || (try? node.string("activation_type", default: "relu")) == "swiglu"
    let choices = Saturating.product(tokens(node), chosen(node))
    return (
      Saturating.product(choices, multiplyAdds), Saturating.product(choices, inner, isGated ? 2 : 1)
    )
  }

  private static func tokens(_ node: NodeContext) -> Int {
    node.shape(0).map { Saturating.product($0.dropLast()) } ?? 0
  }

  private static func chosen(_ node: NodeContext) -> Int {
    max(1, (try? node.int("k", default: 1)) ?? 1)
  }

  /// Of the experts' weights at most one expert for each token and choice is read.
  private static func share(_ node: NodeContext, of bytes: Int) -> Int {
    guard let experts = node.shape(1)?.last, experts > 0 else { return bytes }
    let used = min(experts, Saturating.product(tokens(node), chosen(node)))
    return Int((Double(bytes) * Double(used) / Double(experts)).rounded(.up))
  }

  /// Gate, up and down projections between the width and the experts' inner size.
  @Sendable private static func packedWork(
    _ node: NodeContext
  ) -> (multiplyAdds: Int, vectorOperations: Int) {
    guard let width = node.shape(0)?.last, let inner = node.shape(2).flatMap({ $0.count == 3 ? $0[1] : nil })
    else { return (0, 0) }
    return work(
      node, perChoice: Saturating.product(node.has(3) ? 3 : 2, width, inner), inner: inner,
      isGated: node.has(3))
  }

  /// Scores [..., experts], or activations [tokens, width] with a projection [experts, width].
  private static let router: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), let experts = node.has(2) ? node.shape(2)?.first : input.last else {
      return []
    }
    let shape = [Saturating.product(input.dropLast()), experts]
    return [
      TensorFact(node.elementType(0), shape), TensorFact(.float32, shape), TensorFact(.float32, shape),
    ]
  }
}
