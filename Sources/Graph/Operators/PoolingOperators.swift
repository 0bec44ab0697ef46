/// Pooling over windows, whole images and regions. Shapes are [batch, channels, spatial...].
enum PoolingOperators {
  static let definitions: [OperatorDefinition] =
    ["MaxPool", "AveragePool", "LpPool"].flatMap { name in
      [windowed(name, pooling), windowed(name, in: .channelsLast, ChannelsLast.rule(pooling))]
    }
    + ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"].flatMap { name in
      [
        OperatorDefinition(name, shape: global, work: .perInput),
        OperatorDefinition(name, in: .channelsLast, shape: ChannelsLast.rule(global), work: .perInput),
      ]
    } + [
      windowed("NhwcMaxPool", in: .microsoft, ChannelsLast.rule(pooling)),
      windowed("MaxpoolWithMask", in: .microsoft, pooling),
      windowed("QLinearAveragePool", in: .microsoft, ChannelsLast.rule(pooling, when: "channels_last")),
      windowed("QLinearAveragePool", in: .channelsLast, ChannelsLast.rule(pooling)),
      OperatorDefinition(
        "QLinearGlobalAveragePool", in: .microsoft, shape: ChannelsLast.rule(global, when: "channels_last"),
        work: .perInput),
      OperatorDefinition("MaxUnpool", shape: unpooling, work: .movement),
      OperatorDefinition(
        "MaxUnpool", in: .channelsLast, shape: ChannelsLast.rule(unpooling), work: .movement),
      OperatorDefinition("MaxRoiPool", shape: roiPooling),
      OperatorDefinition("RoiAlign", shape: roiAlign, work: .vector(interpolation)),
      OperatorDefinition("CropAndResize", in: .microsoft, shape: cropAndResize, work: .perOutput(7)),
    ]

  private static func windowed(
    _ name: String, in domain: OperatorDomain = .standard, _ shape: @escaping ShapeRule
  ) -> OperatorDefinition {
    OperatorDefinition(name, in: domain, shape: shape, work: .vector(window))
  }

  /// Regions of X [batch, channels, height, width], each resized to the size that is the fourth input.
  private static let cropAndResize: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), input.count == 4, let regions = node.shape(1)?.first,
      let size = node.intValues(3), size.count == 2
    else { return [] }
    return [TensorFact(node.elementType(0), [regions, input[1]] + size)]
  }

  @Sendable private static func window(_ node: NodeContext, output: TensorFact) -> Int {
    Saturating.product(output.count ?? 0, Saturating.product((try? node.ints("kernel_shape")) ?? []))
  }

  /// Bilinear interpolation: seven operations a sample; a sampling ratio of 0 adapts, taken as 2.
  @Sendable private static func interpolation(_ node: NodeContext, output: TensorFact) -> Int {
    let given = max(0, (try? node.int("sampling_ratio", default: 0)) ?? 0)
    let ratio = given == 0 ? 2 : given
    return Saturating.product(output.count ?? 0, ratio, ratio, 7)
  }

  private static let pooling: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0) else { return [] }
    guard input.count >= 2, let kernel = try node.ints("kernel_shape") else {
      throw ShapeProblem("pooling needs an input of rank 2 or more and a kernel", field: "kernel_shape")
    }
    let window = try Window(node, kernel: kernel, spatial: input.count - 2)
    let shape = Array(input.prefix(2)) + (try window.outputSizes(Array(input.dropFirst(2))))
    return [TensorFact(node.elementType(0), shape), TensorFact(.int64, shape)]
  }

  private static let global: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0) else { return [] }
    let shape = input.prefix(2) + [Int](repeating: 1, count: max(0, input.count - 2))
    return [TensorFact(node.elementType(0), Array(shape))]
  }

  private static let unpooling: ShapeRule = { node throws(ShapeProblem) in
    if node.has(2) { return node.intValues(2).map { [TensorFact(node.elementType(0), $0)] } ?? [] }
    guard let input = node.shape(0), let kernel = try node.ints("kernel_shape") else { return [] }
    let window = try Window(node, kernel: kernel, spatial: input.count - 2)
    let spatial = try window.transposedSizes(
      Array(input.dropFirst(2)), outputPadding: [Int](repeating: 0, count: kernel.count))
    return [TensorFact(node.elementType(0), Array(input.prefix(2)) + spatial)]
  }

  private static let roiPooling: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), let regions = node.shape(1), input.count >= 2,
      let count = regions.first, let pooled = try node.ints("pooled_shape")
    else { return [] }
    return [TensorFact(node.elementType(0), [count, input[1]] + pooled)]
  }

  private static let roiAlign: ShapeRule = { node throws(ShapeProblem) in
    guard let input = node.shape(0), let regions = node.shape(1), input.count == 4,
      let count = regions.first
    else { return [] }
    let height = try node.int("output_height", default: 1)
    let width = try node.int("output_width", default: 1)
    return [TensorFact(node.elementType(0), [count, input[1], height, width])]
  }
}
