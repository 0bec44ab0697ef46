/// Convolutions over any number of spatial axes. Shapes are [batch, channels, spatial...].
enum ConvolutionOperators {
  static let definitions: [OperatorDefinition] =
    [
      convolution("Conv", floating), convolution("FusedConv", in: .microsoft, floating),
      convolution("DeformConv", floating),
      convolution(
        "ConvInteger", { node throws(ShapeProblem) in try convolution(node, weights: 1, type: .int32) },
        quantised: QuantisedInputs(scales: [2, 3])),
      convolution(
        "QLinearConv", ChannelsLast.rule(quantised, when: "channels_last"), weights: 3,
        quantised: quantisedInputs),
      transposition("ConvTranspose", floatingTransposed),
      transposition("ConvTransposeWithDynamicPads", in: .microsoft, dynamicallyPadded),
      OperatorDefinition("Col2Im", shape: columnsToImage, work: .movement),
    ] + channelsLast

  /// Activations as [batch, spatial..., channels]; filters stay [outputs, inputs, window...].
  private static let channelsLast: [OperatorDefinition] = [
    convolution("NhwcConv", in: .microsoft, ChannelsLast.rule(floating)),
    convolution("NhwcFusedConv", in: .microsoft, ChannelsLast.rule(floating)),
    convolution("Conv", in: .channelsLast, ChannelsLast.rule(floating)),
    convolution(
      "QLinearConv", in: .channelsLast, ChannelsLast.rule(quantised), weights: 3,
      quantised: quantisedInputs),
    transposition("ConvTranspose", in: .channelsLast, ChannelsLast.rule(floatingTransposed)),
    transposition(
      "QLinearConvTranspose", in: .channelsLast,
      ChannelsLast.rule { node throws(ShapeProblem) in
        try transposed(node, weights: 3, type: node.elementType(7) ?? node.elementType(0))
      }, weights: 3, quantised: quantisedInputs),
  ]

  private static let quantisedInputs = QuantisedInputs(scales: [1, 2, 4, 5, 6, 7])

  private static let quantised: ShapeRule = { node throws(ShapeProblem) in
    try convolution(node, weights: 3, type: node.elementType(7) ?? node.elementType(0))
  }

  private static func convolution(
    _ name: String, in domain: OperatorDomain = .standard, _ shape: @escaping ShapeRule, weights: Int = 1,
    quantised: QuantisedInputs? = nil
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: domain, shape: shape, work: filters(weights), splits: .outputs, quantised: quantised)
  }

  /// A transposed convolution applies its filter at each element of the input.
  private static func transposition(
    _ name: String, in domain: OperatorDomain = .standard, _ shape: @escaping ShapeRule, weights: Int = 1,
    quantised: QuantisedInputs? = nil
  ) -> OperatorDefinition {
    OperatorDefinition(
      name, in: domain, shape: shape,
      work: .matrix { node, _ in
        Saturating.product(node.input(0)?.count ?? 0, filterSize(node.shape(weights)))
      }, splits: .outputs, quantised: quantised)
  }

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
    // Blocked layouts round channels up to a block that is not known here.
    let isBlocked = OperatorDomain(node.node.domain) == .channelsBlocked
    guard group > 0, !overflow, wanted == input[1] || isBlocked else {
      throw ShapeProblem(
        "input \(input) has \(input[1]) channels, weights \(filter) with group \(group) do not match",
        field: "group")
    }
    let kernel = try node.ints("kernel_shape") ?? Array(filter.dropFirst(2))
    let window = try Window(node, kernel: kernel, spatial: input.count - 2)
    return [TensorFact(type, [input[0], filter[0]] + (try window.outputSizes(Array(input.dropFirst(2)))))]
  }

  private static let floatingTransposed: ShapeRule = { node throws(ShapeProblem) in
    try transposed(node, weights: 1, type: node.elementType(0))
  }

  private static func transposed(
    _ node: NodeContext, weights: Int, type: ElementType?, pads: [Int]? = nil
  ) throws(ShapeProblem) -> [TensorFact] {
    guard let input = node.shape(0), let filter = node.shape(weights) else { return [] }
    guard input.count >= 2, filter.count == input.count, filter[0] == input[1] else {
      throw ShapeProblem("input \(input) and weights \(filter) do not match", field: "W")
    }
    let channels = Saturating.product(filter[1], max(1, try node.int("group", default: 1)))
    let spatial = input.count - 2
    let leading = [input[0], channels]
    if let sizes = try node.ints("output_shape") {
      return [TensorFact(type, leading + sizes.suffix(spatial))]
    }
    let kernel = try node.ints("kernel_shape") ?? Array(filter.dropFirst(2))
    let window = try Window(node, kernel: kernel, spatial: spatial, pads: pads)
    let extra = try node.ints("output_padding") ?? [Int](repeating: 0, count: spatial)
    guard extra.count == spatial else {
      throw ShapeProblem("needs \(spatial) entries", field: "output_padding")
    }
    return [
      TensorFact(
        type,
        leading + (try window.transposedSizes(Array(input.dropFirst(2)), outputPadding: extra)))
    ]
  }

  /// Padding is an input; where it is not known, no padding is an upper bound.
  private static let dynamicallyPadded: ShapeRule = { node throws(ShapeProblem) in
    let spatial = max(0, (node.shape(0)?.count ?? 2) - 2)
    let pads = node.intValues(2)
    return try transposed(
      node, weights: 1, type: node.elementType(0),
      pads: pads ?? [Int](repeating: 0, count: 2 * spatial)
    ).map { TensorFact($0.type, $0.shape, isBound: pads == nil && node.has(2)) }
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
