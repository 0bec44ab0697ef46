/// The batch a model was written for, as its inputs tell it.
struct InputBatch {
  var size: Int
  /// By input: the axis that holds it, `nil` for an input without one.
  var axes: [Int?]

  /// Inputs that hold offsets with the last one: one more than the batch.
  var offsets: Set<Int> = []

  /// The leading axis that all inputs share, or, where the lengths are multiples of the shortest one, as lists of ids are of
  /// the samples they belong to, the shortest; offsets may be one more. What the file states goes before that.
  ///
  /// - Throws: why the inputs do not say it.
  static func leading(
    _ scope: Scope, _ inputs: [TensorFact], stated: Int?
  ) throws(Finding) -> InputBatch {
    var leading: [(name: String, size: Int)] = []
    for (position, value) in scope.inputs.enumerated() where position < inputs.count {
      if let size = inputs[position].shape?.first { leading.append((scope.values[value].name, size)) }
    }
    guard let shortest = leading.min(by: { $0.size < $1.size }) else {
      throw refusal("no input has an axis that could be the batch")
    }
    let batch = stated ?? shortest.size
    guard batch > 0 else { throw refusal("the leading axis of input '\(shortest.name)' is 0") }
    let isRead = stated != nil || batch > 1
    for size in stated == nil && batch > 2 ? [batch, batch - 1] : [batch] {
      var found = InputBatch(size: size, axes: inputs.map { $0.shape?.isEmpty ?? true ? nil : 0 })
      let fits = inputs.enumerated().allSatisfy { position, input in
        guard let length = input.shape?.first else { return true }
        if isRead ? length.isMultiple(of: size) : length == size { return true }
        found.offsets.insert(position)
        return holdsOffsets(input, length, of: size)
      }
      if fits { return found }
    }
    let other = leading.first { $0.size % batch != 0 || !isRead && $0.size != batch } ?? shortest
    throw refusal(
      stated == nil
        ? "the leading axes of inputs '\(shortest.name)' (\(shortest.size)) and '\(other.name)' (\(other.size)) "
          + "are not of one batch"
        : "the leading axis of input '\(other.name)' (\(other.size)) is no multiple of the batch of \(batch) "
          + "that the model states")
  }

  /// The batch behind a leading axis that is something else, such as the steps of a sequence, the layers of a state or the
  /// tables of stacked ids: a size that every input has as its second axis, or failing that its first; lists of ids may be
  /// multiples of it, and offsets one more. Where the leading axes are all alike they are the batch, unless the model takes
  /// them for the steps of a sequence.
  static func behind(_ inputs: [TensorFact], stated: Int?, leadsSequence: Bool) -> [InputBatch] {
    let shapes = inputs.map { $0.shape ?? [] }
    let matrices = shapes.filter { $0.count > 1 }
    guard let first = matrices.first, leadsSequence || matrices.contains(where: { $0[0] != first[0] }) else {
      return []
    }
    return [(first[1], [1, 0]), (first[0], [0, 1])].compactMap { size, order -> InputBatch? in
      guard size > 0, stated ?? size == size else { return nil }
      var found = InputBatch(size: size, axes: [])
      for (position, shape) in shapes.enumerated() {
        let places = order.filter { $0 < shape.count }
        var axis =
          places.first { shape[$0] == size }
          ?? places.first { size > 1 && shape[$0] > 0 && shape[$0].isMultiple(of: size) }
        if axis == nil,
          let place = places.first(where: { holdsOffsets(inputs[position], shape[$0], of: size) })
        {
          axis = place
          found.offsets.insert(position)
        }
        guard axis != nil || shape.count < 2 else { return nil }
        found.axes.append(axis)
      }
      return found.axes.contains(1) ? found : nil
    }
  }

  private static func holdsOffsets(_ input: TensorFact, _ length: Int, of batch: Int) -> Bool {
    batch > 1 && length == batch + 1 && input.type?.isIndex ?? false
  }

  private static func refusal(_ reason: String) -> Finding {
    Finding(
      .error,
      "the batch cannot be changed: \(reason); give sizes of axes with --dim INPUT:AXIS=N instead",
      field: BatchRewriter.field)
  }
}
