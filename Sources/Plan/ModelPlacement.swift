import CostModel
import Graph
import Hardware

/// Where an operator, or a shard of a table, runs.
public enum PlacementSite: Hashable, Sendable, Comparable {
  case host
  /// One card, for every request; one of the first group's, where cards form groups: see ``ModelPlacement/groups``.
  case card(Int)
  /// Replicated: each request runs on the replica of its own card, of those in use.
  case everyCard

  public static func < (a: PlacementSite, b: PlacementSite) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .host: -1
    case .card(let index): index
    case .everyCard: .max
    }
  }
}

/// One piece of an embedding table.
public struct TableShard: Hashable, Sendable {
  public var site: PlacementSite
  /// Rows of the table that it holds, half open.
  public var rows: Range<Int>
  /// Elements of each row that it holds, half open.
  public var columns: Range<Int>

  public init(site: PlacementSite, rows: Range<Int>, columns: Range<Int>) {
    self.site = site
    self.rows = rows
    self.columns = columns
  }
}

/// How one embedding table is stored and where.
public struct TablePlacement: Hashable, Sendable {
  public var format: TableFormat
  public var split: TableSplit
  /// In the order of their ranges; they cover the table exactly once.
  public var shards: [TableShard]

  public init(format: TableFormat, split: TableSplit, shards: [TableShard]) {
    self.format = format
    self.split = split
    self.shards = shards
  }
}

/// What runs where: a site for every operator, shards for every table, and the division of each card's cores.
public struct ModelPlacement: Hashable, Sendable {
  /// By operator; look-up operators follow their table and their entry is ignored.
  public var operators: [PlacementSite]
  /// By table.
  public var tables: [TablePlacement]
  /// By card in use, of the first group where there are several: cores that serve look-ups while the others run the dense partitions; 0 when all take turns at both.
  public var sparseCores: [Int]
  /// Replica groups, at least 1: the cards in use, the first ones of the system, form so many alike groups of consecutive
  /// cards. Each holds all that the placement has on cards, and a request is served by one of them.
  public var groups: Int
  /// The cards in use, ascending, where they are not the first ones of the system and form one group; others hold nothing
  /// and idle.
  public var cards: [Int]?
  /// By operator with matrix work: what it is computed in on cards where that was a decision; `nil`, and past the end, for what was
  /// asked for.
  public var layers: [LayerPrecision?] = []

  public init(
    operators: [PlacementSite], tables: [TablePlacement], sparseCores: [Int], groups: Int = 1,
    cards: [Int]? = nil
  ) {
    self.operators = operators
    self.tables = tables
    self.sparseCores = sparseCores
    self.groups = groups
    self.cards = cards
  }

  public var cardsPerGroup: Int { sparseCores.count }

  /// How many cards are in use; copies on every card are on these.
  public var cardsInUse: Int { cardsPerGroup * groups }

  /// Ascending.
  public var usedCards: [Int] { cards ?? Array(0..<cardsInUse) }

  /// The place of a card among those in use; `nil` where it idles.
  func position(ofCard card: Int) -> Int? {
    cards.map { $0.firstIndex(of: card) } ?? (card < cardsInUse ? card : nil)
  }

  /// Cores that serve look-ups alone; 0 for a card that idles.
  func sparseCores(ofCard card: Int) -> Int {
    position(ofCard: card).map { sparseCores[$0 % cardsPerGroup] } ?? 0
  }

  /// Where what is on a card of the first group is for the requests of a card in use.
  func card(_ card: Int, forRequestsOf replica: Int) -> Int {
    groups == 1 ? card : replica / cardsPerGroup * cardsPerGroup + card
  }

  /// The cards that hold what is at a site.
  public func cards(at site: PlacementSite) -> [Int] {
    switch site {
    case .host: []
    case .card(let card): (0..<groups).map { $0 * cardsPerGroup + card }
    case .everyCard: usedCards
    }
  }

  /// The devices that hold what is at a site.
  public func locations(at site: PlacementSite) -> [Location] {
    site == .host ? [.host] : cards(at: site).map { .card($0) }
  }

  /// The same on a system whose cards are in another order.
  ///
  /// Groups are of the first cards of a system: where others are in use there, one of them is left.
  ///
  /// - Parameter order: By card of this placement's system: its place in the other's.
  public func moved(to order: [Int]) -> ModelPlacement {
    var moved = self
    if groups > 1 {
      if usedCards.allSatisfy({ order[$0] == $0 }) { return self }
      moved.groups = 1
      return moved.moved(to: order)
    }
    func site(_ site: PlacementSite) -> PlacementSite {
      if case .card(let card) = site { .card(order[card]) } else { site }
    }
    moved.operators = operators.map(site)
    for table in tables.indices {
      for shard in tables[table].shards.indices {
        moved.tables[table].shards[shard].site = site(tables[table].shards[shard].site)
      }
    }
    let used = zip(usedCards.map { order[$0] }, sparseCores).sorted { $0.0 < $1.0 }
    moved.sparseCores = used.map(\.1)
    moved.cards = used.enumerated().allSatisfy { $0 == $1.0 } ? nil : used.map(\.0)
    return moved
  }

  /// Whether something has a copy on every card in use.
  public var hasCopies: Bool {
    operators.contains(.everyCard)
      || tables.contains { $0.shards.contains { $0.site == .everyCard } }
  }
}

extension ModelPlacement {
  /// Whether every device can run the operators and look up the tables that it has.
  package func isRun(_ costs: CostModel) -> Bool {
    let graph = costs.graph
    let copies = costs.kinds(among: usedCards)
    func runs(_ op: OperatorID, at site: PlacementSite) -> Bool {
      let cards = site == .everyCard ? copies : costs.kinds(among: cards(at: site))
      return cards.allSatisfy { costs.supports(op, card: $0) }
    }
    var isLookup = operators.map { _ in false }
    for (table, entry) in zip(tables, graph.embeddingTables) {
      for op in entry.lookups { isLookup[op.index] = true }
      let sites = Set(table.shards.map(\.site))
      guard sites.allSatisfy({ site in entry.lookups.allSatisfy { runs($0, at: site) } }) else {
        return false
      }
    }
    return operators.indices.allSatisfy { isLookup[$0] || runs(OperatorID($0), at: operators[$0]) }
  }
}
