/// How an embedding table is cut; costs that take it are those of one shard.
public enum TableSplit: Sendable, Hashable {
  case whole
  /// Each shard has a share of the rows, does that share of the look-ups and returns full-width partial sums.
  case rows(shards: Int)
  /// Each shard has a share of the width and does all look-ups on it.
  case columns(shards: Int)

  /// Shards of the table, at least 1.
  public var shards: Int {
    switch self {
    case .whole: 1
    case .rows(let count), .columns(let count): max(1, count)
    }
  }

  /// Rows of the largest shard.
  func shardRows(of rows: Int) -> Int {
    if case .rows = self, rows > 0 { return (rows - 1) / shards + 1 }
    return rows
  }

  /// Elements of a row of the widest shard.
  func shardColumns(of dimension: Int) -> Int {
    if case .columns = self, dimension > 0 { return (dimension - 1) / shards + 1 }
    return dimension
  }
}
