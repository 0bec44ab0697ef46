import Hardware
import Plan

/// The tables of one node as lines of a label.
struct TableLines {
  /// Shards of split tables are listed one by one up to this many.
  private static let listedShards = 4

  private let shares: [DrawingLayout.TableShare]

  init(_ shares: [DrawingLayout.TableShare]) { self.shares = shares }

  /// Every shard on a line of its own.
  var full: [String] {
    shares.map { HTMLLabel.font(Self.line(of: $0), size: 9) }
  }

  /// Whole tables of one precision on one line; shards one by one while they are few.
  var grouped: [String] {
    var lines: [String] = []
    for kind in [PlanDocument.SplitKind.whole, .rows, .columns] {
      for precision in Self.precisions(of: shares) {
        let group = shares.filter { $0.table.split == kind && $0.table.precision == precision }
        guard !group.isEmpty else { continue }
        if kind != .whole && group.count <= Self.listedShards {
          lines += group.map { HTMLLabel.font(Self.line(of: $0), size: 9) }
        } else {
          lines += Self.summary(of: group, kind: kind, precision: precision.rawValue)
        }
      }
    }
    return lines
  }

  private static func precisions(
    of shares: [DrawingLayout.TableShare]
  ) -> [Precision] {
    Set(shares.map(\.table.precision)).sorted { $0.bytesPerElement > $1.bytesPerElement }
  }

  private static func summary(
    of group: [DrawingLayout.TableShare], kind: PlanDocument.SplitKind, precision: String
  ) -> [String] {
    let sizes = group.map(\.shard.bytes)
    let total = Figures.bytes(sizes.reduce(0) { $0.addingReportingOverflow($1).partialValue })
    let what =
      switch kind {
      case .whole: Figures.counted(group.count, "table")
      case .rows: Figures.counted(group.count, "row shard")
      case .columns: Figures.counted(group.count, "column shard")
      }
    guard let largest = group.max(by: { $0.shard.bytes < $1.shard.bytes }) else { return [] }
    let detail =
      group.count == 1
      ? HTMLLabel.name(largest.table.name)
      : "largest \(HTMLLabel.name(largest.table.name, limit: 24)), \(Figures.bytes(largest.shard.bytes))"
    return [
      "\(what) in \(precision), \(total)", HTMLLabel.font(detail, size: 9, colour: "#5B6770"),
    ]
  }

  private static func line(of share: DrawingLayout.TableShare) -> String {
    let shard = share.shard
    let name = HTMLLabel.name(share.table.name)
    let bytes = Figures.bytes(shard.bytes)
    let precision = share.table.precision.rawValue
    switch share.table.split {
    case .whole:
      return "\(name): \(Figures.grouped(shard.rows)) x \(shard.columns), \(precision), \(bytes)"
    case .rows:
      let last = shard.firstRow.addingReportingOverflow(shard.rows - 1).partialValue
      return
        "\(name): rows \(Figures.grouped(shard.firstRow)) – \(Figures.grouped(last)), \(precision), \(bytes)"
    case .columns:
      let last = shard.firstColumn.addingReportingOverflow(shard.columns - 1).partialValue
      return "\(name): columns \(shard.firstColumn) – \(last), \(precision), \(bytes)"
    }
  }
}
