/// Drops options that do not fit beside what all other units need in any case.
///
/// A unit needs on device d at least r_ud bytes: the least, over its options, of what they put there with pieces that may
/// go nowhere else. Of capacity M_d, pieces of u have at most M_d - (sum over v != u of r_vd). A movable piece that is
/// larger is on d in no feasible assignment, and an option with pinned pieces of more, or with a piece that is left no
/// device, is in none at all; leaving them out keeps every feasible assignment. What is left may need more in any case,
/// so this is repeated until nothing changes. Tables that only fit when cut over all cards crowd out others that would
/// fit an empty card: without this, the relaxation places those whole.
struct CrowdedOptions {
  private let capacity: [Double]
  private let step: Int
  /// By device list: its devices.
  private let lists: [[Int]]

  init(capacity: [Double], step: Int, lists: [[Int]]) {
    self.capacity = capacity.map { $0 * (1 + ProblemEvaluator.memoryTolerance) }
    self.step = step
    self.lists = lists
  }

  /// - Parameter narrowed: the number of a list of devices.
  /// - Returns: whether something was left out.
  func reduce(_ units: inout [PackingModel.Unit], narrowed: ([Int]) -> Int) -> Bool {
    let amounts = PinnedAmounts(deviceCount: capacity.count, step: step, lists: lists)
    let own = units.map(amounts.least)
    let total = amounts.total(own)
    let bytes = capacity.indices.map { ($0 + 1) * step - 1 }
    guard bytes.contains(where: { total[$0] > 0 }) else { return false }
    var isChanged = false
    for unit in units.indices {
      let room = zip(capacity, bytes).map { $0 - total[$1] + (own[unit].isEmpty ? 0 : own[unit][$1]) }
      let kept = units[unit].options.compactMap { option -> PackingModel.Option? in
        let pinned = amounts.of(option)
        if !pinned.isEmpty, room.indices.contains(where: { pinned[bytes[$0]] > room[$0] }) { return nil }
        var option = option
        for piece in 0..<option.pieceCount where lists[option.lists[piece]].count > 1 {
          let bytes = option.vectors[(piece + 1) * step - 1]
          let list = lists[option.lists[piece]]
          let left = list.filter { bytes <= room[$0] }
          if left.isEmpty { return nil }
          if left.count < list.count {
            option.lists[piece] = narrowed(left)
            isChanged = true
          }
        }
        return option
      }
      if kept.count < units[unit].options.count { isChanged = true }
      units[unit].options = kept
    }
    return isChanged
  }
}
