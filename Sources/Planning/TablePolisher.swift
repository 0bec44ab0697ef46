import Placement
import Plan

/// Moves and swaps shards between cards until the exact bottleneck no longer falls.
///
/// A heuristic: steepest descent on (largest load, sum of squared card loads), looking only at exchanges that touch the
/// card with the largest load. Deterministic; ends after a fixed number of trials.
struct TablePolisher {
  private struct Item {
    var table: Int
    var shard: Int
  }

  private(set) var arrangement: TableArrangement
  private let items: [Item]
  /// Cards that may hold shards.
  private let allowed: Range<Int>
  /// Whether rules allow it.
  private let isAllowed: (TableArrangement) -> Bool
  private var trials = 0
  private static let maximumTrials = 3_000_000
  private static let ticksPerTrial = 200
  private static let ticksPerCard = 20

  init(
    _ arrangement: TableArrangement, allowed: Range<Int>,
    isAllowed: @escaping (TableArrangement) -> Bool = { _ in true }
  ) {
    self.isAllowed = isAllowed
    self.arrangement = arrangement
    self.allowed = allowed
    items = arrangement.cards.enumerated().flatMap { table, cards in
      cards.indices.map { Item(table: table, shard: $0) }
    }
  }

  private struct Score {
    var largest: Double
    var squares: Double

    func isBetter(than other: Score) -> Bool {
      if largest < other.largest * (1 - 1e-9) { return true }
      return largest <= other.largest && squares < other.squares * (1 - 1e-6)
    }
  }

  private var loads: TableLoads { arrangement.loads }

  private func score() -> Score {
    var largest = loads.hostLoad
    var squares = 0.0
    for card in 0..<loads.cardCount {
      let load = loads.load(of: card)
      largest = max(largest, load)
      squares += load * load
    }
    return Score(largest: largest, squares: squares)
  }

  /// - Parameter goal: Stop when the largest load is at most this, seconds.
  mutating func run(goal: Double, clock: SearchClock) {
    var current = score()
    var counted = 0
    while current.largest > goal, trials < Self.maximumTrials {
      let better = improve(current)
      let isOver = clock.spend(
        (trials - counted) * (Self.ticksPerTrial + Self.ticksPerCard * loads.cardCount))
      counted = trials
      guard let better, !isOver else { return }
      current = better
    }
  }

  private func card(of item: Int) -> Int { arrangement.cards[items[item].table][items[item].shard] }

  private func piece(of item: Int) -> TablePiece {
    arrangement.entry(of: items[item].table).pieces[items[item].shard]
  }

  /// Takes the first improving exchange of the worst card's items, largest first.
  private mutating func improve(_ current: Score) -> Score? {
    let order = (0..<loads.cardCount).sorted { (loads.load(of: $0), $1) > (loads.load(of: $1), $0) }
    guard let worst = order.first else { return nil }
    let own = items.indices.filter { card(of: $0) == worst }
    for item in own {
      for target in order.reversed() where target != worst && allowed.contains(target) {
        if let score = attempt(move: item, to: target, current) { return score }
      }
    }
    for item in own {
      for other in items.indices where card(of: other) != worst {
        if let score = attempt(swap: item, other, current) { return score }
      }
    }
    return nil
  }

  private mutating func relocate(_ item: Int, to card: Int) {
    arrangement.move(shard: items[item].shard, of: items[item].table, to: card)
  }

  private mutating func attempt(move item: Int, to target: Int, _ current: Score) -> Score? {
    let home = card(of: item)
    guard loads.areAlike(home, target) else { return nil }
    trials += 1
    relocate(item, to: target)
    if loads.fits(target) {
      let next = score()
      if next.isBetter(than: current), isAllowed(arrangement) { return next }
    }
    relocate(item, to: home)
    return nil
  }

  private mutating func attempt(swap a: Int, _ b: Int, _ current: Score) -> Score? {
    let first = card(of: a)
    let second = card(of: b)
    guard loads.areAlike(first, second), allowed.contains(first), allowed.contains(second),
      piece(of: a) != piece(of: b)
    else { return nil }
    trials += 1
    relocate(a, to: second)
    relocate(b, to: first)
    if loads.fits(first), loads.fits(second) {
      let next = score()
      if next.isBetter(than: current), isAllowed(arrangement) { return next }
    }
    relocate(a, to: first)
    relocate(b, to: second)
    return nil
  }
}
