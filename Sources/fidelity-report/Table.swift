import Foundation
import Partitioner

/// A table of measured figures: columns by name.
struct Table {
  private let columns: [String: Int]
  let rows: [Row]

  struct Row {
    fileprivate let columns: [String: Int]
    fileprivate let cells: [String]

    func text(_ column: String) -> String { columns[column].map { cells[$0] } ?? "" }
    func number(_ column: String) -> Double { Double(text(column)) ?? 0 }
    func count(_ column: String) -> Int { Int(text(column)) ?? 0 }
  }

  /// - Throws: `missingFile`.
  init(path: String) throws(PartitionError) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw PartitionError(.missingFile, "\(path): cannot be read")
    }
    let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    let columns = Dictionary(
      (lines.first ?? []).enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    self.columns = columns
    rows = lines.dropFirst().filter { $0.count == columns.count }.map { Row(columns: columns, cells: $0) }
  }
}
