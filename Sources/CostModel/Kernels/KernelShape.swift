import Graph
import Hardware

/// What decides how fast a kernel runs, beside its operations and bytes.
struct KernelShape: Sendable, Hashable {
  var operatorClass: OperatorClass
  /// Elements that it computes; of a kernel of the vector engine, its operations; of a convolution in groups, output channels of
  /// a group, since each group is a product by itself that is as thin as that.
  var results: Double
  /// Multiply-accumulates a result; of normalisations, Softmax, reductions and pooling, elements of a row, each of which starts
  /// anew; 0 where it has none.
  var depth: Double
  /// Whether it is work of the matrix engine.
  var isMatrix: Bool
  /// Of a recurrent layer, which runs one after the other; else 1.
  var steps: Double

  /// - Parameters:
  ///   - inputs: Shapes; `nil` where one is not known.
  ///   - order: Of the axes, where it transposes and that is known.
  init(
    _ kind: KernelKind, matrixOperations: Int, vectorOperations: Int, inputs: [[Int]?], outputs: [[Int]],
    order: [Int]?
  ) {
    let sizes = Sizes(inputs: inputs, outputs: outputs)
    operatorClass = sizes.operatorClass(kind, order: order)
    steps = kind == .recurrent ? sizes.steps : 1
    isMatrix = matrixOperations > 0
    if isMatrix {
      // Attention computes the first; caches that it gives back with it are what it read, and a token.
      results = outputs.prefix(kind == .attention ? 1 : outputs.count).reduce(0) { $0 + Self.count($1) }
      if kind == .recurrent { results = sizes.hidden * steps }
      depth = results > 0 ? Double(matrixOperations) / 2 / results : 0
      if operatorClass == .groupedConvolution { results = sizes.channelsOfGroup ?? results }
    } else {
      results = Double(vectorOperations)
      depth = sizes.row(kind)
    }
  }

  init(_ node: Operator, in graph: Graph) {
    let order: [Int]? = if case .ints(let axes) = node.attributes["perm"] { axes } else { nil }
    self.init(
      node.definition?.kernel ?? .other, matrixOperations: node.work.matrixOperations,
      vectorOperations: node.work.vectorOperations, inputs: node.inputs.map { $0.map { graph[$0].shape } },
      outputs: node.outputs.compactMap { $0.map { graph[$0].shape } }, order: order)
  }

  /// Of a product whose weights alone are in few bits.
  mutating func widens(_ weights: Precision?) {
    guard operatorClass == .product else { return }
    switch weights {
    case .int8: operatorClass = .product8BitWeights
    case .int4: operatorClass = .product4BitWeights
    default: break
    }
  }

  fileprivate static func count(_ shape: [Int]) -> Double { shape.reduce(1) { $0 * Double($1) } }
}

/// What follows from the shapes alone.
private struct Sizes {
  let inputs: [[Int]?]
  let outputs: [[Int]]

  private func input(_ index: Int) -> [Int]? { inputs.indices.contains(index) ? inputs[index] : nil }

  func operatorClass(_ kind: KernelKind, order: [Int]?) -> OperatorClass {
    switch kind {
    case .product: (input(1)?.count ?? 0) > 2 ? .batchedProduct : .product
    case .convolution: convolution
    case .transposedConvolution: .transposedConvolution
    case .integerProduct: .integerProduct
    case .attention: queries == 1 ? .attentionDecode : .attentionPrefill
    case .recurrent: .recurrent
    case .softmax: .softmax
    case .normalisation: .normalisation
    case .responseNormalisation: .responseNormalisation
    case .arithmetic: .arithmetic
    case .transcendental: .transcendental
    case .pooling: .pooling
    case .reduction: .reduction
    case .transposition: transposition(order)
    case .rows: .rows
    case .resampling: .resampling
    case .copy: .copy
    case .view: .view
    case .other: .other
    }
  }

  private var convolution: OperatorClass {
    guard let filter = input(1), filter.count > 2, let channels = input(0)?.dropFirst().first else {
      return .convolution
    }
    let window = filter.dropFirst(2)
    let isPointwise = window.allSatisfy { $0 == 1 }
    if filter[1] > 0, channels / filter[1] > 1 {
      return filter[1] == 1 ? .depthwiseConvolution : .groupedConvolution
    }
    if isPointwise { return .pointwiseConvolution }
    return window.count > 2 ? .volumetricConvolution : .convolution
  }

  /// [batch, queries, width] or [batch, heads, queries, size].
  private var queries: Int? {
    guard let query = input(0), query.count > 2 else { return nil }
    return query[query.count - 2]
  }

  private func transposition(_ order: [Int]?) -> OperatorClass {
    guard let shape = input(0), let output = outputs.first, shape.count == output.count, !shape.isEmpty else {
      return .innerTransposition
    }
    let axes = order ?? (shape.last == output.last ? Array(shape.indices) : shape.indices.reversed())
    guard axes.count == shape.count, axes.allSatisfy(shape.indices.contains) else {
      return .innerTransposition
    }
    // Axes of one element move nothing.
    let moved = axes.filter { shape[$0] > 1 }
    if order != nil, moved == moved.sorted() { return .copy }
    return moved.last == moved.max() ? .outerTransposition : .innerTransposition
  }

  /// Steps of a recurrent layer, those of both directions: its first output is [steps, directions, batch, hidden].
  var steps: Double {
    if let output = outputs.first, output.count == 4 { return max(1, Double(output[0]) * Double(output[1])) }
    return max(1, Double(input(0)?.first ?? 1) * Double(outputs.first?.first ?? 1))
  }

  /// Output channels of one group of a convolution.
  var channelsOfGroup: Double? {
    guard let filter = input(1), filter.count > 2, filter[1] > 0, let channels = input(0)?.dropFirst().first
    else { return nil }
    return Double(filter[0]) / max(1, Double(channels / filter[1]))
  }

  /// Elements of a row that is worked on by itself; 0 where there is none.
  func row(_ kind: KernelKind) -> Double {
    guard let shape = input(0), let last = shape.last else { return 0 }
    switch kind {
    case .softmax: return Double(last)
    case .normalisation:
      // Over the axes that the scale has, or over space.
      if let scale = input(1), shape.suffix(scale.count) == scale[...] { return KernelShape.count(scale) }
      return KernelShape.count(Array(shape.dropFirst(min(2, shape.count - 1))))
    case .reduction, .pooling:
      return KernelShape.count(shape) / max(1, outputs.first.map(KernelShape.count) ?? 1)
    default: return 0
    }
  }

  /// Results of one step: elements of the gates, taken as four of each hidden unit.
  var hidden: Double { 4 * (outputs.first?.suffix(2).reduce(1) { $0 * Double($1) } ?? 1) }
}
