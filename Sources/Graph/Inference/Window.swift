/// The sliding window of a convolution or pooling: kernel, strides, dilations and padding per spatial axis.
struct Window {
  private var kernel: [Int]
  private var strides: [Int]
  private var dilations: [Int]
  /// All the begins, then all the ends.
  private var pads: [Int]
  private var automatic: String
  private var roundsUp: Bool

  /// - Parameter given: padding that is not the attribute's.
  init(_ node: NodeContext, kernel: [Int], spatial: Int, pads given: [Int]? = nil) throws(ShapeProblem) {
    let ones = [Int](repeating: 1, count: spatial)
    self.kernel = kernel
    strides = try node.ints("strides") ?? ones
    dilations = try node.ints("dilations") ?? ones
    let declared = try node.ints("pads")
    pads = given ?? declared ?? [Int](repeating: 0, count: max(0, 2 * spatial))
    automatic = try node.string("auto_pad", default: "NOTSET")
    roundsUp = try node.int("ceil_mode", default: 0) != 0
    for (name, values, lowest) in [
      ("kernel_shape", kernel, 1), ("strides", strides, 1), ("dilations", dilations, 1),
    ] {
      guard values.count == spatial, values.allSatisfy({ $0 >= lowest && $0 <= Self.largest }) else {
        throw ShapeProblem("needs \(spatial) positive entries, has \(values)", field: name)
      }
    }
    guard pads.count == 2 * spatial, pads.allSatisfy({ abs($0.clamped) <= Self.largest }) else {
      throw ShapeProblem("needs \(2 * spatial) entries, has \(pads)", field: "pads")
    }
  }

  /// Larger figures are refused, so that the arithmetic below cannot overflow.
  private static let largest = 1 << 30

  func outputSizes(_ sizes: [Int]) throws(ShapeProblem) -> [Int] {
    var result: [Int] = []
    for axis in sizes.indices {
      guard sizes[axis] <= 1 << 48 else { throw ShapeProblem("dimension \(sizes[axis]) is too large") }
      let extent = dilations[axis] * (kernel[axis] - 1) + 1
      let stride = strides[axis]
      switch automatic {
      case "SAME_UPPER", "SAME_LOWER":
        result.append((sizes[axis] + stride - 1) / stride)
        continue
      default: break
      }
      let padding = automatic == "VALID" ? 0 : pads[axis] + pads[axis + sizes.count]
      let span = sizes[axis] + padding - extent
      guard span >= 0 else {
        throw ShapeProblem(
          "a window of \(extent) does not fit \(sizes[axis]) padded by \(padding) on spatial axis \(axis)",
          field: "kernel_shape")
      }
      var count = span / stride + 1
      if roundsUp, span % stride != 0 {
        // A window that would start in the padding at the end is left out.
        let start = count * stride
        if automatic == "VALID" || start < sizes[axis] + pads[axis] { count += 1 }
      }
      result.append(count)
    }
    return result
  }

  func transposedSizes(_ sizes: [Int], outputPadding: [Int]) throws(ShapeProblem) -> [Int] {
    var result: [Int] = []
    for axis in sizes.indices {
      guard sizes[axis] >= 0, sizes[axis] <= 1 << 30 else {
        throw ShapeProblem("dimension \(sizes[axis]) is too large")
      }
      guard automatic == "NOTSET" || automatic == "VALID" else {
        result.append(sizes[axis] * strides[axis])
        continue
      }
      let extent = dilations[axis] * (kernel[axis] - 1) + 1
      let padding = automatic == "VALID" ? 0 : pads[axis] + pads[axis + sizes.count]
      let size = Saturating.sum(
        strides[axis] * (sizes[axis] - 1) + extent - padding, outputPadding[axis])
      guard size >= 0 else { throw ShapeProblem("output would be \(size) wide", field: "pads") }
      result.append(size)
    }
    return result
  }
}

extension Int {
  /// The value with the most negative one, whose magnitude does not exist, moved up by one.
  fileprivate var clamped: Int { Swift.max(self, -.max) }
}
