/// Views, joins and selections of small known values.
enum ValueLayout {
  static func fold(_ node: NodeContext, type: ElementType?, shape: [Int]) -> ConstantValues? {
    guard let values = node.input(0)?.values, let source = node.shape(0),
      values.count == Saturating.product(source)
    else { return nil }
    switch node.type {
    case "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Dropout":
      return values.count == Saturating.product(shape) ? values : nil
    case "Concat": return concat(node, shape)
    case "Gather": return gather(node, values, source, shape)
    case "Slice": return slice(node, values, source)
    case "Expand": return values.picking(Broadcasting.positions(of: source, in: shape))
    case "Transpose":
      guard let order = try? LayoutRules.permutation(node, rank: source.count) else { return nil }
      let strides = Strides(source).values
      return values.picking(
        Strides.indices(of: shape).map { index in
          zip(index, order).reduce(0) { $0 + $1.0 * strides[$1.1] }
        })
    case "Tile":
      let strides = Strides(source).values
      return values.picking(
        Strides.indices(of: shape).map { index in
          source.indices.reduce(0) { $0 + index[$1] % source[$1] * strides[$1] }
        })
    case "NonZero":
      let found = zip(Strides.indices(of: source), values.floats).filter { $0.1 != 0 }.map(\.0)
      return .ints(source.indices.flatMap { axis in found.map { $0[axis] } })
    default: return nil
    }
  }

  /// Joins along the first axis, which is how shapes are put together.
  private static func concat(_ node: NodeContext, _ shape: [Int]) -> ConstantValues? {
    guard let axis = try? node.axis(node.int("axis", default: 1), rank: shape.count), axis == 0 else {
      return nil
    }
    let parts = node.inputs.compactMap { $0?.values }
    guard parts.count == node.inputs.count else { return nil }
    let ints = parts.compactMap(\.ints)
    return ints.count == parts.count ? .ints(ints.flatMap { $0 }) : .floats(parts.flatMap(\.floats))
  }

  private static func gather(
    _ node: NodeContext, _ values: ConstantValues, _ source: [Int], _ shape: [Int]
  ) -> ConstantValues? {
    guard let indices = node.intValues(1), let first = source.first,
      (try? node.int("axis", default: 0)) == 0
    else { return nil }
    let row = values.count / max(1, first)
    var positions: [Int] = []
    for index in indices {
      let position = index < 0 ? Saturating.sum(index, first) : index
      guard position >= 0, position < first else { return nil }
      positions += position * row..<(position + 1) * row
    }
    return values.picking(positions)
  }

  private static func slice(
    _ node: NodeContext, _ values: ConstantValues, _ source: [Int]
  ) -> ConstantValues? {
    guard let cuts = try? IndexingRules.cuts(node, shape: source) else { return nil }
    let strides = Strides(source).values
    return values.picking(
      Strides.indices(of: cuts.map(\.count)).map { index in
        cuts.indices.reduce(0) { $0 + (cuts[$1].start + index[$1] * cuts[$1].step) * strides[$1] }
      })
  }
}
