/// Attention with the projections of queries, keys and values inside, as ONNX Runtime's optimiser fuses it.
enum ProjectedAttentionOperators {
  static let definitions: [OperatorDefinition] = [
    attention("Attention") { node throws(ShapeProblem) in
      try merged(node, weights: node.shape(1), past: 4, sharedLength: 6, type: node.elementType(0))
    },
    attention("DecoderMaskedSelfAttention") { node throws(ShapeProblem) in
      try merged(node, weights: node.shape(1), past: 4, sharedLength: 6, type: node.elementType(0))
    },
    attention("QAttention", quantised: QuantisedInputs(scales: [3, 4, 6, 7])) {
      node throws(ShapeProblem) in
      try merged(node, weights: node.shape(1), past: 8, sharedLength: nil, type: node.elementType(3))
    },
    attention("QOrderedAttention", quantised: QuantisedInputs(scales: Set(1...4).union(8...10))) {
      node throws(ShapeProblem) in
      guard let q = node.shape(5), let k = node.shape(6), let v = node.shape(7), q.count == 2 else {
        return nil
      }
      let width = Saturating.sum(q[1], Saturating.sum(k.last ?? 0, v.last ?? 0))
      return try merged(
        node, weights: [q[0], width], past: 18, sharedLength: nil, type: node.elementType(0))
    },
    attention("PackedAttention", packed),
    attention("LongformerAttention") { node throws(ShapeProblem) in try longformer(node, weights: 1) },
    attention("QOrderedLongformerAttention") { node throws(ShapeProblem) in
      try longformer(node, weights: 2)
    },
    attention("DecoderAttention", decoder),
  ]

  private typealias Reading = (sizes: AttentionSizes, projections: Int, outputs: [TensorFact])

  private static func attention(
    _ name: String, quantised: QuantisedInputs? = nil,
    _ read: @escaping @Sendable (NodeContext) throws(ShapeProblem) -> Reading?
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: .microsoft,
      shape: { node throws(ShapeProblem) in try read(node)?.outputs ?? [] },
      work: .attention { node throws(ShapeProblem) in
        try read(node).map { ($0.sizes, projections: $0.projections) }
      }, splits: .heads, quantised: quantised)
  }

  /// Widths of the projected queries and values; keys are as wide as queries.
  private static func widths(_ node: NodeContext, total: Int) throws(ShapeProblem) -> (query: Int, value: Int)
  {
    guard let given = try node.ints("qkv_hidden_sizes"), given.count == 3 else {
      return (total / 3, total / 3)
    }
    return (given[0], given[2])
  }

  private static func heads(_ node: NodeContext) throws(ShapeProblem) -> Int {
    let heads = try node.int("num_heads", default: 0)
    guard heads > 0 else { throw ShapeProblem("needs a positive number of heads", field: "num_heads") }
    return heads
  }

  /// Input [batch, length, width], weights [width, queries + keys + values], caches [2, batch, heads, length, size].
  private static func merged(
    _ node: NodeContext, weights: [Int]?, past: Int, sharedLength: Int?, type: ElementType?
  ) throws(ShapeProblem) -> Reading? {
    guard let input = node.shape(0), let weights, input.count == 3, weights.count == 2 else { return nil }
    guard weights[0] == input[2] else {
      throw ShapeProblem("weights \(weights) do not fit an input of width \(input[2])", field: "weights")
    }
    let heads = try Self.heads(node)
    let (query, value) = try widths(node, total: weights[1])
    let cache = node.shape(past)
    if node.has(past), cache?.count != 5 { return nil }
    let isShared =
      try node.int("past_present_share_buffer", default: 0) != 0
      || (sharedLength.map { node.has($0) } ?? false)
    let length = isShared ? cache?[3] ?? input[1] : Saturating.sum(cache?[3] ?? 0, input[1])
    let sizes = AttentionSizes(
      batch: input[0], heads: heads, queries: input[1], keys: length, querySize: query / heads,
      valueSize: value / heads, isCausal: try node.int("unidirectional", default: 0) != 0)
    return (
      sizes, Saturating.product(input[0], input[1], input[2], weights[1]),
      [
        TensorFact(type, [input[0], input[1], value]),
        TensorFact(node.elementType(past) ?? type, [2, input[0], heads, length, query / heads]),
      ]
    )
  }

  /// Input [tokens, width] without padding; the offsets are [batch, length].
  @Sendable private static func packed(_ node: NodeContext) throws(ShapeProblem) -> Reading? {
    guard let input = node.shape(0), let weights = node.shape(1), let offsets = node.shape(3),
      input.count == 2, weights.count == 2, offsets.count == 2
    else { return nil }
    let heads = try Self.heads(node)
    let (query, value) = try widths(node, total: weights[1])
    let sizes = AttentionSizes(
      batch: offsets[0], heads: heads, queries: offsets[1], keys: offsets[1], querySize: query / heads,
      valueSize: value / heads)
    return (
      sizes, Saturating.product(input[0], input[1], weights[1]),
      [TensorFact(node.elementType(0), [input[0], value])]
    )
  }

  /// Each token sees a window on both sides; tokens with global attention are not known and not counted.
  private static func longformer(_ node: NodeContext, weights: Int) throws(ShapeProblem) -> Reading? {
    guard let input = node.shape(0), input.count == 3, let weights = node.shape(weights), weights.count == 2
    else { return nil }
    let heads = try Self.heads(node)
    let window = max(0, try node.int("window", default: 0))
    let keys = min(input[1], Saturating.sum(Saturating.product(2, window), 1))
    let sizes = AttentionSizes(
      batch: input[0], heads: heads, queries: input[1], keys: keys, querySize: input[2] / heads,
      valueSize: input[2] / heads)
    return (
      sizes, Saturating.product(input[0], input[1], input[2], weights[1]),
      [TensorFact(node.elementType(0), input)]
    )
  }

  /// Query [length, batch, width], key [length, batch, width]; the new caches are [batch, heads, length, size].
  @Sendable private static func decoder(_ node: NodeContext) throws(ShapeProblem) -> Reading? {
    guard let q = node.shape(0), let k = node.shape(1), q.count == 3, k.count == 3 else { return nil }
    let heads = try Self.heads(node)
    let sizes = AttentionSizes(
      batch: q[1], heads: heads, queries: q[0], keys: k[0], querySize: q[2] / heads, valueSize: q[2] / heads)
    let projections = Saturating.sum(
      Saturating.product(q[0], q[1], q[2], q[2]), Saturating.product(2, k[0], k[1], k[2], q[2]))
    let type = node.elementType(0)
    let cache = TensorFact(type, [q[1], heads, k[0], q[2] / heads], isBound: true)
    return (sizes, projections, [TensorFact(type, q), cache, cache])
  }
}
