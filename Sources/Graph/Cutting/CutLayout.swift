/// How a tensor lies on cards that act as one: whole on each, or each with a part along an axis.
///
/// Which elements of the axis a card has is free: weights are laid out as their operators need it, so that parts of heads or of
/// packed queries, keys and values stay together through views.
package enum CutLayout: Sendable, Hashable {
  case whole
  case parts(axis: Int)

  var axis: Int? { if case .parts(let axis) = self { axis } else { nil } }

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

  /// The axis of the result along which parts lie after the elements are regrouped in order, in `ranks` parts.
  static func reshaped(_ axis: Int, from shape: [Int], to output: [Int], ranks: Int) -> Int? {
    let before = shape[..<axis].reduce(1, *)
    let (first, last) = (before, before * shape[axis])
    var reached = 1
    for (index, size) in output.enumerated() {
      let next = reached * size
      // An axis that takes a part of the old one, or all of it with others.
      if size > 1, next > first, reached < last, size % ranks == 0 { return index }
      reached = next
      if reached >= last { break }
    }
    return nil
  }
}
