import Access
import Graph
import Hardware

/// Which rows of tables a device keeps on chip, where some are hotter than others.
///
/// Rows get the on-chip memory that activations and resident weights leave, of every table as if the device held all of them: so the
/// costs of a table do not depend on where others are, and a device that holds fewer does better than this. Given are for each table
/// the curve of its look-ups over its rows in linear pieces, n_i look-ups and b_i bytes a row; taken are pieces by falling look-ups a
/// byte until the memory is full, which is the optimum of the fractional knapsack (Dantzig 1957). A look-up of a row on chip reads no
/// DRAM; what a core does for it is unchanged.
struct HotRows: Sendable {
  /// By table: bytes of rows on chip.
  private let bytes: [Double]
  /// By table; `nil` where no row is hot.
  private let curves: [AccessCurve?]
  /// By table.
  private let rows: [Double]
  private let widths: [Int]

  /// Of a cache that cannot be told what to keep, the part that hot rows get.
  private static let shareOfCache = Cache.usableShare

  private struct Piece {
    var table: Int
    /// Look-ups a byte.
    var value: Double
    var bytes: Double
  }

  /// - Parameters:
  ///   - room: Bytes.
  ///   - format: That rows are taken to be stored in where memory is shared out among tables.
  init?(_ access: TableAccess?, graph: Graph, room: Double, format: TableFormat) {
    guard let access, room > 0, !graph.embeddingTables.isEmpty else { return nil }
    curves = graph.embeddingTables.map { table in
      let samples = Double(max(1, graph.serving.batch ?? table.bags))
      return access.curve(
        ofTable: table.name, rows: table.rows, lookupsPerSample: table.averageLookups / samples)
    }
    guard curves.contains(where: { $0 != nil }) else { return nil }
    rows = graph.embeddingTables.map { Double($0.rows) }
    widths = graph.embeddingTables.map(\.dimension)
    var pieces: [Piece] = []
    for (index, table) in graph.embeddingTables.enumerated() {
      guard let curve = curves[index] else { continue }
      let rowBytes = Double(format.rowBytes(dimension: table.dimension))
      for (point, next) in zip(curve.points, curve.points.dropFirst()) {
        let size = (next.rows - point.rows) * Double(table.rows) * rowBytes
        guard size > 0 else { continue }
        pieces.append(
          Piece(
            table: index, value: (next.lookups - point.lookups) * table.averageLookups / size, bytes: size))
      }
    }
    var left = room
    var bytes = graph.embeddingTables.map { _ in 0.0 }
    // Stable, and the pieces of a table fall, so that each begins where the one before it ends.
    for (_, piece) in pieces.enumerated().sorted(by: {
      ($1.element.value, $0.offset) < ($0.element.value, $1.offset)
    })
    where left > 0 {
      let taken = min(left, piece.bytes)
      bytes[piece.table] += taken
      left -= taken
    }
    self.bytes = bytes
  }

  /// Bytes of on-chip memory that rows may take.
  static func room(_ processor: Processor, activations: Double, weights: Int) -> Double {
    guard let sram = processor.sram else {
      return processor.cache.map { Double($0.bytes) * shareOfCache } ?? 0
    }
    let whole = Double(sram.bytes)
    return max(0, whole - min(activations, (whole / 2).rounded(.down)) - Double(weights))
  }

  /// The part of a table's look-ups that finds its row on chip, 0 to 1. Of shards each has as large a part of the hot rows, or of
  /// each of them, as of the table.
  func hits(table: Int, format: TableFormat) -> Double {
    guard let curve = curves[table], rows[table] > 0 else { return 0 }
    let rowBytes = Double(format.rowBytes(dimension: widths[table]))
    return curve.lookups(ofRows: bytes[table] / (rowBytes * rows[table]))
  }
}
