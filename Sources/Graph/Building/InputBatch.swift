/// The batch a model was written for, as its inputs tell it.
enum InputBatch {
  /// The leading axis that all inputs share, or, where the lengths are multiples of the shortest one, as lists of ids are of
  /// the samples they belong to, the shortest. What the file states goes before that.
  ///
  /// - Throws: why the inputs do not say it.
  static func size(
    _ scope: Scope, _ inputs: [TensorFact], stated: Int?
  ) throws(Finding) -> Int {
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
    if let other = leading.first(where: { $0.size % batch != 0 || !isRead && $0.size != batch }) {
      throw refusal(
        stated == nil
          ? "the leading axes of inputs '\(shortest.name)' (\(shortest.size)) and '\(other.name)' (\(other.size)) "
            + "are not of one batch"
          : "the leading axis of input '\(other.name)' (\(other.size)) is no multiple of the batch of \(batch) "
            + "that the model states")
    }
    return batch
  }

  private static func refusal(_ reason: String) -> Finding {
    Finding(
      .error,
      "the batch cannot be changed: \(reason); give sizes of axes with --dim INPUT:AXIS=N instead",
      field: BatchRewriter.field)
  }
}
