import Graph

/// Rows of text with aligned columns, for a terminal.
public struct TextTable {
  public enum Alignment { case left, right }

  private let headers: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// One alignment a header.
  public init(_ columns: [(header: String, alignment: Alignment)]) {
    headers = columns.map(\.header)
    alignments = columns.map(\.alignment)
  }

  /// Appends a row; missing cells are empty, surplus ones are dropped.
  public mutating func add(_ cells: [String]) {
    let missing = max(0, headers.count - cells.count)
    let whole = cells.map(NameText.oneLine) + Array(repeating: "", count: missing)
    rows.append(Array(whole.prefix(headers.count)))
  }

  /// The lines, each indented and without trailing blanks.
  public func lines(indent: Int = 2) -> [String] {
    let all = (headers.contains { !$0.isEmpty } ? [headers] : []) + rows
    let widths = headers.indices.map { column in all.map { NameText.width($0[column]) }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column -> String in
        let blank = String(repeating: " ", count: widths[column] - NameText.width(row[column]))
        return alignments[column] == .left ? row[column] + blank : blank + row[column]
      }
      let line = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
