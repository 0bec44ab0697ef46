/// Operators that pad, crop or resample.
enum ResizingOperators {
  static let definitions: [OperatorDefinition] = [
    OperatorDefinition("Pad", shape: pad, work: .movement),
    OperatorDefinition("Resize", shape: resize, work: .movement),
    OperatorDefinition("Upsample", shape: upsample, work: .movement),
    OperatorDefinition("CenterCropPad", shape: centerCropPad, work: .movement),
    OperatorDefinition("GridSample", shape: gridSample),
    OperatorDefinition("AffineGrid", shape: affineGrid),
  ]

  private static let pad: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    guard let pads = try node.intsFrom(input: 1, attribute: "pads"), !node.isComputed(input: 3) else {
      return []
    }
    var axes: [Int] = []
    for axis in node.intValues(3) ?? Array(shape.indices) {
      axes.append(try node.axis(axis, rank: shape.count, field: "axes"))
    }
    guard pads.count == 2 * axes.count else {
      throw ShapeProblem("needs \(2 * axes.count) entries, has \(pads.count)", field: "pads")
    }
    var result = shape
    for (position, axis) in axes.enumerated() {
      result[axis] = Saturating.sum(
        Saturating.sum(result[axis], pads[position]), pads[position + axes.count])
      guard result[axis] >= 0 else {
        throw ShapeProblem("padding \(pads) makes axis \(axis) of \(shape) negative", field: "pads")
      }
    }
    return [TensorFact(node.elementType(0), result)]
  }

  /// Operator set 10 has (X, scales), later ones (X, roi, scales, sizes).
  private static let resize: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let isOld = node.inputs.count == 2
    var axes: [Int] = []
    for axis in try node.ints("axes") ?? Array(shape.indices) {
      axes.append(try node.axis(axis, rank: shape.count, field: "axes"))
    }
    var result = shape
    if let sizes = node.intValues(3), !sizes.isEmpty {
      guard sizes.count == axes.count else {
        throw ShapeProblem("needs \(axes.count) entries, has \(sizes.count)", field: "sizes")
      }
      for (axis, size) in try keepingAspect(node, zip(axes, sizes).map { ($0, $1) }, shape) {
        result[axis] = size
      }
      return [TensorFact(node.elementType(0), result)]
    }
    guard let scales = node.floatValues(isOld ? 1 : 2), !scales.isEmpty else { return [] }
    guard scales.count == axes.count else {
      throw ShapeProblem("needs \(axes.count) entries, has \(scales.count)", field: "scales")
    }
    for (axis, scale) in zip(axes, scales) { result[axis] = try scaled(shape[axis], by: scale) }
    return [TensorFact(node.elementType(0), result)]
  }

  private static func keepingAspect(
    _ node: NodeContext, _ sizes: [(axis: Int, size: Int)], _ shape: [Int]
  ) throws(ShapeProblem) -> [(axis: Int, size: Int)] {
    let policy = try node.string("keep_aspect_ratio_policy", default: "stretch")
    let ratios = sizes.map { Double($0.size) / Double(max(1, shape[$0.axis])) }
    guard policy != "stretch",
      let ratio = policy == "not_larger" ? ratios.min() : ratios.max()
    else { return sizes }
    var result: [(axis: Int, size: Int)] = []
    for (axis, _) in sizes {
      let wanted = (Double(shape[axis]) * ratio).rounded(.toNearestOrAwayFromZero)
      guard wanted >= 0, wanted < 0x1p48 else {
        throw ShapeProblem("size \(wanted) is not valid", field: "sizes")
      }
      result.append((axis, Int(wanted)))
    }
    return result
  }

  /// Scales are single precision in the file; the product is rounded down as the definition says.
  private static func scaled(_ size: Int, by scale: Double) throws(ShapeProblem) -> Int {
    let product = (Float(size) * Float(scale)).rounded(.down)
    guard product >= 0, product < 0x1p48 else {
      throw ShapeProblem("scale \(scale) of \(size) is not valid", field: "scales")
    }
    return Int(product)
  }

  private static let upsample: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0),
      let scales = node.has(1) ? node.floatValues(1) : try node.floats("scales"),
      scales.count == shape.count
    else { return [] }
    var result: [Int] = []
    for (size, scale) in zip(shape, scales) { result.append(try scaled(size, by: scale)) }
    return [TensorFact(node.elementType(0), result)]
  }

  private static let centerCropPad: ShapeRule = { node throws(ShapeProblem) in
    guard var shape = node.shape(0), let sizes = node.intValues(1) else { return [] }
    let axes = try node.ints("axes") ?? Array(shape.indices)
    guard axes.count == sizes.count else {
      throw ShapeProblem("needs \(axes.count) entries, has \(sizes.count)", field: "shape")
    }
    for (axis, size) in zip(axes, sizes) {
      shape[try node.axis(axis, rank: shape.count, field: "axes")] = size
    }
    return [TensorFact(node.elementType(0), shape)]
  }

  private static let gridSample: ShapeRule = { node in
    guard let x = node.shape(0), let grid = node.shape(1), x.count >= 2, grid.count == x.count
    else { return [] }
    return [TensorFact(node.elementType(0), Array(x[..<2] + grid[1..<(grid.count - 1)]))]
  }

  private static let affineGrid: ShapeRule = { node in
    guard let size = node.intValues(1), size.count >= 3 else { return [] }
    return [TensorFact(node.elementType(0), [size[0]] + Array(size[2...]) + [size.count - 2])]
  }
}
