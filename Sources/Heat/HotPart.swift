import Access
import Graph

/// The hottest rows of a table, which become a table of their own.
public struct HotPart: Codable, Hashable, Sendable {
  public var table: String
  /// From 1 to one less than the table has.
  public var rows: Int

  public init(table: String, rows: Int) {
    self.table = table
    self.rows = rows
  }

  /// What the parts of a table are called.
  public static func names(of table: String) -> (hot: String, cold: String) {
    ("\(table).hot", "\(table).cold")
  }
}

extension TableAccess {
  /// Of a table of a graph; `nil` where no row is hotter than others.
  public func curve(of table: EmbeddingTable, in graph: Graph) -> AccessCurve? {
    let samples = Double(max(1, graph.serving.batch ?? table.bags))
    return curve(ofTable: table.name, rows: table.rows, lookupsPerSample: table.averageLookups / samples)
  }

  /// The same of a graph whose tables are split: see `Graph.split(byHeat:access:)`. Each part has its piece of the table's curve.
  ///
  /// - Parameter graph: The whole one.
  public func split(byHeat parts: [HotPart], of graph: Graph) -> TableAccess {
    let split = Set(parts.map(\.table))
    var stated = (tables ?? []).filter { !split.contains($0.table) }
    for part in parts {
      guard let table = graph.embeddingTables.first(where: { $0.name == part.table }),
        let curve = curve(of: table, in: graph)
      else { continue }
      let share = Double(part.rows) / Double(max(1, table.rows))
      let names = HotPart.names(of: part.table)
      stated.append(.init(table: names.hot, curve: curve.piece(from: 0, to: share)))
      stated.append(.init(table: names.cold, curve: curve.piece(from: share, to: 1)))
    }
    return TableAccess(usual: usual, tables: stated)
  }
}

extension AccessCurve {
  /// The curve of the rows between two shares, as shares of those rows and of their look-ups; ends left out.
  fileprivate func piece(from: Double, to: Double) -> [[Double]] {
    let (low, high) = (lookups(ofRows: from), lookups(ofRows: to))
    guard to > from, high > low else { return [] }
    let inner = points.filter { $0.rows > from && $0.rows < to }.map {
      Point(rows: ($0.rows - from) / (to - from), lookups: min(1, ($0.lookups - low) / (high - low)))
    }
    // Rounding may bend what is all but straight.
    return AccessCurve(through: inner) == nil ? [] : inner.map { [$0.rows, $0.lookups] }
  }
}
