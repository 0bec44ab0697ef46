/// Convolutions over any number of spatial axes. Shapes are [batch, channels, spatial...].
enum ConvolutionOperators {
  static let definitions: [OperatorDefinition] = [
    OperatorDefinition("Conv", shape: floating, work: filters(1), splits: .outputs),
    OperatorDefinition("FusedConv", in: .microsoft, shape: floating, work: filters(1), splits: .outputs),
    OperatorDefinition("DeformConv", shape: floating, work: filters(1), splits: .outputs),
    OperatorDefinition(
      "ConvInteger", shape: { node throws(ShapeProblem) in try convolution(node, weights: 1, type: .int32) },
      work: filters(1), splits: .outputs),
    OperatorDefinition(
      "QLinearConv",
      shape: { node throws(ShapeProblem) in
        try convolution(node, weights: 3, type: node.elementType(7) ?? node.elementType(0))
      }, work: filters(3), splits: .outputs),
    OperatorDefinition(
      "ConvTranspose", shape: transposed,
      work: .matrix { node, _ in
        Saturating.product(node.input(0)?.count ?? 0, filterSize(node.shape(1)))
      }, splits: .outputs),
    OperatorDefinition("Col2Im", shape: columnsToImage, work: .movement),
  ]

  /// A filter at each element of the output.
  private static func filters(_ weights: Int) -> WorkRule {
    .matrix { node, output in Saturating.product(output.count ?? 0, filterSize(node.shape(weights))) }
  }

  /// Elements of one filter: all axes but that of the output channels.
  private static func filterSize(_ shape: [Int]?) -> Int {
    guard let shape, !shape.isEmpty else { return 0 }
    return Saturating.product(shape.dropFirst())
  }

  private static let floating: ShapeRule = { node throws(ShapeProblem) in
    try convolution(node, weights: 1, type: node.elementType(0))
  }

  private static func convolution(
    _ node: NodeContext, weights: Int, type: ElementType?
  ) throws(ShapeProblem) -> [TensorFact] {
    guard let input = node.shape(0), let filter = node.shape(weights) else { return [] }
    guard input.count >= 2, filter.count == input.count else {
      throw ShapeProblem(
        "the weights' shape \(filter) must have the rank of the input's, \(input)", field: "W")
    }
    let group = try node.int("group", default: 1)
    let (wanted, overflow) = filter[1].multipliedReportingOverflow(by: group)
    guard group > 0, !overflow, wanted == input[1] else {
      throw ShapeProblem(
        "input \(input) has \(input[1]) channels, weights \(filter) with group \(group) do not match",
        field: "group")
    }
    let kernel = try node.ints("kernel_shape") ?? Array(filter.dropFirst(2))
    let window = try Window(node, kernel: kernel, spatial: input.count - 2)
    return [TensorFact(type, [input[0], filter[0]] + (try window.outputSizes(Array(input.dropFirst(2)))))]
  }

  private static let transposed: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), let filter = node.shape(1) else { return [] }
    guard input.count >= 2, filter.count == input.count, filter[0] == input[1] else {
      throw ShapeProblem("input \(input) and weights \(filter) do not match", field: "W")
    }
    let channels = Saturating.product(filter[1], max(1, try node.int("group", default: 1)))
    let spatial = input.count - 2
    let leading = [input[0], channels]
    if let sizes = try node.ints("output_shape") {
      return [TensorFact(node.elementType(0), leading + sizes.suffix(spatial))]
    }
    let kernel = try node.ints("kernel_shape") ?? Array(filter.dropFirst(2))
    let window = try Window(node, kernel: kernel, spatial: spatial)
    let extra = try node.ints("output_padding") ?? [Int](repeating: 0, count: spatial)
    guard extra.count == spatial else {
      throw ShapeProblem("needs \(spatial) entries", field: "output_padding")
    }
    return [
      TensorFact(
        node.elementType(0),
        leading + (try window.transposedSizes(Array(input.dropFirst(2)), outputPadding: extra)))
    ]
  }

  private static let columnsToImage: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), input.count == 3, let image = node.intValues(1),
      let block = node.intValues(2)
    else { return [] }
    let size = Saturating.product(block)
    guard size > 0, input[1] % size == 0 else {
      throw ShapeProblem("\(input[1]) channels are no multiple of the block \(block)")
    }
    return [TensorFact(node.elementType(0), [input[0], input[1] / size] + image)]
  }
}
