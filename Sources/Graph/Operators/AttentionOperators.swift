/// Attention and its like of the standard operator sets.
enum AttentionOperators {
  static let definitions: [OperatorDefinition] = [
    OperatorDefinition(
      "Attention", shape: attention,
      work: .attention { node throws(ShapeProblem) in try Heads(node).map { ($0.sizes, 0) } },
      splits: .heads),
    OperatorDefinition(
      "FlexAttention", in: .preview, shape: attention,
      work: .attention { node throws(ShapeProblem) in try Heads(node).map { ($0.sizes, 0) } },
      traits: .hostOnly),
    OperatorDefinition("RotaryEmbedding", shape: ElementwiseOperators.same, work: .perOutput(3)),
    OperatorDefinition("LinearAttention", shape: linear, work: .matrix(linearWork), splits: .heads),
    OperatorDefinition(
      "CausalConvWithState", shape: causalConvolution,
      work: .matrix { node, output in
        Saturating.product(output.count ?? 0, node.shape(1)?.last ?? 0)
      }),
  ]

  /// Queries, keys and values of rank 4 [batch, heads, length, size], or of rank 3 [batch, length, heads * size] with the
  /// heads as attributes.
  private struct Heads {
    let query: [Int]
    let key: [Int]
    let value: [Int]
    /// Length of the cache that is given.
    let past: Int
    let isCausal: Bool

    init?(_ node: NodeContext) throws(ShapeProblem) {
      guard let q = node.shape(0), let k = node.shape(1), let v = node.shape(2) else { return nil }
      query = try Self.split(q, heads: "q_num_heads", node)
      key = try Self.split(k, heads: "kv_num_heads", node)
      value = try Self.split(v, heads: "kv_num_heads", node)
      isCausal = try node.int("is_causal", default: 0) != 0
      if node.has(4) {
        guard let shape = node.shape(4), shape.count == 4 else { return nil }
        past = shape[2]
      } else {
        past = 0
      }
    }

    private static func split(
      _ shape: [Int], heads name: String, _ node: NodeContext
    ) throws(ShapeProblem) -> [Int] {
      if shape.count == 4 { return shape }
      guard shape.count == 3, let heads = try node.int(name), heads > 0, shape[2] % heads == 0 else {
        throw ShapeProblem(
          "an input of shape \(shape) needs the number of heads in '\(name)', dividing its width",
          field: name)
      }
      return [shape[0], heads, shape[1], shape[2] / heads]
    }

    var total: Int { Saturating.sum(past, key[2]) }

    var sizes: AttentionSizes {
      AttentionSizes(
        batch: query[0], heads: query[1], queries: query[2], keys: total, querySize: query[3],
        valueSize: value[3], isCausal: isCausal)
    }
  }

  private static let attention: ShapeRule = { node throws(ShapeProblem) in
    guard let heads = try Heads(node) else { return [] }
    let type = node.elementType(0)
    let (q, k, v) = (heads.query, heads.key, heads.value)
    let output =
      node.shape(0)?.count == 4
      ? Array(q.prefix(3)) + [v[3]] : [q[0], q[2], Saturating.product(q[1], v[3])]
    return [
      TensorFact(type, output),
      TensorFact(node.elementType(1), [k[0], k[1], heads.total, k[3]]),
      TensorFact(node.elementType(2), [v[0], v[1], heads.total, v[3]]),
      TensorFact(type, [q[0], q[1], q[2], heads.total]),
    ]
  }

  /// Query, key and value packed as [batch, length, heads * size].
  private struct Recurrence {
    let batch: Int
    let length: Int
    let queryHeads: Int
    let keyHeads: Int
    let keySize: Int
    let valueSize: Int

    init?(_ node: NodeContext) throws(ShapeProblem) {
      guard let q = node.shape(0), let k = node.shape(1), let v = node.shape(2) else { return nil }
      let heads = try node.int("q_num_heads", default: 0)
      let keyHeads = try node.int("kv_num_heads", default: 0)
      guard q.count == 3, k.count == 3, v.count == 3, heads > 0, keyHeads > 0 else {
        throw ShapeProblem(
          "needs three inputs of rank 3 and the numbers of heads", field: "q_num_heads")
      }
      (batch, length, queryHeads, self.keyHeads) = (q[0], q[1], heads, keyHeads)
      (keySize, valueSize) = (k[2] / keyHeads, v[2] / keyHeads)
    }
  }

  private static let linear: ShapeRule = { node throws(ShapeProblem) in
    guard let sizes = try Recurrence(node) else { return [] }
    let width = Saturating.product(max(sizes.queryHeads, sizes.keyHeads), sizes.valueSize)
    let state = node.shape(3) ?? [sizes.batch, sizes.keyHeads, sizes.keySize, sizes.valueSize]
    return [
      TensorFact(node.elementType(0), [sizes.batch, sizes.length, width]),
      TensorFact(node.elementType(3) ?? node.elementType(0), state),
    ]
  }

  /// Each token adds an outer product to the state and reads it once a query head; the delta rules read it once more.
  @Sendable private static func linearWork(_ node: NodeContext, _: TensorFact) -> Int {
    guard let sizes = try? Recurrence(node),
      let rule = try? node.string("update_rule", default: "gated_delta")
    else { return 0 }
    let passes = Saturating.sum(
      Saturating.product(sizes.keyHeads, rule.hasSuffix("delta") ? 2 : 1),
      max(sizes.queryHeads, sizes.keyHeads))
    return Saturating.product(
      sizes.batch, sizes.length, sizes.keySize, sizes.valueSize, passes)
  }

  /// X is [batch, channels, length], W [channels, 1, kernel]; the state holds kernel - 1 positions.
  private static let causalConvolution: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), let kernel = node.shape(1)?.last, input.count >= 2 else { return [] }
    let type = node.elementType(0)
    return [
      TensorFact(type, input),
      TensorFact(node.elementType(3) ?? type, node.shape(3) ?? [input[0], input[1], max(0, kernel - 1)]),
    ]
  }
}
