import CostModel
import Hardware
import Plan

/// Moves and swaps shards between cards until the exact bottleneck no longer falls.
///
/// A heuristic: steepest descent on (largest load, sum of squared card loads), looking only at exchanges that touch the
/// card with the largest load. Deterministic; ends after a fixed number of trials.
struct TablePolisher {
  struct Item {
    /// By card kind; only the kind it was chosen for where kinds differ.
    var effect: ShardEffect
    var card: Int
    /// Cards that may hold it.
    var allowed: Range<Int>
  }

  private(set) var items: [Item]
  private(set) var loads: TableLoads
  private let kindOfCard: [Int]
  /// Whether rules leave the items where they are.
  private let isAllowed: ([Item]) -> Bool
  private var trials = 0
  private static let maximumTrials = 3_000_000

  init(
    items: [Item], loads: TableLoads, kindOfCard: [Int], isAllowed: @escaping ([Item]) -> Bool = { _ in true }
  ) {
    self.isAllowed = isAllowed
    self.items = items
    self.loads = loads
    self.kindOfCard = kindOfCard
  }

  private struct Score {
    var largest: Double
    var squares: Double

    func isBetter(than other: Score) -> Bool {
      if largest < other.largest * (1 - 1e-9) { return true }
      return largest <= other.largest && squares < other.squares * (1 - 1e-6)
    }
  }

  private func score() -> Score {
    var largest = loads.hostLoad
    var squares = 0.0
    for card in kindOfCard.indices {
      let load = loads.load(of: card)
      largest = max(largest, load)
      squares += load * load
    }
    return Score(largest: largest, squares: squares)
  }

  /// - Parameter goal: Stop when the largest load is at most this, seconds.
  mutating func run(goal: Double, isCancelled: () -> Bool) {
    var current = score()
    while current.largest > goal, trials < Self.maximumTrials, !isCancelled() {
      guard let better = improve(current) else { return }
      current = better
    }
  }

  /// Takes the first improving exchange of the worst card's items, largest first.
  private mutating func improve(_ current: Score) -> Score? {
    let order = kindOfCard.indices.sorted { (loads.load(of: $0), $1) > (loads.load(of: $1), $0) }
    guard let worst = order.first else { return nil }
    let own = items.indices.filter { items[$0].card == worst }
    for item in own {
      for target in order.reversed() where target != worst && items[item].allowed.contains(target) {
        if let score = attempt(move: item, to: target, current) { return score }
      }
    }
    for item in own {
      for other in items.indices where items[other].card != worst {
        if let score = attempt(swap: item, other, current) { return score }
      }
    }
    return nil
  }

  private func areAlike(_ a: Int, _ b: Int) -> Bool { kindOfCard[a] == kindOfCard[b] }

  private mutating func relocate(_ item: Int, to card: Int) {
    loads.remove(items[item].effect, from: items[item].card)
    loads.add(items[item].effect, to: card)
    items[item].card = card
  }

  private mutating func attempt(move item: Int, to target: Int, _ current: Score) -> Score? {
    let home = items[item].card
    guard areAlike(home, target) else { return nil }
    trials += 1
    relocate(item, to: target)
    if loads.fits(target) {
      let next = score()
      if next.isBetter(than: current), isAllowed(items) { return next }
    }
    relocate(item, to: home)
    return nil
  }

  private mutating func attempt(swap a: Int, _ b: Int, _ current: Score) -> Score? {
    let first = items[a].card
    let second = items[b].card
    guard areAlike(first, second), items[a].allowed.contains(second), items[b].allowed.contains(first),
      items[a].effect != items[b].effect
    else { return nil }
    trials += 1
    relocate(a, to: second)
    relocate(b, to: first)
    if loads.fits(first), loads.fits(second) {
      let next = score()
      if next.isBetter(than: current), isAllowed(items) { return next }
    }
    relocate(a, to: first)
    relocate(b, to: second)
    return nil
  }
}
