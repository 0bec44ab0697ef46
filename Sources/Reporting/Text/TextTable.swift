/// Rows of text with aligned columns, for a terminal.
struct TextTable {
  enum Alignment { case left, right }

  private let headers: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// One alignment a header.
  init(_ columns: [(header: String, alignment: Alignment)]) {
    headers = columns.map(\.header)
    alignments = columns.map(\.alignment)
  }

  /// Appends a row; missing cells are empty, surplus ones are dropped.
  mutating func add(_ cells: [String]) {
    let missing = max(0, headers.count - cells.count)
    rows.append(Array((cells + Array(repeating: "", count: missing)).prefix(headers.count)))
  }

  /// The lines, each indented and without trailing blanks.
  func lines(indent: Int = 2) -> [String] {
    let all = (headers.contains { !$0.isEmpty } ? [headers] : []) + rows
    let widths = headers.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.indices.map { column -> String in
        let blank = String(repeating: " ", count: widths[column] - row[column].count)
        return alignments[column] == .left ? row[column] + blank : blank + row[column]
      }
      let line = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
