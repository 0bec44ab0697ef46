/// Down-sets (ideals) of the precedence order of a model's items, with the steps that add one item.
///
/// A contiguous assignment visits a chain of down-sets, each device taking the difference of two. Number 0 is the
/// empty set, the last number is the full set, and every step leads to a higher number.
struct IdealLattice: Sendable {
  /// Steps of ideal i are `firstStep[i]..<firstStep[i + 1]`.
  var firstStep: [Int32]
  var stepItem: [Int32]
  var stepTarget: [Int32]
  /// Membership, `wordCount` words an ideal.
  var bits: [UInt64]
  var wordCount: Int
  var itemCount: Int

  var count: Int { firstStep.count - 1 }

  /// False when items on a circle keep the full set out of reach.
  var reachesAll: Bool { (0..<itemCount).allSatisfy { contains(count - 1, $0) } }

  func contains(_ ideal: Int, _ item: Int) -> Bool {
    bits[ideal * wordCount + item >> 6] >> UInt64(item & 63) & 1 == 1
  }

  /// All down-sets, level by level; `nil` when there are more than `limit` or `shouldStop`, told the ticks, answers true.
  ///
  /// Items that can each come next after a down-set do so in any combination, so that many of them tell at once that there are too
  /// many down-sets.
  static func all(_ model: GraphModel, limit: Int, shouldStop: (Int) -> Bool) -> IdealLattice? {
    let itemCount = model.itemCount
    let words = max(1, (itemCount + 63) / 64)
    var lattice = IdealLattice(
      firstStep: [0], stepItem: [], stepTarget: [], bits: Array(repeating: 0, count: words),
      wordCount: words, itemCount: itemCount)
    var level = 0..<1
    var next = Array(repeating: UInt64(0), count: words)
    let mostChoices = Int.bitWidth - 1 - max(1, limit).leadingZeroBitCount
    while true {
      var known: [ArraySlice<UInt64>: Int32] = [:]
      let levelEnd = level.upperBound
      var total = levelEnd
      for ideal in level {
        if ideal & 255 == 0 && shouldStop(256 * (200 + 10 * itemCount)) { return nil }
        for item in 0..<itemCount where !lattice.contains(ideal, item) {
          guard model.predecessors[item].allSatisfy({ lattice.contains(ideal, $0) }) else { continue }
          for word in 0..<words { next[word] = lattice.bits[ideal * words + word] }
          next[item >> 6] |= 1 << UInt64(item & 63)
          let target: Int32
          if let found = known[next[...]] {
            target = found
          } else {
            guard total < limit else { return nil }
            target = Int32(total)
            total += 1
            lattice.bits.append(contentsOf: next)
            let copy = next
            known[copy[...]] = target
          }
          lattice.stepItem.append(Int32(item))
          lattice.stepTarget.append(target)
        }
        guard lattice.stepItem.count - Int(lattice.firstStep[ideal]) <= mostChoices else { return nil }
        lattice.firstStep.append(Int32(lattice.stepItem.count))
      }
      if total == levelEnd { return lattice }
      level = levelEnd..<total
    }
  }

  /// The prefixes of one topological order of the items.
  static func chain(_ order: [Int]) -> IdealLattice {
    let words = max(1, (order.count + 63) / 64)
    var lattice = IdealLattice(
      firstStep: [0], stepItem: [], stepTarget: [], bits: [], wordCount: words, itemCount: order.count)
    var set = Array(repeating: UInt64(0), count: words)
    lattice.bits.reserveCapacity(words * (order.count + 1))
    lattice.bits.append(contentsOf: set)
    for (position, item) in order.enumerated() {
      set[item >> 6] |= 1 << UInt64(item & 63)
      lattice.bits.append(contentsOf: set)
      lattice.stepItem.append(Int32(item))
      lattice.stepTarget.append(Int32(position + 1))
      lattice.firstStep.append(Int32(position + 1))
    }
    lattice.firstStep.append(Int32(order.count))
    return lattice
  }
}
