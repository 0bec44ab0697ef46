/// Elements of small known values that are picked or replaced by known positions.
enum ValueSelection {
  static let gather = ValueLayout.rule { node, values, source, _ in
    guard let indices = node.intValues(1), !source.isEmpty,
      let axis = try? node.axis(node.int("axis", default: 0), rank: source.count)
    else { return nil }
    let row = Saturating.product(source[(axis + 1)...])
    var positions: [Int] = []
    for outer in 0..<Saturating.product(source[..<axis]) {
      for index in indices {
        guard let place = place(index, of: source[axis]) else { return nil }
        let start = (outer * source[axis] + place) * row
        positions += start..<start + row
      }
    }
    return values.picking(positions)
  }

  static let gatherElements = ValueLayout.rule { node, values, source, shape in
    guard let indices = node.intValues(1),
      let positions = elements(node, indices, shape, of: source)
    else { return nil }
    return values.picking(positions)
  }

  static let gatherND = ValueLayout.rule { node, values, source, _ in
    guard (try? node.int("batch_dims", default: 0)) == 0, let slices = slices(node, of: source) else {
      return nil
    }
    return values.picking(slices.flatMap { $0 })
  }

  static let scatterElements = ValueLayout.rule { node, values, source, _ in
    guard replaces(node), let indices = node.intValues(1), let shape = node.shape(1),
      let positions = elements(node, indices, shape, of: source)
    else { return nil }
    return replacing(positions, in: values, by: node.input(2)?.values)
  }

  static let scatterND = ValueLayout.rule { node, values, source, _ in
    guard replaces(node), let slices = slices(node, of: source) else { return nil }
    return replacing(slices.flatMap { $0 }, in: values, by: node.input(2)?.values)
  }

  private static func replaces(_ node: NodeContext) -> Bool {
    (try? node.string("reduction", default: "none")) == "none"
  }

  private static func replacing(
    _ positions: [Int], in values: ConstantValues, by updates: ConstantValues?
  ) -> ConstantValues? {
    guard let updates, updates.count == positions.count else { return nil }
    if var ints = values.ints, let updates = updates.ints {
      for (position, update) in zip(positions, updates) { ints[position] = update }
      return .ints(ints)
    }
    var floats = values.floats
    for (position, update) in zip(positions, updates.floats) { floats[position] = update }
    return .floats(floats)
  }

  /// The position in `source` of each index along the node's axis; `nil` where one is out of range.
  private static func elements(
    _ node: NodeContext, _ indices: [Int], _ shape: [Int], of source: [Int]
  ) -> [Int]? {
    guard shape.count == source.count, indices.count == Saturating.product(shape),
      let axis = try? node.axis(node.int("axis", default: 0), rank: source.count)
    else { return nil }
    let strides = Strides(source).values
    let positions = zip(Strides.indices(of: shape), indices).compactMap { coordinates, index -> Int? in
      guard let place = place(index, of: source[axis]) else { return nil }
      var coordinates = coordinates
      coordinates[axis] = place
      guard zip(coordinates, source).allSatisfy({ $0 < $1 }) else { return nil }
      return zip(coordinates, strides).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return positions.count == indices.count ? positions : nil
  }

  /// The positions in `source` that each tuple of the second input addresses.
  private static func slices(_ node: NodeContext, of source: [Int]) -> [Range<Int>]? {
    guard let indices = node.intValues(1), let width = node.shape(1)?.last, width > 0, width <= source.count,
      indices.count % width == 0
    else { return nil }
    let strides = Strides(source).values
    let size = Saturating.product(source[width...])
    var slices: [Range<Int>] = []
    for start in stride(from: 0, to: indices.count, by: width) {
      var position = 0
      for axis in 0..<width {
        guard let place = place(indices[start + axis], of: source[axis]) else { return nil }
        position += place * strides[axis]
      }
      slices.append(position..<position + size)
    }
    return slices
  }

  /// An index that may count from the end.
  private static func place(_ index: Int, of size: Int) -> Int? {
    let place = index < 0 ? Saturating.sum(index, size) : index
    return (0..<size).contains(place) ? place : nil
  }
}
