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
        productWork, quantised: QuantisedInputs(scales: [2, 3])),
      matrix(
        "QLinearMatMul",
        { node throws(ShapeProblem) in
          try product(node, right: 3, type: node.elementType(7) ?? node.elementType(0))
        }, productWork, quantised: QuantisedInputs(scales: [1, 2, 4, 5, 6, 7])),
      matrix("Einsum", einsum, einsumWork, splits: []),
      matrix("GemmFastGelu", in: .microsoft, fusedProduct, productWork),
      // Elimination takes 2 / 3 n^3 operations a matrix.
      OperatorDefinition(
        "Det", shape: determinant,
        work: .vector { node, _ in
          Saturating.product(node.input(0)?.count ?? 0, node.shape(0)?.last ?? 0) / 3 * 2
        }),
    ] + recurrences
    + ["FusedMatMul", "FusedMatMulActivation", "TransposeMatMul", "SparseToDenseMatMul"].map {
      matrix($0, in: .microsoft, fusedProduct, fusedProductWork)
    }

  private static let recurrences: [OperatorDefinition] =
    ["LSTM", "GRU", "RNN"].map {
      OperatorDefinition($0, shape: recurrent, work: .matrixAndVector(recurrentWork))
    } + [
      OperatorDefinition("AttnLSTM", in: .microsoft, shape: recurrent, work: .matrixAndVector(recurrentWork)),
      OperatorDefinition(
        "DynamicQuantizeLSTM", in: .microsoft, shape: transposedRecurrent,
        work: .matrixAndVector(recurrentWork), quantised: QuantisedInputs(scales: [8, 9, 10, 11])),
    ]

  private static func matrix(
    _ name: String, in domain: OperatorDomain = .standard, _ shape: @escaping ShapeRule,
    _ multiplyAdds: @escaping WorkRule.Count, splits: SplitAxes = [.outputs, .inputs],
    quantised: QuantisedInputs? = nil
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: domain, shape: shape, work: .matrix(multiplyAdds), splits: splits, quantised: quantised)
  }

  @Sendable private static func productWork(_ node: NodeContext, output: TensorFact) -> Int {
    Saturating.product(output.count ?? 0, node.shape(0)?.last ?? 0)
  }

  @Sendable static func gemmWork(_ node: NodeContext, output: TensorFact) -> Int {
    guard let a = node.shape(0), a.count == 2 else { return 0 }
    return Saturating.product(output.count ?? 0, isSet("transA", of: node) ? a[0] : a[1])
  }

  @Sendable private static func fusedProductWork(_ node: NodeContext, output: TensorFact) -> Int {
    Saturating.product(output.count ?? 0, (try? operand(node, 0, "A"))??.last ?? 0)
  }

  private static func isSet(_ flag: String, of node: NodeContext) -> Bool {
    ((try? node.int(flag, default: 0)) ?? 0) != 0
  }

  private static let gemm: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let b = node.shape(1) else { return [] }
    return [TensorFact(node.elementType(0), try gemmShape(node, a, b))]
  }

  /// The shape of a product of two matrices of which either may be transposed.
  static func gemmShape(_ node: NodeContext, _ a: [Int], _ b: [Int]) throws(ShapeProblem) -> [Int] {
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
    return [transposeA ? a[1] : a[0], transposeB ? b[0] : b[1]]
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
    guard let a = try operand(node, 0, "A"), let b = try operand(node, 1, "B") else { return [] }
    return [TensorFact(node.elementType(0), try productShape(a, b))]
  }

  /// An operand with the transpositions its attributes ask for: of the first axis behind the batch axes, then of the last two.
  private static func operand(
    _ node: NodeContext, _ input: Int, _ letter: String
  ) throws(ShapeProblem) -> [Int]? {
    guard var shape = node.shape(input) else { return nil }
    if try node.int("transBatch\(letter)", default: 0) != 0, shape.count > 2 {
      shape = Array(shape[1..<(shape.count - 1)]) + [shape[0], shape[shape.count - 1]]
    }
    if try node.int("trans\(letter)", default: 0) != 0, shape.count > 1 {
      shape.swapAt(shape.count - 1, shape.count - 2)
    }
    return shape
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

  /// R is [directions, gates * hidden, hidden].
  private static let recurrent: ShapeRule = { node throws(ShapeProblem) in
    try recurrentShapes(node, hidden: node.shape(2)?.last)
  }

  /// Here the weights are [directions, input, gates * hidden] and [directions, hidden, gates * hidden].
  private static let transposedRecurrent: ShapeRule = { node throws(ShapeProblem) in
    try recurrentShapes(node, hidden: node.shape(2).flatMap { $0.count == 3 ? $0[1] : nil })
  }

  /// X is [sequence, batch, input], or [batch, sequence, input] with `layout` 1.
  private static func recurrentShapes(
    _ node: NodeContext, hidden: Int?
  ) throws(ShapeProblem) -> [TensorFact] {
    guard let x = node.shape(0), let r = node.shape(2), let hidden else { return [] }
    guard x.count == 3, r.count == 3 else {
      throw ShapeProblem("\(node.type) needs X and R of rank 3, has \(x) and \(r)")
    }
    let directions = r[0]
    let type = node.elementType(0)
    if try node.int("layout", default: 0) == 0 {
      let state = TensorFact(type, [directions, x[1], hidden])
      return [TensorFact(type, [x[0], directions, x[1], hidden]), state, state]
    }
    let state = TensorFact(type, [x[0], directions, hidden])
    return [TensorFact(type, [x[0], x[1], directions, hidden]), state, state]
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

  /// Of each step, sample and direction: gates x hidden x (input + hidden) multiply-accumulates, and the vector operations of
  /// ONNX's equations for each hidden unit, the sums of products left to the matrix engine.
  @Sendable private static func recurrentWork(
    _ node: NodeContext
  ) -> (multiplyAdds: Int, vectorOperations: Int) {
    guard let x = node.shape(0), let w = node.shape(1), let r = node.shape(2), x.count == 3, w.count == 3,
      r.count == 3
    else { return (0, 0) }
    // Transposed weights are as many.
    let isTransposed = node.type == "DynamicQuantizeLSTM"
    let (gates, input) = isTransposed ? (w[2], w[1]) : (w[1], w[2])
    let hidden = isTransposed ? r[1] : r[2]
    let steps = Saturating.product(x[0], x[1], w[0])
    return (
      Saturating.product(steps, gates, Saturating.sum(input, hidden)),
      Saturating.product(steps, hidden, unitOperations(node))
    )
  }

  /// Vector operations of one hidden unit in one step.
  private static func unitOperations(_ node: NodeContext) -> Int {
    switch node.type {
    // i, o, f = sigmoid, c = tanh; C' = f C + i c; H = o tanh(C'). Peepholes scale and add the cell at three gates.
    case "LSTM", "AttnLSTM", "DynamicQuantizeLSTM": node.has(7) && node.type != "AttnLSTM" ? 9 + 6 : 9
    // z, r = sigmoid; h = tanh of what r scales; H' = (1 - z) h + z H.
    case "GRU": 8
    // H = tanh.
    default: 1
    }
  }
}
