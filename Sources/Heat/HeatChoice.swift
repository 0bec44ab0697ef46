import Access
import Graph

/// Which rows of a model's tables are hot, for a number of bytes to hold them.
public enum HeatChoice {
  /// The rows with most look-ups a byte, of all tables together, that fit; the curves' linear pieces by falling look-ups a byte, the
  /// optimum of the fractional knapsack. Tables that fit whole, and those of which nothing fits, are not split.
  ///
  /// - Parameters:
  ///   - bytes: What there is room for.
  ///   - rowBytes: By table of the graph.
  public static func parts(_ graph: Graph, access: TableAccess, bytes: Double, rowBytes: [Int]) -> [HotPart] {
    struct Piece {
      var table: Int
      var rows: Double
      var bytes: Double
      var value: Double
    }
    var pieces: [Piece] = []
    for (index, table) in graph.embeddingTables.enumerated() {
      // Rows that are all alike are one piece.
      let curve = access.curve(of: table, in: graph) ?? .uniform
      for (point, next) in zip(curve.points, curve.points.dropFirst()) {
        let rows = (next.rows - point.rows) * Double(table.rows)
        let size = rows * Double(rowBytes[index])
        guard size > 0 else { continue }
        pieces.append(
          Piece(
            table: index, rows: rows, bytes: size,
            value: (next.lookups - point.lookups) * table.averageLookups / size))
      }
    }
    var left = bytes
    var rows = graph.embeddingTables.map { _ in 0.0 }
    for (_, piece) in pieces.enumerated().sorted(by: {
      ($1.element.value, $0.offset) < ($0.element.value, $1.offset)
    })
    where left > 0 {
      let share = min(1, left / piece.bytes)
      rows[piece.table] += share * piece.rows
      left -= share * piece.bytes
    }
    return zip(graph.embeddingTables, rows).compactMap { table, rows in
      let count = Int(rows.rounded(.down))
      guard count > 0, count < table.rows, access.curve(of: table, in: graph) != nil else { return nil }
      return HotPart(table: table.name, rows: count)
    }
  }
}
