/// Row look-ups into embedding tables, in any domain.
enum LookupOperators {
  static let definitions = [
    "SparseLengthsSum", "SparseLengthsMean", "SparseLengthsWeightedSum", "SparseLengthsWeightedMean",
    "EmbeddingBag", "EmbeddingBagByteRowwiseOffsets",
    "FusedRowwiseQuantizedSparseLengthsSum", "FusedRowwiseQuantizedSparseLengthsWeightedSum",
    "RowwiseQuantizedSparseLengthsWeightedSum",
    "SparseLengthsSumFused8BitRowwise", "SparseLengthsWeightedSumFused8BitRowwise",
    "SparseLengthsMeanFused8BitRowwise", "SparseLengthsSumFused4BitRowwise",
    "SparseLengthsWeightedSumFused4BitRowwise", "SparseLengthsMeanFused4BitRowwise",
  ].map {
    OperatorDefinition($0, in: .any, shape: lookup, work: .counted(work), traits: .bagLookup, splits: .rows)
  }

  @Sendable private static func work(_ node: NodeContext, _: [TensorFact]) -> OperatorWork {
    guard let lookup = try? PooledLookup(node) else { return OperatorWork(kind: .lookup) }
    return OperatorWork(
      kind: .lookup,
      vectorOperations: Saturating.product(lookup.isFused ? 2 : 1, lookup.lookups, lookup.dimension))
  }

  private static let lookup: ShapeRule = { node throws(ShapeProblem) in
    guard let lookup = try PooledLookup(node), let bags = lookup.bags else { return [] }
    let type = node.elementType(0).map { lookup.isFused || $0.bits < 16 ? .float32 : $0 }
    return [TensorFact(type, [bags, lookup.dimension])]
  }
}

/// A look-up operator that sums the rows of each bag: its parts, by the conventions of Caffe2, Glow and PyTorch.
struct PooledLookup {
  /// Elements of one stored row, quantisation parameters included.
  let rowWidth: Int
  let rows: Int
  /// Elements of one looked-up row.
  let dimension: Int
  /// Whether rows carry their scale and bias.
  let isFused: Bool
  /// Row look-ups of one run: the number of indices, padding included.
  let lookups: Int
  /// Rows of the result; `nil` when it is not known.
  let bags: Int?

  /// `nil` when too little is known of the inputs.
  init?(_ node: NodeContext) throws(ShapeProblem) {
    guard let data = node.shape(0) else { return nil }
    guard data.count == 2 else {
      throw ShapeProblem("a table has two dimensions, not \(data)", field: "data")
    }
    let integers = node.inputs.indices.dropFirst().filter {
      node.elementType($0).map { $0.isIndex } ?? false
    }
    guard let indices = integers.first.flatMap({ node.shape($0) }) else { return nil }
    let segments = integers.dropFirst().first.flatMap { node.shape($0) }
    rows = data[0]
    rowWidth = data[1]
    isFused = Self.carriesScale(node.type)
    let outputWidth = node.declaredOutputs.first?.flatMap { $0.last ?? nil }
    dimension = Self.dimension(node.type, rowWidth: rowWidth, outputWidth: outputWidth)
    guard dimension > 0 else {
      throw ShapeProblem("rows of \(rowWidth) bytes hold no scale and bias", field: "data")
    }
    lookups = Saturating.product(indices)
    if let length = segments.map({ Saturating.product($0) }) {
      let isOpen = try node.int("include_last_offset", default: 0) == 0
      bags = node.type.hasPrefix("EmbeddingBag") && !isOpen ? max(0, length - 1) : length
    } else {
      bags = indices.count == 2 ? indices[0] : nil
    }
  }

  private static func carriesScale(_ type: String) -> Bool {
    type.hasPrefix("Fused") || type.contains("BitRowwise") || type == "EmbeddingBagByteRowwiseOffsets"
  }

  /// Fused rows end with a scale and a bias: 2 x 4 bytes for 8-bit rows, or 2 x 2 bytes where the output's width says so;
  /// 4-bit rows hold two elements a byte and 2 x 2 bytes.
  private static func dimension(_ type: String, rowWidth: Int, outputWidth: Int?) -> Int {
    guard carriesScale(type) else { return rowWidth }
    if let outputWidth, outputWidth > 0 { return outputWidth }
    return type.contains("4Bit") ? (rowWidth - 4) * 2 : rowWidth - 8
  }
}
