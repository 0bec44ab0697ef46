/// Attention as ONNX Runtime's optimiser and exporters write it, on projected queries, keys and values.
enum ContributedAttentionOperators {
  static let definitions: [OperatorDefinition] = [
    attention("MultiHeadAttention") { node throws(ShapeProblem) in
      try multiHead(node, past: 6, cacheLength: 8)
    },
    attention("DecoderMaskedMultiHeadAttention") { node throws(ShapeProblem) in
      try multiHead(node, past: 5, cacheLength: 7)
    },
    attention("PackedMultiHeadAttention", packedMultiHead),
    attention("GroupQueryAttention", groupQuery),
    attention("SparseAttention", sparse),
    attention("DynamicSparseAttention", dynamicSparse),
    attention("PagedAttention") { node throws(ShapeProblem) in try paged(node, selected: nil) },
    attention("SparsePagedAttention") { node throws(ShapeProblem) in try paged(node, selected: 9) },
    same("GemmaRotaryEmbedding", from: [1, 3], operations: 3),
    same("MRotaryEmbedding", from: [0], operations: 3),
    same("RotaryEmbedding", from: [0], operations: 3),
  ]

  /// What is known of an attention: its sizes, and its outputs.
  typealias Reading = (sizes: AttentionSizes, outputs: [TensorFact])

  private static func attention(
    _ name: String, _ read: @escaping @Sendable (NodeContext) throws(ShapeProblem) -> Reading?
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: .microsoft,
      shape: { node throws(ShapeProblem) in try read(node)?.outputs ?? [] },
      work: .attention { node throws(ShapeProblem) in try read(node).map { ($0.sizes, 0) } },
      splits: .heads)
  }

  private static func same(_ name: String, from inputs: [Int], operations: Int) -> OperatorDefinition {
    OperatorDefinition(
      name, in: .microsoft,
      shape: { node in inputs.map { TensorFact(node.elementType($0), node.shape($0)) } },
      work: .perOutput(operations))
  }

  private static func heads(_ name: String, of node: NodeContext) throws(ShapeProblem) -> Int {
    let heads = try node.int(name, default: 0)
    guard heads > 0 else { throw ShapeProblem("needs a positive number of heads", field: name) }
    return heads
  }

  /// A cache of keys [batch, heads, length, size] whose sizes are not the attention's cannot be read. One that is quantised
  /// may pack several values in an element.
  private static func check(
    _ cache: [Int]?, input: Int, of node: NodeContext, heads: Int, size: Int
  ) throws(ShapeProblem) {
    guard let cache, cache[1] != heads || cache[3] != size, node.elementType(input)?.isFloat ?? false else {
      return
    }
    throw ShapeProblem(
      "the cache has \(cache[1]) heads of \(cache[3]), the attention \(heads) of \(size)",
      field: "past_key")
  }

  /// Query [batch, length, heads * size], or queries, keys and values packed as [batch, length, heads, 3, size]; key
  /// [batch, length, heads * size], packed with the value as [batch, length, heads, 2, size], or a cache
  /// [batch, heads, length, size].
  private static func multiHead(
    _ node: NodeContext, past: Int, cacheLength: Int
  ) throws(ShapeProblem) -> Reading? {
    guard let q = node.shape(0), q.count >= 3 else { return nil }
    let heads = try Self.heads("num_heads", of: node)
    let isPacked = q.count == 5 || !node.has(1)
    let size = q.count == 5 ? q[4] : q[2] / (isPacked ? Saturating.product(3, heads) : heads)
    var (length, valueSize) = (q[1], size)
    if !isPacked {
      guard let k = node.shape(1), k.count >= 3 else { return nil }
      length = k.count == 4 ? k[2] : k[1]
      if node.has(2) {
        guard let v = node.shape(2), v.count >= 3 else { return nil }
        valueSize = v.count == 4 ? v[3] : v[2] / heads
      }
    }
    // A cache that is given with its own length is written in place.
    let cache = node.has(past) ? node.shape(past) : nil
    if node.has(past), cache?.count != 4 { return nil }
    try check(cache, input: past, of: node, heads: heads, size: size)
    let isShared = node.has(cacheLength)
    let total = isShared ? cache?[2] ?? length : Saturating.sum(cache?[2] ?? 0, length)
    let type = node.elementType(0)
    let sizes = AttentionSizes(
      batch: q[0], heads: heads, queries: q[1], keys: total, querySize: size, valueSize: valueSize,
      isCausal: try node.int("unidirectional", default: 0) != 0)
    return (
      sizes,
      [
        TensorFact(type, [q[0], q[1], Saturating.product(heads, valueSize)]),
        TensorFact(type, [q[0], heads, total, size]),
        TensorFact(type, [q[0], heads, total, valueSize]),
        TensorFact(type, [q[0], heads, q[1], total]),
      ]
    )
  }

  /// Query [tokens, heads * size] or packed [tokens, heads, 3, size]; the offsets are [batch, length].
  private static func packedMultiHead(_ node: NodeContext) throws(ShapeProblem) -> Reading? {
    guard let q = node.shape(0), let offsets = node.shape(4), offsets.count == 2, q.count >= 2 else {
      return nil
    }
    let heads = try Self.heads("num_heads", of: node)
    let size = q.count == 4 ? q[3] : q[1] / heads
    let valueSize = node.shape(2)?.last.map { $0 / heads } ?? size
    let sizes = AttentionSizes(
      batch: offsets[0], heads: heads, queries: offsets[1], keys: offsets[1], querySize: size,
      valueSize: valueSize)
    return (sizes, [TensorFact(node.elementType(0), [q[0], Saturating.product(heads, valueSize)])])
  }

  /// Query [batch, length, heads * size], with the key and value heads behind where those inputs are left out.
  private struct GroupedQuery {
    let query: [Int]
    let heads: Int
    let keyHeads: Int
    let size: Int
    let length: Int

    init?(_ node: NodeContext) throws(ShapeProblem) {
      guard let q = node.shape(0), q.count == 3 else { return nil }
      query = q
      heads = try ContributedAttentionOperators.heads("num_heads", of: node)
      keyHeads = try ContributedAttentionOperators.heads("kv_num_heads", of: node)
      size = q[2] / (node.has(1) ? heads : Saturating.sum(heads, Saturating.product(2, keyHeads)))
      if node.has(1) {
        guard let k = node.shape(1), k.count == 3 else { return nil }
        length = k[1]
      } else {
        length = q[1]
      }
    }

    func output(_ type: ElementType?) -> TensorFact {
      TensorFact(type, [query[0], query[1], Saturating.product(heads, size)])
    }

    func sizes(keys: Int, isCausal: Bool = false) -> AttentionSizes {
      AttentionSizes(
        batch: query[0], heads: heads, queries: query[1], keys: keys, querySize: size, valueSize: size,
        isCausal: isCausal)
    }
  }

  /// The cache grows by the new keys, unless the model declares that it is written in place or is as long as the whole
  /// sequence already.
  private static func groupQuery(_ node: NodeContext) throws(ShapeProblem) -> Reading? {
    guard let group = try GroupedQuery(node) else { return nil }
    let cache = node.shape(3)
    if node.has(3), cache?.count != 4 { return nil }
    try check(cache, input: 3, of: node, heads: group.keyHeads, size: group.size)
    let past = cache?[2] ?? 0
    let declared =
      node.declaredOutputs.count > 1 ? node.declaredOutputs[1].flatMap { $0.count == 4 ? $0[2] : nil } : nil
    let stated = node.intValues(6)?.first
    var total = Saturating.sum(past, group.length)
    if let stated { total = max(past, stated) }
    if node.has(3), declared == past { total = past }
    if try node.int("sliding_window_cache", default: 0) != 0 { total = past }
    var keys = min(total, stated ?? total)
    let window = try node.int("local_window_size", default: -1)
    if window > 0 { keys = min(keys, window) }
    let type = node.elementType(0)
    let cacheType = node.elementType(3) ?? type
    let present = [group.query[0], group.keyHeads, total, cache?[3] ?? group.size]
    return (
      group.sizes(keys: keys, isCausal: true),
      [
        group.output(type), TensorFact(cacheType, present), TensorFact(cacheType, present),
        TensorFact(type, [group.query[0], group.heads, group.query[1], total]),
      ]
    )
  }

  /// The mask is a list of blocks: a query sees the share of the keys that a row of blocks holds on average.
  private static func sparse(_ node: NodeContext) throws(ShapeProblem) -> Reading? {
    guard let group = try GroupedQuery(node), let cache = node.shape(3), cache.count == 4 else { return nil }
    var keys = node.intValues(7)?.first.map { min(max(0, $0), cache[2]) } ?? cache[2]
    if let blocks = node.shape(6)?.last, let rows = node.shape(5)?.last, rows > 1 {
      let block = try node.int("sparse_block_size", default: 1)
      keys = min(keys, Saturating.product(blocks, max(1, block)) / (rows - 1))
    }
    return (group.sizes(keys: keys), [group.output(node.elementType(0))] + caches(node, 3, 4))
  }

  /// Each query is compared with the positions selected for it.
  private static func dynamicSparse(_ node: NodeContext) throws(ShapeProblem) -> Reading? {
    guard let group = try GroupedQuery(node), let keys = node.shape(7)?.last else { return nil }
    let local =
      try node.string("attention_mode", default: "selected_only") == "local_plus_selected"
      ? max(0, try node.int("local_window_size", default: 0)) : 0
    return (
      group.sizes(keys: Saturating.sum(keys, local)),
      [group.output(node.elementType(0))] + caches(node, 3, 4)
    )
  }

  /// Query [tokens, heads * size] over caches [blocks, block, heads, size]: at most as many keys as the table of blocks of
  /// one sequence addresses.
  private static func paged(_ node: NodeContext, selected: Int?) throws(ShapeProblem) -> Reading? {
    guard let q = node.shape(0), q.count == 2, let cache = node.shape(3), cache.count == 4 else { return nil }
    let heads = try Self.heads("num_heads", of: node)
    let keyHeads = try Self.heads("kv_num_heads", of: node)
    let size = q[1] / (node.has(1) ? heads : Saturating.sum(heads, Saturating.product(2, keyHeads)))
    let valueSize = try node.int("v_head_size", default: size)
    let reach = selected.map { node.shape($0)?.last } ?? node.shape(7)?.last
    guard let reach else { return nil }
    let keys = selected == nil ? Saturating.product(reach, cache[1]) : reach
    let sizes = AttentionSizes(
      batch: 1, heads: heads, queries: q[0], keys: keys, querySize: size, valueSize: valueSize)
    let output = TensorFact(node.elementType(0), [q[0], Saturating.product(heads, max(0, valueSize))])
    return (sizes, [output] + caches(node, 3, 4))
  }

  private static func caches(_ node: NodeContext, _ inputs: Int...) -> [TensorFact] {
    inputs.map { TensorFact(node.elementType($0), node.shape($0)) }
  }
}
