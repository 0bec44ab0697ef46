import Graph
import Plan

/// Tables with the entries of their menus that are picked and the cards that hold their shards, and the exact loads.
struct TableArrangement {
  /// By table.
  let entries: [[TableMenu.Entry]]
  /// By table: an index into its entries.
  private(set) var picks: [Int]
  /// By table and shard; empty for the host and for copies.
  private(set) var cards: [[Int]]
  private(set) var loads: TableLoads

  /// - Parameter loads: Without any table.
  init(entries: [[TableMenu.Entry]], picks: [Int], cards: [[Int]], loads: TableLoads) {
    self.entries = entries
    self.picks = picks
    self.cards = cards
    self.loads = loads
    for table in entries.indices { self.loads.add(entries[table][picks[table]], on: cards[table]) }
  }

  func entry(of table: Int) -> TableMenu.Entry { entries[table][picks[table]] }

  /// Picks another entry, on `places`, for a table.
  mutating func put(_ table: Int, _ pick: Int, on places: [Int]) {
    loads.remove(entries[table][picks[table]], from: cards[table])
    loads.add(entries[table][pick], on: places)
    picks[table] = pick
    cards[table] = places
  }

  mutating func move(shard: Int, of table: Int, to card: Int) {
    loads.move(entries[table][picks[table]].pieces[shard], from: cards[table][shard], to: card)
    cards[table][shard] = card
  }

  var fits: Bool { loads.hostExcess == 0 && (0..<loads.cardCount).allSatisfy(loads.fits) }

  /// The largest load, seconds.
  var bottleneck: Double {
    (0..<loads.cardCount).reduce(loads.hostLoad) { max($0, loads.load(of: $1)) }
  }

  func placement(_ skeleton: DenseSkeleton, graph: Graph, groups: Int) -> ModelPlacement {
    ModelPlacement(
      operators: skeleton.operators,
      tables: graph.embeddingTables.enumerated().map { table, entry in
        self.entry(of: table).choice.placement(of: entry, cards: cards[table])
      }, sparseCores: (0..<loads.cardCount).map { _ in 0 }, groups: groups)
  }
}
