import CostModel
import Graph
import Hardware
import Plan

/// One way to store and place a table.
struct TableChoice: Hashable {
  enum Place: Hashable {
    case host
    /// A copy on every card.
    case everyCard
    /// Each shard on any one card of a kind.
    case cards(kind: Int)
  }
  var precision: Precision
  var split: TableSplit
  var place: Place

  /// All choices for a table: with every allowed precision, on the host, on every card, whole on one card, and cut by
  /// rows or columns into 2 ... shards.
  ///
  /// Columns are cut only where all shards are equally wide, rows only of pooled tables with many rows.
  static func all(
    for table: EmbeddingTable, precisions: [Precision], kinds: Int, shardCounts: [Int]
  ) -> [TableChoice] {
    var splits = [TableSplit.whole]
    for count in shardCounts {
      if table.isPooled && table.rows >= count * 1024 { splits.append(.rows(shards: count)) }
      if table.dimension % count == 0 && table.dimension / count >= 8 {
        splits.append(.columns(shards: count))
      }
    }
    return precisions.flatMap { precision in
      [
        TableChoice(precision: precision, split: .whole, place: .host),
        TableChoice(precision: precision, split: .whole, place: .everyCard),
      ]
        + (0..<kinds).flatMap { kind in
          splits.map { TableChoice(precision: precision, split: $0, place: .cards(kind: kind)) }
        }
    }
  }

  /// As rules name it, for example `rows 2 int8`.
  var optionName: String {
    let site: PlacementSite =
      switch place {
      case .host: .host
      case .everyCard: .everyCard
      case .cards: .card(0)
      }
    return PlanRules.optionName(split: split, site: site, precision: precision)
  }

  /// The rows and columns of every shard: equal parts, the first ones larger by one where it does not divide.
  func pieces(of table: EmbeddingTable) -> [(rows: Range<Int>, columns: Range<Int>)] {
    switch split {
    case .whole: [(0..<table.rows, 0..<table.dimension)]
    case .rows(let count): Self.parts(table.rows, count).map { ($0, 0..<table.dimension) }
    case .columns(let count): Self.parts(table.dimension, count).map { (0..<table.rows, $0) }
    }
  }

  /// The placement of a table that this choice stands for.
  ///
  /// - Parameter cards: Where each piece goes; empty for the host and for copies.
  func placement(of table: EmbeddingTable, cards: [Int]) -> TablePlacement {
    let shards = pieces(of: table).enumerated().map { index, piece in
      let site: PlacementSite =
        switch place {
        case .host: .host
        case .everyCard: .everyCard
        case .cards: .card(cards[index])
        }
      return TableShard(site: site, rows: piece.rows, columns: piece.columns)
    }
    return TablePlacement(format: TableFormat(precision: precision), split: split, shards: shards)
  }

  private static func parts(_ extent: Int, _ count: Int) -> [Range<Int>] {
    (0..<count).map { (extent * $0 / count)..<(extent * ($0 + 1) / count) }
  }
}
