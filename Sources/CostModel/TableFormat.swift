import Graph
import Hardware

/// How the rows of an embedding table are stored.
public struct TableFormat: Sendable, Hashable {
  public var precision: Precision
  /// Bytes of one row's scale, and again of its bias; only quantised rows have them. 2 (fp16) or 4 (fp32).
  public var scaleBytes: Int

  public init(precision: Precision, scaleBytes: Int = 2) {
    self.precision = precision
    self.scaleBytes = scaleBytes
  }

  public static let fp32 = TableFormat(precision: .fp32)
  public static let fp16 = TableFormat(precision: .fp16)
  public static let int8 = TableFormat(precision: .int8)
  public static let int4 = TableFormat(precision: .int4)

  /// The nearest to how the model's file has the table, whose rows may have their scales within.
  static func stored(_ table: EmbeddingTable, in graph: Graph) -> TableFormat {
    let elements = Double(max(1, table.rows)) * Double(max(1, table.dimension))
    let bits = Double(graph[table.tensor].stored.bytes) * 8 / elements
    return bits > 20 ? .fp32 : bits > 14 ? .fp16 : bits > 6 ? .int8 : .int4
  }

  /// Bytes of one row of `dimension` elements: fp32 4D, fp16 and bf16 2D, fp8 D, int8 D + 2s, int4 ceil(D/2) + 2s.
  ///
  /// Source: the row layout of fused row-wise quantised embedding tables (FBGEMM, Glow).
  public func rowBytes(dimension: Int) -> Int {
    let elements = precision.bytes(for: max(0, dimension))
    switch precision {
    case .fp32, .fp16, .bf16, .fp8: return elements
    case .int8, .int4:
      let (sum, overflow) = elements.addingReportingOverflow(2 * max(0, min(scaleBytes, 1 << 20)))
      return overflow ? .max : sum
    }
  }
}
