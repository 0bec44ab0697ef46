/// Multiply-accumulates of the operators that run on a matrix engine.
enum MatrixWork {
  /// `nil` for an operator of another kind; 0 where shapes are not known.
  static func multiplyAdds(_ node: NodeContext, output: TensorFact) -> Int? {
    let elements = output.count ?? 0
    switch node.type {
    case "Conv", "ConvInteger", "FusedConv", "DeformConv":
      return Saturating.product(elements, filterSize(node.shape(1)))
    case "QLinearConv": return Saturating.product(elements, filterSize(node.shape(3)))
    case "ConvTranspose":
      return Saturating.product(node.input(0)?.count ?? 0, filterSize(node.shape(1)))
    case "Gemm", "FusedGemm":
      guard let a = node.shape(0), a.count == 2 else { return 0 }
      let isTransposed = ((try? node.int("transA", default: 0)) ?? 0) != 0
      return Saturating.product(elements, isTransposed ? a[0] : a[1])
    case "FusedMatMul":
      guard let a = node.shape(0), let last = a.last else { return 0 }
      let isTransposed = ((try? node.int("transA", default: 0)) ?? 0) != 0 && a.count > 1
      return Saturating.product(elements, isTransposed ? a[a.count - 2] : last)
    case "MatMul", "MatMulInteger", "QLinearMatMul":
      return Saturating.product(elements, node.shape(0)?.last ?? 0)
    case "Einsum": return einsum(node)
    case "LSTM", "GRU", "RNN": return recurrent(node)
    case "Attention": return attention(node)
    default: return nil
    }
  }

  /// Elements of one filter: all axes but that of the output channels.
  private static func filterSize(_ shape: [Int]?) -> Int {
    guard let shape, !shape.isEmpty else { return 0 }
    return Saturating.product(shape.dropFirst())
  }

  private static func einsum(_ node: NodeContext) -> Int {
    let shapes = node.inputs.compactMap { $0?.shape }
    guard shapes.count == node.inputs.count, shapes.count > 1,
      let text = try? node.string("equation", default: ""),
      let equation = try? Einsum(text, shapes: shapes)
    else { return 0 }
    return equation.iterations
  }

  /// Sequence x batch x directions x (gates x hidden x input + gates x hidden x hidden).
  private static func recurrent(_ node: NodeContext) -> Int {
    guard let x = node.shape(0), let w = node.shape(1), let r = node.shape(2), x.count == 3, w.count == 3,
      r.count == 3
    else { return 0 }
    let inner = Saturating.sum(w[2], r[2])
    return Saturating.product(x[0], x[1], w[0], w[1], inner)
  }

  /// Scores and weighted values: batch x heads x queries x keys x (key size + value size).
  private static func attention(_ node: NodeContext) -> Int? {
    guard node.node.domain.isEmpty, let q = node.shape(0), let k = node.shape(1), let v = node.shape(2),
      q.count == k.count, k.count == v.count
    else { return node.node.domain.isEmpty ? 0 : nil }
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
