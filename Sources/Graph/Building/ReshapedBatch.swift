/// Finds the batch again behind a Reshape. Reshape keeps the row-major order of elements, so that the number of elements before
/// the batch stays what it was.
struct ReshapedBatch {
  /// Shape of the input at the batch of the file.
  let source: [Int]
  /// The axis that holds the batch.
  let axis: Int
  /// Elements before the batch.
  let position: Int
  let batch: Int

  /// The axis of the result that holds the batch; `nil` where none can.
  ///
  /// - Parameter keepsLast: whether the last axis is taken for something else, where there is a choice.
  func axis(in target: [Int], keepsLast: Bool) -> Int? {
    var before = 1
    var candidates: [(axis: Int, before: Int)] = []
    for (axis, size) in target.enumerated() {
      let outer = before > 0 ? position / before : 0
      let isInside = before > 0 && position % before == 0 && outer >= 1
      if isInside, size > 0, size % Saturating.product(outer, batch) == 0 {
        candidates.append((axis, before))
      }
      before = Saturating.product(before, size)
    }
    if keepsLast, candidates.count > 1 { candidates.removeAll { $0.axis == target.count - 1 } }
    // A batch of one that was part of a longer axis stands by itself where it is split off.
    if batch == 1, source[axis] != 1,
      let alone = candidates.first(where: { $0.before == position && target[$0.axis] == 1 })
    {
      return alone.axis
    }
    // An axis of its own, first at the place it had.
    let own = candidates.filter { $0.before == position && target[$0.axis] == source[axis] }
    if let same = own.first(where: { $0.axis == axis }) ?? own.first { return same.axis }
    guard batch == 1 else { return candidates.last?.axis }
    // A batch of one could be in the axis before or in the one behind: it joins the one that it splits or makes longer,
    // and leaves one that is as it was.
    let inner = source[(axis + 1)...].first
    if let split = candidates.first(where: { $0.before == position && target[$0.axis] != inner }) {
      return split.axis
    }
    return candidates.first?.axis
  }
}
