/// Re-divides the pieces of two devices between them, optimally up to the window: the main improvement step.
///
/// Up to 22 movable pieces are freed and cut into two halves; all subsets of each half are enumerated (Horowitz and
/// Sahni 1974). For every subset of the left half the partners in the right half that bring the leading resource
/// nearest to the even share are looked up in sorted order, and a window of them is compared on all resources.
/// A heuristic: the window can miss the best division when several resources bind.
struct PairRepartition {
  private let model: PackingModel
  private let target: PackingTarget
  private let resources: Int
  private let window = 24
  private let largestHalf: Int

  init(_ model: PackingModel, target: PackingTarget, largestHalf: Int = 10) {
    self.model = model
    self.target = target
    resources = model.resourceCount
    self.largestHalf = largestHalf
  }

  /// Of ``improve(_:_:_:leading:using:)``.
  func ticks(_ state: PackingState, _ a: Int, _ b: Int) -> Int {
    let half = min(largestHalf, (state.movable[a].count + state.movable[b].count) / 2)
    return (window * (resources + 2) + 100) << half
  }

  /// Improves the two devices in place.
  /// - Returns: whether the cost of the pair fell.
  func improve(
    _ state: inout PackingState, _ a: Int, _ b: Int, leading: Int, using random: inout SearchRandom
  ) -> Bool {
    let freed = choose(state, a, b, using: &random)
    guard freed.count > 1 else { return false }
    let count = resources
    // Levels with every freed piece on b; a subset is what a takes.
    var levelA = Array(state.levels[a * count..<(a + 1) * count])
    var levelB = Array(state.levels[b * count..<(b + 1) * count])
    let before = pairCost(levelA, levelB, a, b)
    for id in freed {
      let onA = state.places[Int(id.unit)][Int(id.piece)] == a
      if onA {
        for resource in 0..<count {
          let amount = state.amount(id, resource)
          levelA[resource] -= amount
          levelB[resource] += amount
        }
      }
    }
    let middle = freed.count / 2
    let left = subsets(freed[..<middle], state)
    let right = subsets(freed[middle...], state)
    let order = (0..<right.count / count).sorted {
      right[$0 * count + leading] < right[$1 * count + leading]
    }
    let keys = order.map { right[$0 * count + leading] }
    // Even relative share of the leading resource; for loads limits are equal, for memory capacities may differ.
    let total = levelA[leading] + levelB[leading]
    let share = evenShare(leading, a, b)
    var best = before * (1 - 1e-9) - 1e-15
    var found: (left: Int, right: Int)?
    for subset in 0..<left.count / count {
      let wanted = total * share - levelA[leading] - left[subset * count + leading]
      var low = 0
      var high = keys.count
      while low < high {
        let probe = (low + high) / 2
        if keys[probe] < wanted { low = probe + 1 } else { high = probe }
      }
      let start = max(0, low - window / 2)
      let end = min(keys.count, start + window)
      for position in start..<end {
        let partner = order[position]
        var cost = 0.0
        for resource in 0..<count {
          let amount = left[subset * count + resource] + right[partner * count + resource]
          cost += target.cost(of: levelA[resource] + amount, resource: resource, on: a)
          cost += target.cost(of: levelB[resource] - amount, resource: resource, on: b)
          if cost >= best { break }
        }
        if cost < best {
          best = cost
          found = (subset, partner)
        }
      }
    }
    guard let found else { return false }
    for (position, id) in freed.enumerated() {
      let bits = position < middle ? found.left >> position : found.right >> (position - middle)
      state.move(id, to: bits & 1 == 1 ? a : b)
    }
    return true
  }

  private func evenShare(_ resource: Int, _ a: Int, _ b: Int) -> Double {
    guard resource == model.memoryIndex else { return 0.5 }
    let sum = model.capacity[a] + model.capacity[b]
    return sum.isFinite && sum > 0 ? model.capacity[a] / sum : 0.5
  }

  private func pairCost(_ levelA: [Double], _ levelB: [Double], _ a: Int, _ b: Int) -> Double {
    var cost = 0.0
    for resource in 0..<resources {
      cost += target.cost(of: levelA[resource], resource: resource, on: a)
      cost += target.cost(of: levelB[resource], resource: resource, on: b)
    }
    return cost
  }

  /// Pieces of both devices that may be on either; a random sample when there are many.
  private func choose(
    _ state: PackingState, _ a: Int, _ b: Int, using random: inout SearchRandom
  ) -> [PackingState.PieceID] {
    var onA = state.movable[a].filter { state.isAllowed($0, on: b) }
    var onB = state.movable[b].filter { state.isAllowed($0, on: a) }
    let most = 2 * largestHalf
    guard onA.count + onB.count > most else { return shuffled(onA + onB, using: &random) }
    let fromA = min(onA.count, max(most / 2, most - onB.count))
    onA = sample(&onA, fromA, using: &random)
    onB = sample(&onB, most - fromA, using: &random)
    return shuffled(onA + onB, using: &random)
  }

  private func sample(
    _ items: inout [PackingState.PieceID], _ count: Int, using random: inout SearchRandom
  ) -> [PackingState.PieceID] {
    for index in 0..<min(count, items.count) {
      items.swapAt(index, random.below(items.count - index) + index)
    }
    return Array(items.prefix(count))
  }

  private func shuffled(
    _ items: [PackingState.PieceID], using random: inout SearchRandom
  ) -> [PackingState.PieceID] {
    var items = items
    return sample(&items, items.count, using: &random)
  }

  /// Sums of all subsets, `resources` numbers each, subset bits in the order of the items.
  private func subsets(_ items: ArraySlice<PackingState.PieceID>, _ state: PackingState) -> [Double] {
    var sums = Array(repeating: 0.0, count: resources << items.count)
    for (bit, id) in items.enumerated() {
      let size = resources << bit
      for resource in 0..<resources {
        let amount = state.amount(id, resource)
        var index = resource
        while index < size {
          sums[size + index] = sums[index] + amount
          index += resources
        }
      }
    }
    return sums
  }
}
