/// Counts the arithmetic of operators from their shapes.
///
/// Matrix operations are 2 x multiply-accumulates of convolutions, matrix products and recurrent layers, bias
/// additions left out. Vector operations are, per output element: 1 for arithmetic and activations, the window size for
/// pooling, 5 for Softmax, 8 for LayerNormalization and its kin, 2 for BatchNormalization; per input element 1 for
/// reductions; per element of a looked-up row 1, or 2 where it is dequantised. Data movement has none.
enum WorkRules {
  /// - Parameters:
  ///   - outputs: what is known of the outputs; unknown shapes count as nothing.
  ///   - isKnown: whether the operator has a definition here.
  static func work(_ node: NodeContext, outputs: [TensorFact], isKnown: Bool) -> OperatorWork {
    let elements = outputs.reduce(0) { Saturating.sum($0, $1.count ?? 0) }
    guard isKnown else { return OperatorWork(kind: .unknown, vectorOperations: elements) }
    if PooledLookup.isLookup(node.type) { return lookup(node) }
    if let product = MatrixWork.multiplyAdds(node, output: outputs.first ?? .unknown) {
      return .matrix(product)
    }
    if views.contains(node.type) { return OperatorWork(isView: true) }
    if movements.contains(node.type) { return .movement }
    return .vector(vectorOperations(node, output: outputs.first ?? .unknown, all: elements))
  }

  private static func vectorOperations(_ node: NodeContext, output: TensorFact, all: Int) -> Int {
    let first = output.count ?? 0
    let input = node.input(0)?.count ?? 0
    switch node.type {
    case "MaxPool", "AveragePool", "LpPool":
      return Saturating.product(first, Saturating.product((try? node.ints("kernel_shape")) ?? []))
    case "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "ArgMax", "ArgMin": return input
    case "Softmax", "LogSoftmax": return Saturating.product(5, first)
    case "LayerNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "RMSNormalization",
      "SimplifiedLayerNormalization", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization":
      return Saturating.product(8, first)
    case "BatchNormalization": return Saturating.product(2, first)
    case "RoiAlign":
      // Bilinear interpolation: seven operations a sample; a sampling ratio of 0 adapts, taken as 2.
      let ratio = max(0, (try? node.int("sampling_ratio", default: 0)) ?? 0)
      return Saturating.product(first, ratio == 0 ? 2 : ratio, ratio == 0 ? 2 : ratio, 7)
    case _ where node.type.hasPrefix("Reduce"): return input
    default: return all
    }
  }

  private static func lookup(_ node: NodeContext) -> OperatorWork {
    guard let lookup = try? PooledLookup(node) else { return OperatorWork(kind: .lookup) }
    return OperatorWork(
      kind: .lookup,
      vectorOperations: Saturating.product(lookup.isFused ? 2 : 1, lookup.lookups, lookup.dimension))
  }

  static let views: Set<String> = [
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout",
  ]

  private static let movements: Set<String> = [
    "Transpose", "Concat", "Slice", "Split", "Gather", "GatherElements", "GatherND", "Expand", "Tile", "Pad",
    "Constant", "ConstantOfShape", "Shape", "Cast", "CastLike", "BitCast", "Resize", "Upsample",
    "DepthToSpace",
    "SpaceToDepth", "ScatterND", "ScatterElements", "Scatter", "TensorScatter", "Range", "Where", "TopK",
    "NonMaxSuppression", "NonZero", "Size", "EyeLike", "OneHot", "Compress", "Unique", "CenterCropPad",
    "ReverseSequence", "Col2Im", "MaxUnpool",
  ]
}
