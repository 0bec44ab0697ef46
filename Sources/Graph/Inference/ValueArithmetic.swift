/// Elementwise arithmetic, comparisons and reductions on small known values. Integer overflow gives no value.
enum ValueArithmetic {
  static func fold(_ node: NodeContext, type: ElementType?, shape: [Int]) -> ConstantValues? {
    if let operation = binary[node.type] { return combine(node, shape, operation) }
    if let operation = unary[node.type] { return transform(node, operation) }
    switch node.type {
    case "Cast": return cast(node, to: type)
    case "Where": return select(node, shape)
    case "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin": return reduce(node)
    case "Range": return range(node, count: Saturating.product(shape))
    default: return nil
    }
  }

  private struct Binary: Sendable {
    var ints: @Sendable (Int, Int) -> Int?
    var floats: @Sendable (Double, Double) -> Double?
  }

  private static let binary: [String: Binary] = [
    "Add": Binary(ints: { checked($0.addingReportingOverflow($1)) }, floats: { $0 + $1 }),
    "Sum": Binary(ints: { checked($0.addingReportingOverflow($1)) }, floats: { $0 + $1 }),
    "Sub": Binary(ints: { checked($0.subtractingReportingOverflow($1)) }, floats: { $0 - $1 }),
    "Mul": Binary(ints: { checked($0.multipliedReportingOverflow(by: $1)) }, floats: { $0 * $1 }),
    "Div": Binary(ints: { checked($0.dividedReportingOverflow(by: $1)) }, floats: { $0 / $1 }),
    "Mod": Binary(ints: modulo, floats: { $0.truncatingRemainder(dividingBy: $1) }),
    "Max": Binary(ints: { Swift.max($0, $1) }, floats: { Swift.max($0, $1) }),
    "Min": Binary(ints: { Swift.min($0, $1) }, floats: { Swift.min($0, $1) }),
    "Equal": Binary(ints: { $0 == $1 ? 1 : 0 }, floats: { $0 == $1 ? 1 : 0 }),
    "Less": Binary(ints: { $0 < $1 ? 1 : 0 }, floats: { $0 < $1 ? 1 : 0 }),
    "LessOrEqual": Binary(ints: { $0 <= $1 ? 1 : 0 }, floats: { $0 <= $1 ? 1 : 0 }),
    "Greater": Binary(ints: { $0 > $1 ? 1 : 0 }, floats: { $0 > $1 ? 1 : 0 }),
    "GreaterOrEqual": Binary(ints: { $0 >= $1 ? 1 : 0 }, floats: { $0 >= $1 ? 1 : 0 }),
    "And": Binary(ints: { $0 & $1 }, floats: { _, _ in nil }),
    "Or": Binary(ints: { $0 | $1 }, floats: { _, _ in nil }),
  ]

  private static let comparisons: Set<String> = [
    "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual",
  ]

  private static func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
    result.overflow ? nil : result.partialValue
  }

  /// The remainder with the divisor's sign, ONNX's default for integers.
  private static func modulo(_ a: Int, _ b: Int) -> Int? {
    guard let remainder = checked(a.remainderReportingOverflow(dividingBy: b)) else { return nil }
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
  }

  private static func combine(
    _ node: NodeContext, _ shape: [Int], _ operation: Binary
  ) -> ConstantValues? {
    guard var result = node.input(0)?.values, var resultShape = node.shape(0) else { return nil }
    for position in node.inputs.indices.dropFirst() {
      guard let next = node.input(position), let values = next.values, let nextShape = next.shape else {
        return nil
      }
      guard let both = try? Broadcasting.shape([resultShape, nextShape]) else { return nil }
      let left = result.picking(Broadcasting.positions(of: resultShape, in: both))
      let right = values.picking(Broadcasting.positions(of: nextShape, in: both))
      guard let combined = combine(left, right, operation, isTest: comparisons.contains(node.type)) else {
        return nil
      }
      (result, resultShape) = (combined, both)
    }
    return resultShape == shape ? result : nil
  }

  private static func combine(
    _ a: ConstantValues, _ b: ConstantValues, _ operation: Binary, isTest: Bool
  ) -> ConstantValues? {
    if case (.ints(let left), .ints(let right)) = (a, b) {
      let result = zip(left, right).compactMap { operation.ints($0, $1) }
      return result.count == left.count ? .ints(result) : nil
    }
    let result = zip(a.floats, b.floats).compactMap { operation.floats($0, $1) }
    guard result.count == a.count else { return nil }
    return isTest ? .ints(result.map { $0 != 0 ? 1 : 0 }) : .floats(result)
  }

  private static let unary: [String: @Sendable (Double) -> Double] = [
    "Floor": { $0.rounded(.down) }, "Ceil": { $0.rounded(.up) }, "Round": { $0.rounded(.toNearestOrEven) },
    "Sqrt": { $0.squareRoot() }, "Neg": { -$0 }, "Abs": { abs($0) }, "Not": { $0 == 0 ? 1 : 0 },
    "Reciprocal": { 1 / $0 }, "Identity": { $0 },
  ]

  private static func transform(
    _ node: NodeContext, _ operation: @Sendable (Double) -> Double
  ) -> ConstantValues? {
    guard let values = node.input(0)?.values else { return nil }
    guard case .ints(let ints) = values else { return .floats(values.floats.map(operation)) }
    switch node.type {
    case "Identity": return values
    case "Neg", "Abs":
      guard !ints.contains(.min) else { return nil }
      return .ints(ints.map { node.type == "Neg" ? -$0 : abs($0) })
    case "Not": return .ints(ints.map { $0 == 0 ? 1 : 0 })
    default: return nil
    }
  }

  private static func cast(_ node: NodeContext, to type: ElementType?) -> ConstantValues? {
    guard let values = node.input(0)?.values, let type else { return nil }
    switch (values, type) {
    case (.ints(let ints), .bool): return .ints(ints.map { $0 != 0 ? 1 : 0 })
    case (.floats(let floats), .bool): return .ints(floats.map { $0 != 0 ? 1 : 0 })
    case (_, .string), (_, .complex64), (_, .complex128): return nil
    case (_, .float32), (_, .float64), (_, .float16), (_, .bfloat16): return .floats(values.floats)
    case (.ints, _): return values
    case (.floats(let floats), _):
      let whole = floats.compactMap { Int(exactly: $0.rounded(.towardZero)) }
      return whole.count == floats.count ? .ints(whole) : nil
    }
  }

  private static func select(_ node: NodeContext, _ shape: [Int]) -> ConstantValues? {
    guard let condition = node.intValues(0), let a = node.input(1)?.values, let b = node.input(2)?.values,
      let shapes = [0, 1, 2].map({ node.shape($0) }) as? [[Int]]
    else { return nil }
    let picks = Broadcasting.positions(of: shapes[0], in: shape).map { condition[$0] != 0 }
    let left = a.picking(Broadcasting.positions(of: shapes[1], in: shape))
    let right = b.picking(Broadcasting.positions(of: shapes[2], in: shape))
    if let left = left.ints, let right = right.ints {
      return .ints(picks.indices.map { picks[$0] ? left[$0] : right[$0] })
    }
    let (leftFloats, rightFloats) = (left.floats, right.floats)
    return .floats(picks.indices.map { picks[$0] ? leftFloats[$0] : rightFloats[$0] })
  }

  /// Reduces all elements to one; partial reductions of shapes do not occur.
  private static func reduce(_ node: NodeContext) -> ConstantValues? {
    guard let values = node.intValues(0), let shape = node.shape(0),
      let axes = try? ReductionRules.axes(node), axes.count == shape.count
    else { return nil }
    switch node.type {
    case "ReduceProd":
      var product = 1
      for value in values {
        guard let next = checked(product.multipliedReportingOverflow(by: value)) else { return nil }
        product = next
      }
      return .ints([product])
    case "ReduceSum": return .ints([values.reduce(0, Saturating.sum)])
    case "ReduceMax": return values.max().map { .ints([$0]) }
    default: return values.min().map { .ints([$0]) }
    }
  }

  private static func range(_ node: NodeContext, count: Int) -> ConstantValues? {
    if let start = node.intValues(0)?.first, let delta = node.intValues(2)?.first {
      let values = (0..<count).compactMap { index -> Int? in
        let (step, overflow) = delta.multipliedReportingOverflow(by: index)
        return overflow ? nil : checked(start.addingReportingOverflow(step))
      }
      return values.count == count ? .ints(values) : nil
    }
    guard let start = node.floatValues(0)?.first, let delta = node.floatValues(2)?.first else { return nil }
    return .floats((0..<count).map { start + delta * Double($0) })
  }
}
