/// Operators that view, permute, join or cut tensors.
enum LayoutOperators {
  static let definitions: [OperatorDefinition] = [
    view("Reshape", reshape), view("Squeeze", squeeze), view("Unsqueeze", unsqueeze),
    view("Identity", ElementwiseOperators.same),
    view("Flatten", flatten),
    OperatorDefinition(
      "Dropout", shape: dropout, work: .view, values: ValueLayout.view, traits: .elementwise),
    OperatorDefinition(
      "Transpose", shape: transpose, work: .movement, values: ValueLayout.transpose, traits: .arranges),
    OperatorDefinition(
      "Concat", shape: concat, work: .movement, values: ValueLayout.concat, traits: .arranges),
    OperatorDefinition(
      "Split", shape: split, work: .movement, values: ValueLayout.split, traits: .selects),
    OperatorDefinition(
      "Expand", shape: expand, work: .movement, values: ValueLayout.expand, traits: .repeats),
    OperatorDefinition("Tile", shape: tile, work: .movement, values: ValueLayout.tile, traits: .repeats),
    OperatorDefinition("DepthToSpace", shape: depthToSpace, work: .movement, traits: .arranges),
    OperatorDefinition("SpaceToDepth", shape: spaceToDepth, work: .movement, traits: .arranges),
    OperatorDefinition(
      "DepthToSpace", in: .channelsLast, shape: ChannelsLast.rule(depthToSpace), work: .movement,
      traits: .arranges),
    OperatorDefinition(
      "SpaceToDepth", in: .channelsLast, shape: ChannelsLast.rule(spaceToDepth), work: .movement,
      traits: .arranges),
    OperatorDefinition("ReverseSequence", shape: ElementwiseOperators.same, work: .movement),
  ]

  private static func view(_ name: String, _ shape: @escaping ShapeRule) -> OperatorDefinition {
    OperatorDefinition(name, shape: shape, work: .view, values: ValueLayout.view, traits: .arranges)
  }

  private static let dropout: ShapeRule = { node in
    [TensorFact(node.elementType(0), node.shape(0)), TensorFact(.bool, node.shape(0))]
  }

  private static let reshape: ShapeRule = { node throws(ShapeProblem) in
    guard let target = try node.intsFrom(input: 1, attribute: "shape") else { return [] }
    let allowsZero = try node.int("allowzero", default: 0) != 0
    let source = node.shape(0)
    var result: [Int] = []
    var open: Int?
    for (axis, size) in target.enumerated() {
      switch size {
      case -1 where open == nil:
        open = axis
        result.append(1)
      case 0 where !allowsZero:
        guard let source else { return [] }
        guard axis < source.count else {
          throw ShapeProblem("shape \(target) copies axis \(axis) of \(source)", field: "shape")
        }
        result.append(source[axis])
      case 0...: result.append(size)
      default: throw ShapeProblem("shape \(target) is not valid", field: "shape")
      }
    }
    guard let source else { return open == nil ? [TensorFact(node.elementType(0), result)] : [] }
    let total = Saturating.product(source)
    let known = Saturating.product(result)
    if let open {
      guard known > 0, total % known == 0 else {
        if known == 0, total == 0 {
          result[open] = 0
          return [TensorFact(node.elementType(0), result)]
        }
        throw ShapeProblem("\(total) elements of \(source) do not fill shape \(target)", field: "shape")
      }
      result[open] = total / known
    } else if known != total, !node.hasBoundInput {
      throw ShapeProblem("\(total) elements of \(source) do not fill shape \(target)", field: "shape")
    }
    return [TensorFact(node.elementType(0), result)]
  }

  private static let flatten: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let given = try node.int("axis", default: 1)
    let axis = given < 0 ? Saturating.sum(given, shape.count) : given
    guard axis >= 0, axis <= shape.count else {
      throw ShapeProblem("axis \(given) is outside a tensor of rank \(shape.count)", field: "axis")
    }
    let sides = [shape[..<axis], shape[axis...]].map { Saturating.product($0) }
    return [TensorFact(node.elementType(0), sides)]
  }

  private static let squeeze: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0), !node.isComputed(input: 1) else { return [] }
    guard let given = try node.intsFrom(input: 1, attribute: "axes") else {
      return [TensorFact(node.elementType(0), shape.filter { $0 != 1 })]
    }
    var axes: Set<Int> = []
    for axis in given { axes.insert(try node.axis(axis, rank: shape.count, field: "axes")) }
    guard axes.allSatisfy({ shape[$0] == 1 }) || node.hasBoundInput else {
      throw ShapeProblem("axes \(given) of \(shape) are not all 1", field: "axes")
    }
    return [TensorFact(node.elementType(0), shape.indices.filter { !axes.contains($0) }.map { shape[$0] })]
  }

  private static let unsqueeze: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0), let given = try node.intsFrom(input: 1, attribute: "axes") else {
      return []
    }
    var axes: Set<Int> = []
    for axis in given { axes.insert(try node.axis(axis, rank: shape.count + given.count, field: "axes")) }
    guard axes.count == given.count else { throw ShapeProblem("axes \(given) repeat", field: "axes") }
    var rest = shape.makeIterator()
    let result = (0..<(shape.count + given.count)).map { axes.contains($0) ? 1 : rest.next() ?? 1 }
    return [TensorFact(node.elementType(0), result)]
  }

  /// The permutation of a Transpose, checked.
  static func permutation(_ node: NodeContext, rank: Int) throws(ShapeProblem) -> [Int] {
    let order = try node.ints("perm") ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw ShapeProblem("\(order) does not permute \(rank) axes", field: "perm")
    }
    return order
  }

  private static let transpose: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let order = try permutation(node, rank: shape.count)
    return [TensorFact(node.elementType(0), order.map { shape[$0] })]
  }

  private static let concat: ShapeRule = { node throws(ShapeProblem) in try joined(node.inputs, node) }

  /// The parts joined along the attribute's axis.
  static func joined(_ parts: [TensorFact?], _ node: NodeContext) throws(ShapeProblem) -> [TensorFact] {
    var shapes: [[Int]] = []
    for part in parts {
      guard let shape = part?.shape else { return [] }
      shapes.append(shape)
    }
    guard var result = shapes.first, let rank = shapes.first?.count else { return [] }
    let axis = try node.axis(try node.int("axis", default: 1), rank: rank)
    for shape in shapes.dropFirst() {
      guard shape.count == rank,
        shape.indices.allSatisfy({ $0 == axis || shape[$0] == result[$0] })
      else { throw ShapeProblem("\(shape) does not join \(result) along axis \(axis)") }
      result[axis] = Saturating.sum(result[axis], shape[axis])
    }
    return [TensorFact(parts[0]?.type, result)]
  }

  /// The sizes of a Split's parts along its axis; `nil` when they are not known.
  static func splitSizes(_ node: NodeContext, total: Int) throws(ShapeProblem) -> [Int]? {
    let parts = node.node.outputs.count
    if node.isComputed(input: 1) { return nil }
    if let sizes = try node.intsFrom(input: 1, attribute: "split") {
      guard sizes.count >= parts, sizes.allSatisfy({ $0 >= 0 }),
        sizes.reduce(0, Saturating.sum) == total || node.hasBoundInput
      else { throw ShapeProblem("\(sizes) does not divide \(total) into \(parts) parts", field: "split") }
      return sizes
    }
    guard parts > 0 else { return [] }
    let wanted = max(1, try node.int("num_outputs", default: parts))
    let size = total / wanted + (total % wanted == 0 ? 0 : 1)
    return (0..<parts).map { max(0, min(size, total - Saturating.product($0, size))) }
  }

  private static let split: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let axis = try node.axis(try node.int("axis", default: 0), rank: shape.count)
    guard let sizes = try splitSizes(node, total: shape[axis]) else { return [] }
    return sizes.map { size in
      var part = shape
      part[axis] = size
      return TensorFact(node.elementType(0), part)
    }
  }

  private static let expand: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0), let target = node.intValues(1) else { return [] }
    return [TensorFact(node.elementType(0), try Broadcasting.shape([shape, target.map { max($0, 0) }]))]
  }

  private static let tile: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0), let repeats = node.intValues(1) else { return [] }
    guard repeats.count == shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
      throw ShapeProblem("repeats \(repeats) do not match shape \(shape)", field: "repeats")
    }
    return [TensorFact(node.elementType(0), zip(shape, repeats).map { Saturating.product($0, $1) })]
  }

  private static let depthToSpace: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let block = try node.int("blocksize", default: 1)
    guard shape.count == 4, block > 0, block < 1 << 20, shape[1] % (block * block) == 0 else {
      throw ShapeProblem("block \(block) does not divide the channels of \(shape)", field: "blocksize")
    }
    let spatial = shape.suffix(2).map { Saturating.product($0, block) }
    return [TensorFact(node.elementType(0), [shape[0], shape[1] / (block * block)] + spatial)]
  }

  private static let spaceToDepth: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let block = try node.int("blocksize", default: 1)
    guard shape.count == 4, block > 0, block < 1 << 20, shape[2] % block == 0, shape[3] % block == 0
    else { throw ShapeProblem("block \(block) does not divide \(shape)", field: "blocksize") }
    let channels = Saturating.product(shape[1], block * block)
    return [TensorFact(node.elementType(0), [shape[0], channels, shape[2] / block, shape[3] / block])]
  }
}
