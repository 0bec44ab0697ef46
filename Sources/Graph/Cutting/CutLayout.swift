/// How a tensor lies on cards that act as one: whole on each, or each with a part along an axis.
///
/// Which elements of the axis a card has is free: weights are laid out as their operators need it, so that parts of heads or of
/// packed queries, keys and values stay together through views.
package enum CutLayout: Sendable, Hashable {
  case whole
  /// A part of each of `repeats` equal stretches of the axis: more than one where a view joined the axis with some before it, as
  /// heads with the batch.
  case parts(axis: Int, repeats: Int = 1)

  var axis: Int? { if case .parts(let axis, _) = self { axis } else { nil } }
  var repeats: Int { if case .parts(_, let repeats) = self { repeats } else { 1 } }

  /// The same along an axis that has its elements so.
  func repeating(_ repeats: Int) -> CutLayout { axis.map { .parts(axis: $0, repeats: repeats) } ?? .whole }

  /// The axis of a tensor of `shape` broadcast to `output`, where a card has parts of the output along `axis`; `nil` where the
  /// tensor is the same for all of them.
  package static func axis(_ axis: Int, of output: [Int], in shape: [Int]) -> Int? {
    let own = axis - (output.count - shape.count)
    return own >= 0 && shape[own] == output[axis] && shape[own] > 1 ? own : nil
  }

  /// The axis of the output along which the parts of an input along `axis` lie, for an operator that broadcasts.
  static func broadcast(_ axis: Int, of shape: [Int], to output: [Int]) -> Int? {
    let own = axis + output.count - shape.count
    return output.indices.contains(own) && output[own] == shape[axis] ? own : nil
  }

  /// How parts lie after the elements of `shape` are regrouped in order to those of `output`; `nil` where no axis has them.
  func reshaped(from shape: [Int], to output: [Int], ranks: Int) -> CutLayout? {
    guard let axis else { return nil }
    let first = shape[..<axis].reduce(1, *) * repeats
    let last = first * (shape[axis] / max(1, repeats))
    var reached = 1
    for (index, size) in output.enumerated() {
      let next = reached * size
      // An axis that takes a part of the old one, or all of it with others.
      if size > 1, next > first, reached < last {
        let repeats = max(1, first / reached)
        guard reached * repeats == max(first, reached) else { return nil }
        if size % (repeats * ranks) == 0 { return .parts(axis: index, repeats: repeats) }
      }
      reached = next
      if reached >= last { break }
    }
    return nil
  }
}
