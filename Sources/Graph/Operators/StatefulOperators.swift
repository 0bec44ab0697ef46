/// Recurrences over packed tokens whose state comes in and goes out, as ONNX Runtime contributes them.
enum StatefulOperators {
  static let definitions: [OperatorDefinition] = [
    OperatorDefinition(
      "CausalConvWithState", in: .microsoft, shape: causalConvolution, work: .matrix(taps)),
    OperatorDefinition(
      "VarlenCausalConvWithState", in: .microsoft,
      shape: { node in
        let kind = node.elementType(0)
        return [TensorFact(kind, node.shape(0)), TensorFact(kind, node.shape(4))]
      }, work: .matrix(taps)),
    OperatorDefinition(
      "GatedDeltaNet", in: .microsoft, shape: { node in Delta(node)?.outputs ?? [] },
      work: .matrix { node, _ in Delta(node)?.multiplyAdds ?? 0 }),
    OperatorDefinition(
      "LinearAttentionGate", in: .microsoft,
      shape: { node in [0, 3].map { TensorFact(node.elementType($0), node.shape($0)) } }, work: .perOutput(4)),
    OperatorDefinition(
      "Mamba2Verify", in: .microsoft, shape: mamba,
      work: .matrix { node, _ in
        // Each token passes four taps a channel, and updates and reads its state.
        let tokens = node.shape(0)?.first ?? 0
        let channels = Saturating.product(4, node.shape(3)?.first ?? 0)
        let state = Saturating.product(2, Saturating.product(node.shape(2)?.dropFirst() ?? []))
        return Saturating.product(tokens, Saturating.sum(channels, state))
      }),
    replay("ConvStateReplay"), replay("GatedDeltaNetStateReplay"),
  ]

  /// One multiply-accumulate for each tap of the kernel.
  @Sendable private static func taps(_ node: NodeContext, output: TensorFact) -> Int {
    Saturating.product(output.count ?? 0, Saturating.product(node.shape(1)?.dropFirst(2) ?? []))
  }

  /// Input [batch, channels, spatial...], or [batch, length, channels] where the channels are last; the state holds what the
  /// kernel reaches back.
  private static let causalConvolution: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), let kernel = node.shape(1), input.count >= 2, kernel.count >= 3 else {
      return []
    }
    let type = node.elementType(0)
    let isLast = try node.int("channels_last", default: 0) != 0
    var output = input
    let selected = try node.int("input_channels", default: 0)
    if selected > 0 { output[output.count - 1] = selected }
    let reach = Saturating.product(
      max(0, kernel[kernel.count - 1] - 1), max(1, try node.int("dilation", default: 1)))
    let state: [Int] =
      isLast
      ? [input[0], reach] + output.dropFirst(2)
      : [input[0], input[1]] + input[2..<(input.count - 1)] + [reach]
    return [
      TensorFact(type, output), TensorFact(node.elementType(3) ?? type, node.shape(3) ?? state),
    ]
  }

  /// Query [tokens, heads, key size], value [tokens, heads, value size], state [batch, heads, value size, key size]. With key
  /// and value left out, the query is [tokens, width] and holds all three.
  private struct Delta {
    let outputs: [TensorFact]
    let multiplyAdds: Int

    init?(_ node: NodeContext) {
      guard let query = node.shape(0), let tokens = query.first else { return nil }
      let (valueHeads, valueSize, keySize): (Int, Int, Int)
      let queryHeads: Int
      if let value = node.shape(2), value.count == 3, query.count == 3 {
        (valueHeads, valueSize, keySize) = (value[1], value[2], query[2])
        queryHeads = query[1]
      } else if let state = node.shape(6), state.count == 4, state[3] > 0, !node.has(1) {
        (valueHeads, valueSize, keySize) = (state[1], state[2], state[3])
        let width = Saturating.product(query.dropFirst())
        queryHeads = max(0, width - Saturating.product(valueHeads, valueSize)) / keySize / 2
      } else {
        return nil
      }
      let heads = max(queryHeads, valueHeads)
      outputs = [
        TensorFact(node.elementType(0), [tokens, heads, valueSize]),
        TensorFact(node.elementType(6) ?? node.elementType(0), node.shape(6)),
      ]
      // A token reads its state for the delta, adds to it, and reads it for the answer.
      multiplyAdds = Saturating.product(
        tokens, keySize, valueSize, Saturating.sum(Saturating.product(2, valueHeads), heads))
    }
  }

  private static let mamba: ShapeRule = { node in
    guard let rows = node.shape(0)?.first, let width = node.shape(8)?.first else { return [] }
    let type = node.elementType(0)
    return [
      TensorFact(type, [rows, width]), TensorFact(node.elementType(1), node.shape(1)),
      TensorFact(node.elementType(2), node.shape(2)),
      TensorFact(type, node.shape(3)?.first.map { [rows, $0] }), TensorFact(.float32, [rows, width]),
    ]
  }

  /// Rewrites the third input.
  private static func replay(_ name: String) -> OperatorDefinition {
    OperatorDefinition(
      name, in: .microsoft, shape: { node in [TensorFact(node.elementType(2), node.shape(2))] },
      work: .movement)
  }
}
