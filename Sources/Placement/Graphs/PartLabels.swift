/// The most valuable part within a load by labels: partial parts with load and value, state by state of ``PartLayers``.
///
/// A label is dropped when another of its state has no more load and no less value, or when the bound of ``PartPaths`` on what
/// the rest can add shows that it leads to nothing worth more than what is known. Both lose no part that is wanted.
enum PartLabels {
  struct Outcome {
    /// Every part worth more was looked at.
    var isComplete: Bool
    /// The best of them, its items ascending.
    var best: (value: Double, items: [Int])?
    /// Labels made.
    var count: Int
  }

  private struct Label {
    var load: Double
    var value: Double
    /// Index of the label before, and whether the item joined since.
    var parent: Int32
    var joins: Bool
  }

  /// - Parameters:
  ///   - side: by item: 1 in, -1 out, 0 open.
  ///   - paths: of the same side and multiplier.
  ///   - floor: only parts worth more are wanted.
  static func best(
    _ layers: PartLayers, _ values: [Double], side: [Int8], limit: Double, multiplier: Double,
    paths: PartPaths, above floor: Double, countLimit: Int
  ) -> Outcome {
    var labels = [Label(load: 0, value: 0, parent: -1, joins: false)]
    // Labels of every state of the layer.
    var current = [[Int32(0)]]
    for (position, item) in layers.order.enumerated() {
      let (first, next) = (layers.start[position], layers.start[position + 1])
      var following: [[Int32]] = Array(repeating: [], count: layers.start[position + 2] - next)
      func extend(_ parent: Int32, _ target: Int, _ load: Double, _ value: Double, joins: Bool) {
        guard load <= limit,
          value + paths.gain[target] + multiplier * (limit - load) + paths.error > floor
        else { return }
        following[target - next].append(Int32(labels.count))
        labels.append(Label(load: load, value: value, parent: parent, joins: joins))
      }
      for (offset, list) in current.enumerated() {
        let state = first + offset
        let (left, joined) = (Int(layers.leaves[state]), Int(layers.joins[state]))
        for parent in list {
          let from = labels[Int(parent)]
          if side[item] <= 0 {
            extend(parent, left, from.load + layers.leavingLoad[state], from.value, joins: false)
          }
          if side[item] >= 0 && joined >= 0 {
            extend(
              parent, joined, from.load + layers.joiningLoad[state], from.value + values[item], joins: true)
          }
        }
      }
      for target in following.indices { keepUndominated(&following[target], labels) }
      current = following
      if labels.count > countLimit { return Outcome(isComplete: false, best: nil, count: labels.count) }
    }
    guard let last = current[0].last, labels[Int(last)].value > floor else {
      return Outcome(isComplete: true, best: nil, count: labels.count)
    }
    var items: [Int] = []
    var index = Int(last)
    for item in layers.order.reversed() {
      if labels[index].joins { items.append(item) }
      index = Int(labels[index].parent)
    }
    return Outcome(isComplete: true, best: (labels[Int(last)].value, items.sorted()), count: labels.count)
  }

  /// Sorts by load and keeps what no label of less load matches in value.
  private static func keepUndominated(_ list: inout [Int32], _ labels: [Label]) {
    guard list.count > 1 else { return }
    list.sort { a, b in
      let (x, y) = (labels[Int(a)], labels[Int(b)])
      return (x.load, -x.value, a) < (y.load, -y.value, b)
    }
    var best = -Double.infinity
    list.removeAll { index in
      let value = labels[Int(index)].value
      if value <= best { return true }
      best = value
      return false
    }
  }
}
