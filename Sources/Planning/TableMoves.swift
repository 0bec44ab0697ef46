import Placement
import Plan

/// Random changes of one or two tables.
struct TableMoves {
  /// Where a table goes.
  struct Site {
    var table: Int
    /// Index into its entries.
    var pick: Int
    var cards: [Int]

    init(table: Int, pick: Int, cards: [Int]) {
      self.table = table
      self.pick = pick
      self.cards = cards
    }

    init(of table: Int, in arrangement: TableArrangement) {
      self.init(table: table, pick: arrangement.picks[table], cards: arrangement.cards[table])
    }
  }

  /// By table: entries that are worth a trial.
  private let candidates: [[Int]]
  /// Tables by their least memory, core seconds and index bytes, and where each table is in that order.
  private let orders: [(tables: [Int], position: [Int])]

  /// Splits are rarely better than whole tables, and there are many of them.
  private static let chanceOfSplit = 0.02

  init(_ entries: [[TableMenu.Entry]]) {
    candidates = entries.map(Self.undominated)
    let amounts: [(TablePiece) -> Double] = [{ $0.memory }, { $0.coreSeconds }, { $0.indexBytes }]
    orders = amounts.map { amount in
      let least = entries.map { $0.map { $0.pieces.reduce(0) { $0 + amount($1) } }.min() ?? 0 }
      let tables = least.indices.sorted { (least[$0], $0) < (least[$1], $1) }
      var position = tables
      for (index, table) in tables.enumerated() { position[table] = index }
      return (tables, position)
    }
  }

  /// Entries but for those that another one, placed and split alike, outdoes in all that they bring.
  private static func undominated(_ entries: [TableMenu.Entry]) -> [Int] {
    entries.indices.filter { index in
      !entries.indices.contains { other in
        other != index && entries[other].choice.isPlacedLike(entries[index].choice)
          && zip(entries[other].pieces, entries[index].pieces).allSatisfy { $0.isAtMost($1) }
          && (other < index || entries[other].pieces != entries[index].pieces)
      }
    }
  }

  /// - Parameter allowed: cards that may hold shards; not empty.
  /// - Returns: the tables' new sites; `nil` where the dice showed nothing to change.
  func propose(_ state: TableArrangement, allowed: Range<Int>, _ random: inout SearchRandom) -> [Site]? {
    let table = random.below(candidates.count)
    if random.below(2) == 0 { return exchange(table, state, &random) }
    if state.cards[table].isEmpty || random.below(2) == 0 {
      return otherEntry(of: table, state, allowed, &random)
    }
    var site = Site(of: table, in: state)
    let shard = random.below(site.cards.count)
    let card = allowed.lowerBound + random.below(allowed.count)
    guard card != site.cards[shard], state.loads.areAlike(card, site.cards[shard]) else { return nil }
    site.cards[shard] = card
    return [site]
  }

  private func otherEntry(
    of table: Int, _ state: TableArrangement, _ allowed: Range<Int>, _ random: inout SearchRandom
  ) -> [Site]? {
    guard !candidates[table].isEmpty else { return nil }
    let pick = candidates[table][random.below(candidates[table].count)]
    guard pick != state.picks[table] else { return nil }
    let entry = state.entries[table][pick]
    if entry.choice.split != .whole, random.unit() >= Self.chanceOfSplit { return nil }
    guard case .cards(let kind) = entry.choice.place else {
      return [Site(table: table, pick: pick, cards: [])]
    }
    let cards = entry.pieces.map { _ in allowed.lowerBound + random.below(allowed.count) }
    guard cards.allSatisfy({ state.loads.isOf($0, kind: kind) }) else { return nil }
    return [Site(table: table, pick: pick, cards: cards)]
  }

  /// Two tables of like size take each other's sites.
  private func exchange(_ table: Int, _ state: TableArrangement, _ random: inout SearchRandom) -> [Site]? {
    let order = orders[random.below(orders.count)]
    // Partners are likelier near in the order: the distance is a uniform number to the power of four.
    let uniform = random.unit()
    let distance = 1 + Int(uniform * uniform * uniform * uniform * Double(candidates.count))
    let position = order.position[table] + (random.below(2) == 0 ? distance : -distance)
    guard order.tables.indices.contains(position) else { return nil }
    let other = order.tables[position]
    guard
      state.entry(of: table).choice.place != state.entry(of: other).choice.place
        || state.cards[table] != state.cards[other],
      let pick = entry(of: table, like: other, state, &random),
      let otherPick = entry(of: other, like: table, state, &random)
    else { return nil }
    return [
      Site(table: table, pick: pick, cards: state.cards[other]),
      Site(table: other, pick: otherPick, cards: state.cards[table]),
    ]
  }

  /// An entry of `table` that is placed and split as `other` is, in a random precision.
  private func entry(
    of table: Int, like other: Int, _ state: TableArrangement, _ random: inout SearchRandom
  ) -> Int? {
    let wanted = state.entry(of: other).choice
    var found: Int?
    var count = 0
    for pick in candidates[table] where state.entries[table][pick].choice.isPlacedLike(wanted) {
      count += 1
      if random.below(count) == 0 { found = pick }
    }
    return found
  }
}

extension TableChoice {
  /// Whether they differ in precision at most.
  fileprivate func isPlacedLike(_ other: TableChoice) -> Bool { place == other.place && split == other.split }
}

extension TablePiece {
  fileprivate func isAtMost(_ other: TablePiece) -> Bool {
    coreSeconds <= other.coreSeconds && dramSeconds <= other.dramSeconds && indexBytes <= other.indexBytes
      && resultBytes <= other.resultBytes && memory <= other.memory
  }
}
