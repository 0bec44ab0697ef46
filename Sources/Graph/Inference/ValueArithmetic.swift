import Foundation

/// Elementwise arithmetic, comparisons and reductions on small known values. Integer overflow gives no value.
enum ValueArithmetic {
  private struct Binary: Sendable {
    var ints: @Sendable (Int, Int) -> Int?
    var floats: @Sendable (Double, Double) -> Double?
  }

  static func binary(
    _ ints: @escaping @Sendable (Int, Int) -> (partialValue: Int, overflow: Bool),
    _ floats: @escaping @Sendable (Double, Double) -> Double
  ) -> ValueRule {
    combination(Binary(ints: { checked(ints($0, $1)) }, floats: floats))
  }

  static func comparison(
    _ ints: @escaping @Sendable (Int, Int) -> Bool, _ floats: @escaping @Sendable (Double, Double) -> Bool
  ) -> ValueRule {
    combination(
      Binary(ints: { ints($0, $1) ? 1 : 0 }, floats: { floats($0, $1) ? 1 : 0 }), isTest: true)
  }

  static func logical(_ operation: @escaping @Sendable (Int, Int) -> Int) -> ValueRule {
    combination(Binary(ints: operation, floats: { _, _ in nil }))
  }

  static let modulo = combination(
    Binary(ints: remainder, floats: { $0.truncatingRemainder(dividingBy: $1) }))

  private static func combination(_ operation: Binary, isTest: Bool = false) -> ValueRule {
    .computed { node, _, shape in combine(node, shape, operation, isTest: isTest) }
  }

  private static func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
    result.overflow ? nil : result.partialValue
  }

  /// The remainder with the divisor's sign, ONNX's default for integers.
  @Sendable private static func remainder(_ a: Int, _ b: Int) -> Int? {
    guard let remainder = checked(a.remainderReportingOverflow(dividingBy: b)) else { return nil }
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
  }

  private static func combine(
    _ node: NodeContext, _ shape: [Int], _ operation: Binary, isTest: Bool
  ) -> ConstantValues? {
    guard var result = node.input(0)?.values, var resultShape = node.shape(0) else { return nil }
    for position in node.inputs.indices.dropFirst() {
      guard let next = node.input(position), let values = next.values, let nextShape = next.shape else {
        return nil
      }
      guard let both = try? Broadcasting.shape([resultShape, nextShape]) else { return nil }
      let left = result.picking(Broadcasting.positions(of: resultShape, in: both))
      let right = values.picking(Broadcasting.positions(of: nextShape, in: both))
      guard let combined = combine(left, right, operation, isTest: isTest) else {
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

  /// The first operand to the power of the second, in the first one's type.
  static let power = ValueRule.computed { node, _, shape in
    let operation = Binary(ints: integerPower, floats: realPower)
    guard let base = node.input(0)?.values, let exponent = node.input(1)?.values else { return nil }
    guard let result = combine(node, shape, operation, isTest: false) else { return nil }
    guard base.ints != nil, exponent.ints == nil else { return result }
    let whole = result.floats.compactMap { Int(exactly: $0.rounded(.towardZero)) }
    return whole.count == result.count ? .ints(whole) : nil
  }

  @Sendable private static func integerPower(_ base: Int, _ exponent: Int) -> Int? {
    guard exponent >= 0, exponent < Int.bitWidth else { return nil }
    return Saturating.exactProduct([Int](repeating: base, count: exponent))
  }

  @Sendable private static func realPower(_ base: Double, _ exponent: Double) -> Double? {
    exponent == 0.5 ? base.squareRoot() : pow(base, exponent)
  }

  /// Shifts of unsigned integers by `direction`.
  static let shift = ValueRule.computed { node, _, shape in
    let isLeft = (try? node.string("direction", default: "LEFT")) == "LEFT"
    let operation = Binary(
      ints: { value, bits in
        guard value >= 0, (0..<Int.bitWidth).contains(bits) else { return nil }
        return isLeft ? checked(value.multipliedReportingOverflow(by: 1 << bits)) : value >> bits
      }, floats: { _, _ in nil })
    return combine(node, shape, operation, isTest: false)
  }

  /// Values between the bounds that are inputs or, before operator set 11, attributes.
  static let clip = ValueRule.computed { node, _, _ in
    guard let values = node.input(0)?.values else { return nil }
    if let ints = values.ints {
      let (least, most) = (node.intValues(1)?.first ?? .min, node.intValues(2)?.first ?? .max)
      return .ints(ints.map { min(max($0, least), most) })
    }
    func bound(_ position: Int, _ name: String) -> Double? {
      node.floatValues(position)?.first ?? (try? node.floats(name))?.first
    }
    let (least, most) = (bound(1, "min") ?? -.infinity, bound(2, "max") ?? .infinity)
    return .floats(values.floats.map { min(max($0, least), most) })
  }

  static func unary(
    _ ints: @escaping @Sendable (Int) -> Int?, _ floats: @escaping @Sendable (Double) -> Double
  ) -> ValueRule {
    .computed { node, _, _ in
      guard let values = node.input(0)?.values else { return nil }
      guard case .ints(let integers) = values else { return .floats(values.floats.map(floats)) }
      let result = integers.compactMap(ints)
      return result.count == integers.count ? .ints(result) : nil
    }
  }

  static let cast = ValueRule.computed(converted)
  /// A conversion to the type of a second input, whose values do not matter.
  static let castLike = ValueRule.generated(converted)

  private static let converted: ValueRule.Single = { node, type, _ in
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

  static let selection = ValueRule.computed { node, _, shape in
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

  /// Reduces along some or all axes.
  static func reduction(
    _ ints: @escaping @Sendable ([Int]) -> Int?, _ floats: @escaping @Sendable ([Double]) -> Double?
  ) -> ValueRule {
    .computed { node, _, shape in
      guard let values = node.input(0)?.values, let source = node.shape(0),
        values.count == Saturating.product(source), let axes = try? ReductionOperators.axes(node)
      else { return nil }
      let kept = source.indices.filter { !axes.contains($0) }
      let strides = Strides(kept.map { source[$0] }).values
      var groups = [[Int]](repeating: [], count: Saturating.product(shape))
      for (position, index) in Strides.indices(of: source).enumerated() {
        groups[zip(kept, strides).reduce(0) { $0 + index[$1.0] * $1.1 }].append(position)
      }
      if let values = values.ints {
        let results = groups.compactMap { ints($0.map { values[$0] }) }
        return results.count == groups.count ? .ints(results) : nil
      }
      let results = groups.compactMap { floats($0.map { values.floats[$0] }) }
      return results.count == groups.count ? .floats(results) : nil
    }
  }

  static let range = ValueRule.computed { node, _, shape in
    let count = Saturating.product(shape)
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
