import Partitioner
import Reporting
import Rules

/// How rows are written: as CSV under a line of names, or as JSON Lines.
enum SweepFormat: Sendable {
  case csv, jsonLines

  init(path: String) {
    let name = path.lowercased()
    self = name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") ? .jsonLines : .csv
  }

  /// The first line, its end included; empty for JSON Lines.
  var head: String {
    switch self {
    case .csv: SweepRow.Column.allCases.map(\.rawValue).joined(separator: ",") + "\n"
    case .jsonLines: ""
    }
  }

  /// Whether a text without the end of a line may be what a killed writer left of the first.
  func isBeginning(_ bytes: some Sequence<UInt8>) -> Bool {
    let known = self == .csv ? head : "{\"point\": "
    // One is the beginning of the other; of JSON Lines the rest of the line may follow.
    return zip(bytes, known.utf8).allSatisfy { $0 == $1 }
      && (self == .jsonLines || bytes.reduce(0) { count, _ in count + 1 } < known.utf8.count)
  }

  /// One line, its end included.
  func line(_ row: SweepRow) -> String {
    switch self {
    case .csv: SweepRow.Column.allCases.map { Self.csvCell(row[$0]) }.joined(separator: ",") + "\n"
    case .jsonLines:
      "{"
        + SweepRow.Column.allCases.filter { !row[$0].isEmpty }.map {
          "\(JSONQuoting.quoted($0.rawValue)): \(Self.jsonCell($0, row[$0]))"
        }.joined(separator: ", ") + "}\n"
    }
  }

  /// A batch or a budget is a number or a word.
  private static func jsonCell(_ column: SweepRow.Column, _ cell: String) -> String {
    let isWord = (column == .batch || column == .accuracyBudget) && Double(cell) == nil
    return column.isText || isWord ? JSONQuoting.quoted(cell) : cell
  }

  static func csvCell(_ text: String) -> String { CSVRecord.cell(text) }

  /// The rows of a text whose lines are whole.
  ///
  /// - Throws: `badInput` where it is no sweep.
  func rows(_ text: String, name: String) throws(PartitionError) -> [SweepRow] {
    switch self {
    case .csv: try Self.csvRows(text, name: name)
    case .jsonLines: try Self.jsonRows(text, name: name)
    }
  }

  private static func csvRows(_ text: String, name: String) throws(PartitionError) -> [SweepRow] {
    let records = CSVRecord.all(in: text)
    guard let names = records.first else { return [] }
    let columns = names.cells.map(SweepRow.Column.init(rawValue:))
    guard columns.compactMap(\.self) == SweepRow.Column.allCases, !columns.contains(nil) else {
      throw PartitionError(.badInput, "\(name): line 1 has not the columns of a sweep")
    }
    var rows: [SweepRow] = []
    for record in records.dropFirst() {
      guard record.cells.count == columns.count else {
        throw PartitionError(
          .badInput, "\(name): line \(record.line) has \(record.cells.count) cells, not \(columns.count)")
      }
      rows.append(
        SweepRow(
          cells: Dictionary(
            uniqueKeysWithValues: zip(SweepRow.Column.allCases, record.cells).filter { !$1.isEmpty })))
    }
    return rows
  }

  private static func jsonRows(_ text: String, name: String) throws(PartitionError) -> [SweepRow] {
    var rows: [SweepRow] = []
    for (index, line) in text.split(separator: "\n").enumerated() {
      var cells: [SweepRow.Column: String] = [:]
      do {
        try JSONReader.read(Array(line.utf8)) { reader throws(FormatError) in
          try reader.object { name, value throws(FormatError) in
            let cell = try value.cell()
            if let column = SweepRow.Column(rawValue: name) { cells[column] = cell }
          }
        }
      } catch {
        throw PartitionError(.badInput, error.findings.map { "\(name): line \(index + 1): \($0)" })
      }
      guard cells[.point] != nil else {
        throw PartitionError(.badInput, "\(name): line \(index + 1) is not of a sweep: it has no point")
      }
      rows.append(SweepRow(cells: cells))
    }
    return rows
  }
}
