/// Views, joins and selections of small known values.
enum ValueLayout {
  static let view = rule { _, values, _, shape in
    values.count == Saturating.product(shape) ? values : nil
  }

  static let expand = rule { _, values, source, shape in
    values.picking(Broadcasting.positions(of: source, in: shape))
  }

  static let transpose = rule { node, values, source, shape in
    guard let order = try? LayoutOperators.permutation(node, rank: source.count) else { return nil }
    let strides = Strides(source).values
    return values.picking(
      Strides.indices(of: shape).map { index in
        zip(index, order).reduce(0) { $0 + $1.0 * strides[$1.1] }
      })
  }

  static let tile = rule { _, values, source, shape in
    let strides = Strides(source).values
    return values.picking(
      Strides.indices(of: shape).map { index in
        source.indices.reduce(0) { $0 + index[$1] % source[$1] * strides[$1] }
      })
  }

  static let nonZero = rule { _, values, source, _ in
    let found = zip(Strides.indices(of: source), values.floats).filter { $0.1 != 0 }.map(\.0)
    return .ints(source.indices.flatMap { axis in found.map { $0[axis] } })
  }

  static let concat = rule { node, _, _, shape in
    guard let axis = try? node.axis(node.int("axis", default: 1), rank: shape.count) else { return nil }
    let parts = node.inputs.compactMap { $0?.values }
    let shapes = node.inputs.compactMap { $0?.shape }
    guard parts.count == node.inputs.count, shapes.count == parts.count,
      shapes.allSatisfy({ $0.count == shape.count })
    else { return nil }
    let outer = Saturating.product(shape[..<axis])
    let rows = shapes.map { Saturating.product($0[axis...]) }
    guard zip(parts, rows).allSatisfy({ $0.count == Saturating.product(outer, $1) }) else { return nil }
    func joined<Value>(_ values: [[Value]]) -> [Value] {
      (0..<outer).flatMap { index in
        zip(values, rows).flatMap { $0[index * $1..<(index + 1) * $1] }
      }
    }
    let ints = parts.compactMap(\.ints)
    return ints.count == parts.count ? .ints(joined(ints)) : .floats(joined(parts.map(\.floats)))
  }

  static let slice = rule { node, values, source, _ in
    guard let cuts = try? IndexingOperators.cuts(node, shape: source) else { return nil }
    let strides = Strides(source).values
    return values.picking(
      Strides.indices(of: cuts.map(\.count)).map { index in
        cuts.indices.reduce(0) { $0 + (cuts[$1].start + index[$1] * cuts[$1].step) * strides[$1] }
      })
  }

  static let split = ValueRule.parts { node, outputs in
    guard let values = node.input(0)?.values, node.shape(0)?.count == 1 else { return [] }
    var start = 0
    return outputs.map { output in
      guard let count = output.count, start + count <= values.count else { return nil }
      defer { start += count }
      return values.picking(Array(start..<(start + count)))
    }
  }

  /// A rule on the first input's values and shape and the output's shape.
  static func rule(
    _ move: @escaping @Sendable (NodeContext, ConstantValues, [Int], [Int]) -> ConstantValues?
  ) -> ValueRule {
    .computed { node, _, shape in
      guard let values = node.input(0)?.values, let source = node.shape(0),
        values.count == Saturating.product(source)
      else { return nil }
      return move(node, values, source, shape)
    }
  }
}
