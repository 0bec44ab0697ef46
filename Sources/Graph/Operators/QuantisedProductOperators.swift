/// Matrix products on quantised operands that ONNX Runtime contributes.
enum QuantisedProductOperators {
  static let definitions: [OperatorDefinition] =
    products + weightOnly + [
      OperatorDefinition(
        "QGemm", in: .microsoft, shape: quantisedGemm,
        work: .matrix { node, output in ProductOperators.gemmWork(node, output: output) },
        splits: [.outputs, .inputs], quantised: QuantisedInputs(scales: [1, 2, 4, 5, 7, 8])),
      OperatorDefinition(
        "GemmFloat8", in: .microsoft, shape: gemmFloat8,
        work: .matrix { node, output in ProductOperators.gemmWork(node, output: output) },
        splits: [.outputs, .inputs], quantised: QuantisedInputs(scales: [3, 4, 5])),
      OperatorDefinition(
        "QOrderedMatMul", in: .microsoft, shape: orderedProduct, work: .matrix(productWork),
        splits: [.outputs, .inputs], quantised: QuantisedInputs(scales: [1, 3, 4, 7])),
      fused("MatMulNBitsMlp", "N", "N", weights: [3, 6], scales: [4, 7], outputs: gatedOutputs),
      fused(
        "MatMulNBitsQkv", "Nq", "Nkv", "Nkv", weights: [3, 6, 9], scales: [4, 7, 10],
        outputs: projectedOutputs),
      OperatorDefinition(
        "MatMulNBitsQLoRA", in: .microsoft, shape: weightOnlyShape, work: .matrix(adapted),
        splits: [.outputs, .inputs],
        quantised: .bytes([1, 3, 5], bits: "bits", scales: [2, 4, 6])),
      OperatorDefinition(
        "MatMulFpQ4", in: .microsoft, shape: shapedProduct, work: .matrix(productWork),
        splits: [.outputs, .inputs], quantised: QuantisedInputs(packed: [1]) { _ in 2 }),
    ]

  /// Products of two matrices with the type of the result.
  private static let products: [OperatorDefinition] = [
    product("DynamicQuantizeMatMul", type: 0, scales: [2, 3]),
    product("MatMulIntegerToFloat", type: 2, scales: [2, 3, 4, 5]),
    product("MatMulInteger16", type: nil, scales: []),
  ]

  private static func product(_ name: String, type: Int?, scales: Set<Int>) -> OperatorDefinition {
    OperatorDefinition(
      name, in: .microsoft,
      shape: { node throws(ShapeProblem) in
        guard let a = node.shape(0), let b = node.shape(1) else { return [] }
        let type = type.map { node.elementType($0) } ?? .int32
        return [TensorFact(type, try ProductOperators.productShape(a, b))]
      }, work: .matrix(productWork), splits: [.outputs, .inputs],
      quantised: QuantisedInputs(scales: scales))
  }

  @Sendable private static func productWork(_ node: NodeContext, output: TensorFact) -> Int {
    Saturating.product(output.count ?? 0, node.shape(0)?.last ?? 0)
  }

  /// Y = A W^T with W quantised in blocks along its rows: [..., K] to [..., N].
  private static let weightOnly: [OperatorDefinition] = [
    ("MatMulNBits", QuantisedInputs.bytes([1], bits: "bits", scales: [2, 3, 4])),
    ("MatMulBnb4", QuantisedInputs(scales: [2], packed: [1]) { _ in 2 }),
    ("MatMulPacked", QuantisedInputs(scales: [2])),
    ("MatMulBlockQuantizedFp4Weight", QuantisedInputs(scales: [2, 3, 4], packed: [1]) { _ in 2 }),
    ("MatMulBlockQuantizedFp8Weight", QuantisedInputs(scales: [2, 3])),
  ].map { name, quantised in
    OperatorDefinition(
      name, in: .microsoft, shape: weightOnlyShape, work: .matrix(productWork),
      splits: [.outputs, .inputs], quantised: quantised)
  }

  /// N is an attribute, or the first dimension of the weights.
  private static let weightOnlyShape: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let width = try node.int("N") ?? node.shape(1)?.first else { return [] }
    if let depth = try node.int("K"), depth != a.last {
      throw ShapeProblem("an input of shape \(a) does not end in K = \(depth)", field: "K")
    }
    return [TensorFact(node.elementType(0), a.dropLast() + [width])]
  }

  /// The product, and that of the low-rank adapter of rank R.
  @Sendable private static func adapted(_ node: NodeContext, output: TensorFact) -> Int {
    let rank = node.shape(4)?.first ?? 0
    let rows = output.count.map { $0 / max(1, output.shape?.last ?? 1) } ?? 0
    let sides = Saturating.sum(node.shape(0)?.last ?? 0, output.shape?.last ?? 0)
    return Saturating.sum(productWork(node, output: output), Saturating.product(rows, rank, sides))
  }

  /// Several products of one input, with a normalisation before them; each width is an attribute.
  private static func fused(
    _ name: String, _ widths: String..., weights: [Int], scales: Set<Int>,
    outputs: @escaping @Sendable ([[Int]]) -> [[Int]]
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: .microsoft,
      shape: { node throws(ShapeProblem) in
        guard let a = node.shape(0) else { return [] }
        var results: [[Int]] = []
        for width in widths {
          guard let size = try node.int(width) else { throw ShapeProblem("needs a width", field: width) }
          results.append(a.dropLast() + [size])
        }
        return (outputs(results) + [a]).map { TensorFact(node.elementType(0), $0) }
      },
      work: .matrix { node, _ in
        let sizes = widths.map { max(0, (try? node.int($0, default: 0)) ?? 0) }
        return Saturating.product(node.input(0)?.count ?? 0, sizes.reduce(0, Saturating.sum))
      },
      splits: .outputs, quantised: .bytes(weights, bits: "bits", scales: scales))
  }

  private static let gatedOutputs: @Sendable ([[Int]]) -> [[Int]] = { [$0[0]] }
  private static let projectedOutputs: @Sendable ([[Int]]) -> [[Int]] = { $0 }

  private static let quantisedGemm: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let b = node.shape(3) else { return [] }
    return [TensorFact(node.elementType(8) ?? .float32, try ProductOperators.gemmShape(node, a, b))]
  }

  private static let gemmFloat8: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let b = node.shape(1) else { return [] }
    let type = ElementType(onnxCode: try node.int("dtype", default: 1))
    return [TensorFact(type, try ProductOperators.gemmShape(node, a, b))]
  }

  /// B is [K, N], or [N, K] where it is stored by columns.
  private static let orderedProduct: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let b = node.shape(2), b.count == 2, let depth = a.last else { return [] }
    guard b.contains(depth) else {
      throw ShapeProblem("inner dimensions of \(a) and \(b) differ", field: "B")
    }
    return [TensorFact(node.elementType(0), a.dropLast() + [b[0] == depth ? b[1] : b[0]])]
  }

  private static let shapedProduct: ShapeRule = { node throws(ShapeProblem) in
    guard let a = node.shape(0), let b = node.intValues(2) else { return [] }
    return [TensorFact(node.elementType(0), try ProductOperators.productShape(a, b))]
  }
}
