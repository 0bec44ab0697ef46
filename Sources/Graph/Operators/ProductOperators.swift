/// Matrix products, recurrent layers and attention.
enum ProductOperators {
  static let definitions: [OperatorDefinition] =
    [
      matrix("Gemm", gemm, gemmWork), matrix("FusedGemm", in: .microsoft, gemm, gemmWork),
      matrix(
        "MatMul", { node throws(ShapeProblem) in try product(node, right: 1, type: node.elementType(0)) },
        productWork),
      matrix(
        "MatMulInteger", { node throws(ShapeProblem) in try product(node, right: 1, type: .int32) },
        productWork),
      matrix(
        "QLinearMatMul",
        { node throws(ShapeProblem) in
          try product(node, right: 3, type: node.elementType(7) ?? node.elementType(0))
        }, productWork),
      matrix("FusedMatMul", in: .microsoft, fusedProduct, fusedProductWork),
      matrix("Einsum", einsum, einsumWork, splits: []),
      matrix("Attention", attention, attentionWork, splits: .heads),
      // Another operator than the standard one of that name.
      OperatorDefinition("Attention", in: .microsoft, shape: nil),
      OperatorDefinition("Det", shape: determinant),
    ] + ["LSTM", "GRU", "RNN"].map { matrix($0, recurrent, recurrentWork, splits: []) }

  private static func matrix(
    _ name: String, in domain: OperatorDomain = .standard, _ shape: @escaping ShapeRule,
    _ multiplyAdds: @escaping WorkRule.Count, splits: SplitAxes = [.outputs, .inputs]
  ) -> OperatorDefinition {
    OperatorDefinition(name, in: domain, shape: shape, work: .matrix(multiplyAdds), splits: splits)
  }

  @Sendable private static func productWork(_ node: NodeContext, output: TensorFact) -> Int {
    Saturating.product(output.count ?? 0, node.shape(0)?.last ?? 0)
  }

  @Sendable private static func gemmWork(_ node: NodeContext, output: TensorFact) -> Int {
    guard let a = node.shape(0), a.count == 2 else { return 0 }
    return Saturating.product(output.count ?? 0, isSet("transA", of: node) ? a[0] : a[1])
  }

  @Sendable private static func fusedProductWork(_ node: NodeContext, output: TensorFact) -> Int {
    guard let a = node.shape(0), let last = a.last else { return 0 }
    let isTransposed = isSet("transA", of: node) && a.count > 1
    return Saturating.product(output.count ?? 0, isTransposed ? a[a.count - 2] : last)
  }

  private static func isSet(_ flag: String, of node: NodeContext) -> Bool {
    ((try? node.int(flag, default: 0)) ?? 0) != 0
  }

  private static let gemm: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let b = node.shape(1) else { return [] }
    guard a.count == 2, b.count == 2 else {
      throw ShapeProblem("Gemm multiplies matrices, not \(a) by \(b)")
    }
    let transposeA = try node.int("transA", default: 0) != 0
    let transposeB = try node.int("transB", default: 0) != 0
    guard (transposeA ? a[0] : a[1]) == (transposeB ? b[1] : b[0]) else {
      throw ShapeProblem(
        "inner dimensions of \(a)\(transposeA ? " (transposed)" : "") and \(b)"
          + "\(transposeB ? " (transposed)" : "") differ")
    }
    return [TensorFact(node.elementType(0), [transposeA ? a[1] : a[0], transposeB ? b[0] : b[1]])]
  }

  private static func product(
    _ node: NodeContext, right: Int, type: ElementType?
  ) throws(ShapeProblem) -> [TensorFact] {
    guard let a = node.shape(0), let b = node.shape(right) else { return [] }
    return [TensorFact(type, try productShape(a, b))]
  }

  /// The shape of a batched matrix product, NumPy's `matmul`.
  static func productShape(_ a: [Int], _ b: [Int]) throws(ShapeProblem) -> [Int] {
    guard let inner = a.last, !b.isEmpty else { throw ShapeProblem("MatMul of a scalar") }
    let outer = b.count == 1 ? b[0] : b[b.count - 2]
    guard inner == outer else { throw ShapeProblem("inner dimensions of \(a) and \(b) differ") }
    let batch = try Broadcasting.shape([Array(a.dropLast(2)), Array(b.dropLast(2))])
    return batch + (a.count > 1 ? [a[a.count - 2]] : []) + (b.count > 1 ? [b[b.count - 1]] : [])
  }

  private static let fusedProduct: ShapeRule = { node throws(ShapeProblem) in
    guard var a = node.shape(0), var b = node.shape(1) else { return [] }
    if try node.int("transA", default: 0) != 0, a.count > 1 { a.swapAt(a.count - 1, a.count - 2) }
    if try node.int("transB", default: 0) != 0, b.count > 1 { b.swapAt(b.count - 1, b.count - 2) }
    return [TensorFact(node.elementType(0), try productShape(a, b))]
  }

  private static let einsum: ShapeRule = { node throws(ShapeProblem) in
    var shapes: [[Int]] = []
    for input in node.inputs {
      guard let shape = input?.shape else { return [] }
      shapes.append(shape)
    }
    let equation = try Einsum(try node.string("equation", default: ""), shapes: shapes)
    return [TensorFact(node.elementType(0), equation.outputShape)]
  }

  /// X is [sequence, batch, input], or [batch, sequence, input] with `layout` 1; R is [directions, gates * hidden, hidden].
  private static let recurrent: ShapeRule = { node throws(ShapeProblem) in
    guard let x = node.shape(0), let r = node.shape(2) else { return [] }
    guard x.count == 3, r.count == 3 else {
      throw ShapeProblem("\(node.type) needs X and R of rank 3, has \(x) and \(r)")
    }
    let directions = r[0]
    let hidden = r[2]
    let type = node.elementType(0)
    if try node.int("layout", default: 0) == 0 {
      let state = TensorFact(type, [directions, x[1], hidden])
      return [TensorFact(type, [x[0], directions, x[1], hidden]), state, state]
    }
    let state = TensorFact(type, [x[0], directions, hidden])
    return [TensorFact(type, [x[0], x[1], directions, hidden]), state, state]
  }

  /// The standard operator (set 23): Q, K, V of rank 4 [batch, heads, length, size] or rank 3 [batch, length, heads * size].
  private static let attention: ShapeRule = { node throws(ShapeProblem) in
    guard let q = node.shape(0), let v = node.shape(2), q.count == v.count
    else { return [] }
    let type = node.elementType(0)
    if q.count == 4 { return [TensorFact(type, Array(q.prefix(3)) + [v[3]])] }
    guard q.count == 3, let heads = try node.int("q_num_heads"),
      let keyHeads = try node.int("kv_num_heads"), keyHeads > 0
    else { return [] }
    return [TensorFact(type, [q[0], q[1], Saturating.product(heads, v[2] / keyHeads)])]
  }

  private static let determinant: ShapeRule = { node in
    [TensorFact(node.elementType(0), node.shape(0).map { Array($0.dropLast(2)) })]
  }

  @Sendable private static func einsumWork(_ node: NodeContext, _: TensorFact) -> Int {
    let shapes = node.inputs.compactMap { $0?.shape }
    guard shapes.count == node.inputs.count, shapes.count > 1,
      let text = try? node.string("equation", default: ""),
      let equation = try? Einsum(text, shapes: shapes)
    else { return 0 }
    return equation.iterations
  }

  /// Sequence x batch x directions x (gates x hidden x input + gates x hidden x hidden).
  @Sendable private static func recurrentWork(_ node: NodeContext, _: TensorFact) -> Int {
    guard let x = node.shape(0), let w = node.shape(1), let r = node.shape(2), x.count == 3, w.count == 3,
      r.count == 3
    else { return 0 }
    let inner = Saturating.sum(w[2], r[2])
    return Saturating.product(x[0], x[1], w[0], w[1], inner)
  }

  /// Scores and weighted values: batch x heads x queries x keys x (key size + value size).
  @Sendable private static func attentionWork(_ node: NodeContext, _: TensorFact) -> Int {
    guard let q = node.shape(0), let k = node.shape(1), let v = node.shape(2),
      q.count == k.count, k.count == v.count
    else { return 0 }
    let past = node.shape(4).flatMap { $0.count == 4 ? $0[2] : nil } ?? 0
    if q.count == 4 {
      return Saturating.product(q[0], q[1], q[2], Saturating.sum(k[2], past), Saturating.sum(q[3], v[3]))
    }
    guard q.count == 3, let heads = try? node.int("q_num_heads", default: 1),
      let keyHeads = try? node.int("kv_num_heads", default: 1), keyHeads > 0
    else { return 0 }
    let values = Saturating.product(max(0, heads), v[2] / keyHeads)
    return Saturating.product(q[0], q[1], Saturating.sum(k[1], past), Saturating.sum(q[2], values))
  }
}
