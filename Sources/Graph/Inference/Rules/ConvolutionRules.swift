/// Convolutions and pooling over any number of spatial axes. Shapes are [batch, channels, spatial...].
enum ConvolutionRules {
  static let rules: [String: ShapeRule] = [
    "Conv": { node throws(ShapeProblem) in try convolution(node, weights: 1, type: node.elementType(0)) },
    "FusedConv": { node throws(ShapeProblem) in
      try convolution(node, weights: 1, type: node.elementType(0))
    },
    "DeformConv": { node throws(ShapeProblem) in
      try convolution(node, weights: 1, type: node.elementType(0))
    },
    "ConvInteger": { node throws(ShapeProblem) in try convolution(node, weights: 1, type: .int32) },
    "QLinearConv": { node throws(ShapeProblem) in
      try convolution(node, weights: 3, type: node.elementType(7) ?? node.elementType(0))
    },
    "ConvTranspose": transposed,
    "MaxPool": pooling, "AveragePool": pooling, "LpPool": pooling,
    "GlobalAveragePool": global, "GlobalMaxPool": global, "GlobalLpPool": global,
    "MaxUnpool": unpooling,
    "MaxRoiPool": roiPooling,
    "RoiAlign": roiAlign,
    "Col2Im": columnsToImage,
  ]

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
