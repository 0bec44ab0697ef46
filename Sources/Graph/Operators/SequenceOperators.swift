/// Sequences of tensors and optional values. No accelerator runs them.
///
/// An optional value is taken to be there: its facts are those of what it holds.
enum SequenceOperators {
  static let definitions: [OperatorDefinition] = [
    operation("SequenceConstruct") { node in [.sequence(.each(node.inputs.map { $0 ?? .unknown }))] },
    operation("SequenceEmpty") { _ in [.sequence(.each([]))] },
    operation("SequenceAt") { node in
      guard let items = node.input(0)?.items else { return [] }
      return [items.item(at: position(node, 1, of: items)) ?? items.common]
    },
    operation("SequenceInsert") { node in
      guard let items = node.input(0)?.items, let item = node.input(1) else { return [] }
      guard case .each(var each) = items else { return [.sequence(.any(items.common.alike(item)))] }
      let place = node.has(2) ? position(node, 2, of: items) : each.count
      guard let place, place >= 0, place <= each.count else {
        return [.sequence(.each([TensorFact](repeating: items.common.alike(item), count: each.count + 1)))]
      }
      each.insert(item, at: place)
      return [.sequence(.each(each))]
    },
    operation("SequenceErase") { node in
      guard let items = node.input(0)?.items else { return [] }
      guard case .each(var each) = items, !each.isEmpty else { return [.sequence(items)] }
      let place = node.has(1) ? position(node, 1, of: items) : each.count - 1
      guard let place, each.indices.contains(place) else {
        return [.sequence(.each([TensorFact](repeating: items.common, count: each.count - 1)))]
      }
      each.remove(at: place)
      return [.sequence(.each(each))]
    },
    OperatorDefinition(
      "SequenceLength", shape: { _ in [TensorFact(.int64, [])] }, work: .movement,
      values: .generated { node, _, _ in
        guard case .each(let each)? = node.input(0)?.items else { return nil }
        return .ints([each.count])
      }, traits: .hostOnly),
    operation("SplitToSequence", split),
    operation("ConcatFromSequence", join),
    OperatorDefinition("SequenceMap", shape: nil, work: .movement, traits: [.hostOnly, .hasBodies]),
    operation("Optional") { node in [node.input(0) ?? .unknown] },
    operation("OptionalGetElement") { node in [node.input(0) ?? .unknown] },
    operation("OptionalHasElement") { _ in [TensorFact(.bool, [])] },
  ]

  private static func operation(_ name: String, _ shape: @escaping ShapeRule) -> OperatorDefinition {
    OperatorDefinition(name, shape: shape, work: .movement, traits: .hostOnly)
  }

  /// A position that is an input, counted from the end where it is negative; `nil` where it is not known.
  private static func position(_ node: NodeContext, _ input: Int, of items: SequenceItems) -> Int? {
    guard case .each(let each) = items, let given = node.intValues(input)?.first else { return nil }
    return given < 0 ? Saturating.sum(given, each.count) : given
  }

  /// Parts of a size, of sizes that are listed, or single slices.
  private static let split: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    let axis = try node.axis(try node.int("axis", default: 0), rank: shape.count)
    let type = node.elementType(0)
    guard node.has(1) else {
      let keeps = try node.int("keepdims", default: 1) != 0
      let item = TensorFact(type, keeps ? replacing(shape, axis, 1) : removing(shape, axis))
      return [.sequence(.repeating(item, shape[axis]))]
    }
    guard let sizes = node.intValues(1) else {
      return [.sequence(.any(TensorFact(type, shape, isBound: true)))]
    }
    if node.shape(1)?.isEmpty ?? true, let size = sizes.first {
      guard size > 0 else { throw ShapeProblem("parts of size \(size)", field: "split") }
      let count = shape[axis] / size + (shape[axis] % size == 0 ? 0 : 1)
      guard count <= SequenceItems.most else {
        return [.sequence(.any(TensorFact(type, replacing(shape, axis, size), isBound: true)))]
      }
      return [
        .sequence(
          .each(
            (0..<count).map {
              TensorFact(type, replacing(shape, axis, min(size, shape[axis] - $0 * size)))
            }))
      ]
    }
    guard sizes.reduce(0, Saturating.sum) == shape[axis] || node.hasBoundInput else {
      throw ShapeProblem("\(sizes) does not divide \(shape[axis])", field: "split")
    }
    return [.sequence(.each(sizes.map { TensorFact(type, replacing(shape, axis, $0)) }))]
  }

  private static func replacing(_ shape: [Int], _ axis: Int, _ size: Int) -> [Int] {
    var result = shape
    result[axis] = size
    return result
  }

  private static func removing(_ shape: [Int], _ axis: Int) -> [Int] {
    var result = shape
    result.remove(at: axis)
    return result
  }

  private static let join: ShapeRule = { node throws(ShapeProblem) in
    guard case .each(let items)? = node.input(0)?.items else { return [] }
    guard try node.int("new_axis", default: 0) != 0 else { return try LayoutOperators.joined(items, node) }
    guard let first = items.first, var shape = first.shape, items.allSatisfy({ $0.shape == shape }) else {
      return []
    }
    shape.insert(items.count, at: try node.axis(try node.int("axis", default: 0), rank: shape.count + 1))
    return [TensorFact(first.type, shape)]
  }
}
