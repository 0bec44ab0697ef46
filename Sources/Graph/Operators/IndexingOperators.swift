/// Operators that select elements by index, range or mask.
enum IndexingOperators {
  static let definitions: [OperatorDefinition] =
    [
      OperatorDefinition(
        "Slice", shape: slice, work: .movement, values: ValueLayout.slice, traits: .selects),
      OperatorDefinition(
        "Gather", shape: gather, work: .movement, values: ValueSelection.gather,
        traits: [.rowLookup, .selects]),
      OperatorDefinition(
        "GatherElements", shape: gatherElements, work: .movement, values: ValueSelection.gatherElements,
        traits: [.rowLookup, .selects]),
      OperatorDefinition(
        "GatherND", shape: gatherND, work: .movement, values: ValueSelection.gatherND,
        traits: [.rowLookup, .selects]),
      OperatorDefinition("TopK", shape: topK, work: .movement),
      OperatorDefinition("OneHot", shape: oneHot, work: .movement),
      OperatorDefinition("NonZero", shape: nonZero, work: .movement, values: ValueLayout.nonZero),
      OperatorDefinition("Unique", shape: unique, work: .movement),
      OperatorDefinition("Compress", shape: compress, work: .movement),
      OperatorDefinition("NonMaxSuppression", shape: nonMaxSuppression, work: .movement),
    ]
    + [
      ("Scatter", ValueSelection.scatterElements), ("ScatterElements", ValueSelection.scatterElements),
      ("ScatterND", ValueSelection.scatterND), ("TensorScatter", nil),
    ].map {
      OperatorDefinition($0.0, shape: ElementwiseOperators.same, work: .movement, values: $0.1)
    }

  /// One axis of a Slice: `count` elements from `start` in steps of `step`.
  struct Cut {
    var start: Int
    var step: Int
    var count: Int
  }

  /// The cut of every axis; `nil` when starts or ends are not known.
  static func cuts(_ node: NodeContext, shape: [Int]) throws(ShapeProblem) -> [Cut]? {
    guard let starts = try node.intsFrom(input: 1, attribute: "starts"),
      let ends = try node.intsFrom(input: 2, attribute: "ends"),
      !node.isComputed(input: 3), !node.isComputed(input: 4)
    else { return nil }
    let axes = try node.intsFrom(input: 3, attribute: "axes") ?? Array(starts.indices)
    let steps = node.intValues(4) ?? [Int](repeating: 1, count: starts.count)
    guard starts.count == ends.count, axes.count == starts.count, steps.count == starts.count else {
      throw ShapeProblem("starts, ends, axes and steps differ in length", field: "starts")
    }
    var cuts = shape.map { Cut(start: 0, step: 1, count: $0) }
    for position in starts.indices {
      let axis = try node.axis(axes[position], rank: shape.count, field: "axes")
      cuts[axis] = try cut(size: shape[axis], starts[position], ends[position], steps[position])
    }
    return cuts
  }

  private static func cut(size: Int, _ start: Int, _ end: Int, _ step: Int) throws(ShapeProblem) -> Cut {
    guard step != 0, step != .min else { throw ShapeProblem("step \(step) is not valid", field: "steps") }
    func absolute(_ position: Int) -> Int { position < 0 ? Saturating.sum(position, size) : position }
    if step > 0 {
      let first = min(max(absolute(start), 0), size)
      let last = min(max(absolute(end), 0), size)
      let span = max(0, last - first)
      return Cut(start: first, step: step, count: span / step + (span % step == 0 ? 0 : 1))
    }
    let first = min(max(absolute(start), -1), size - 1)
    let last = min(max(absolute(end), -1), size - 1)
    let span = max(0, first - last)
    return Cut(start: first, step: step, count: span / -step + (span % -step == 0 ? 0 : 1))
  }

  private static let slice: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0) else { return [] }
    if let cuts = try cuts(node, shape: shape) {
      return [TensorFact(node.elementType(0), cuts.map(\.count))]
    }
    // Positions that depend on data: no axis grows.
    return [TensorFact(node.elementType(0), shape, isBound: true)]
  }

  private static let gather: ShapeRule = { node throws(ShapeProblem) in
    guard let data = node.shape(0), let indices = node.shape(1) else { return [] }
    let axis = try node.axis(try node.int("axis", default: 0), rank: data.count)
    return [TensorFact(node.elementType(0), data[..<axis] + indices + data[(axis + 1)...])]
  }

  private static let gatherElements: ShapeRule = { node in
    [TensorFact(node.elementType(0), node.shape(1))]
  }

  private static let gatherND: ShapeRule = { node throws(ShapeProblem) in
    guard let data = node.shape(0), let indices = node.shape(1), let last = indices.last else { return [] }
    let batch = try node.int("batch_dims", default: 0)
    guard batch >= 0, last >= 0, batch < indices.count, last <= data.count, batch + last <= data.count
    else {
      throw ShapeProblem("indices \(indices) do not address data \(data)", field: "indices")
    }
    return [TensorFact(node.elementType(0), Array(indices.dropLast() + data[(batch + last)...]))]
  }

  private static let topK: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0), let k = try node.intsFrom(input: 1, attribute: "k")?.first else {
      return []
    }
    let axis = try node.axis(try node.int("axis", default: -1), rank: shape.count)
    guard k >= 0, k <= shape[axis] || node.hasBoundInput else {
      throw ShapeProblem("k is \(k), axis \(axis) of \(shape) has \(shape[axis])", field: "K")
    }
    var result = shape
    result[axis] = min(k, shape[axis])
    return [TensorFact(node.elementType(0), result), TensorFact(.int64, result)]
  }

  private static let oneHot: ShapeRule = { node throws(ShapeProblem) in
    guard let indices = node.shape(0), let depth = node.input(1)?.values?.floats.first else { return [] }
    let axis = try node.axis(try node.int("axis", default: -1), rank: indices.count + 1)
    guard depth >= 0, depth < 0x1p48 else { throw ShapeProblem("depth is \(depth)", field: "depth") }
    return [TensorFact(node.elementType(2), indices[..<axis] + [Int(depth)] + indices[axis...])]
  }

  private static let nonZero: ShapeRule = { node in
    guard let shape = node.shape(0) else { return [] }
    if let values = node.floatValues(0) {
      return [TensorFact(.int64, [shape.count, values.count { $0 != 0 }])]
    }
    return [TensorFact(.int64, [shape.count, Saturating.product(shape)], isBound: true)]
  }

  private static let unique: ShapeRule = { node throws(ShapeProblem) in
    guard var shape = node.shape(0) else { return [] }
    var length = Saturating.product(shape)
    if let given = try node.int("axis") {
      let axis = try node.axis(given, rank: shape.count)
      length = shape[axis]
    } else {
      shape = [length]
    }
    let positions = TensorFact(.int64, [length], isBound: true)
    return [TensorFact(node.elementType(0), shape, isBound: true), positions, positions, positions]
  }

  private static let compress: ShapeRule = { node throws(ShapeProblem) in
    guard var shape = node.shape(0) else { return [] }
    let kept = node.intValues(1).map { $0.count { $0 != 0 } }
    guard let given = try node.int("axis") else {
      let length = min(Saturating.product(shape), node.shape(1)?.first ?? .max)
      return [TensorFact(node.elementType(0), [kept ?? length], isBound: kept == nil)]
    }
    let axis = try node.axis(given, rank: shape.count)
    shape[axis] = kept ?? min(shape[axis], node.shape(1)?.first ?? .max)
    return [TensorFact(node.elementType(0), shape, isBound: kept == nil)]
  }

  /// At most `max_output_boxes_per_class` boxes of each class of each image, and never more than there are.
  private static let nonMaxSuppression: ShapeRule = { node in
    guard let boxes = node.shape(0), let scores = node.shape(1), boxes.count == 3, scores.count == 3
    else { return [] }
    guard let most = node.has(2) ? node.intValues(2)?.first : 0 else {
      return [TensorFact(.int64, [Saturating.product(scores), 3], isBound: true)]
    }
    let each = min(max(0, most), boxes[1])
    return [TensorFact(.int64, [Saturating.product(scores[0], scores[1], each), 3], isBound: true)]
  }
}
