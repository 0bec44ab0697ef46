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

  /// The lines, each indented and without trailing blanks. Where there are fewer columns than they need (``TextWidth``), words go on
  /// below their cell; where that is not enough, further columns follow below, behind the first again.
  public func lines(indent: Int = 2) -> [String] {
    let all = (headers.contains { !$0.isEmpty } ? [headers] : []) + rows
    let widths = headers.indices.map { column in all.map { NameText.width($0[column]) }.max() ?? 0 }
    let blocks = blocks(widths, indent: indent)
    return blocks.enumerated().flatMap { number, columns in
      (number > 0 ? [""] : []) + lines(all, columns, fitted(widths, columns, indent: indent), indent: indent)
    }
  }

  private func lines(_ all: [[String]], _ columns: [Int], _ widths: [Int], indent: Int) -> [String] {
    all.flatMap { row in
      let cells = columns.map { Self.wrapped(row[$0], columns: widths[$0]) }
      return (0..<(cells.map(\.count).max() ?? 0)).map { line in
        let parts = zip(columns, cells).map { column, cell -> String in
          let text = line < cell.count ? cell[line] : ""
          let blank = String(repeating: " ", count: max(0, widths[column] - NameText.width(text)))
          return alignments[column] == .left ? text + blank : blank + text
        }
        let text = String(repeating: " ", count: indent) + parts.joined(separator: "  ")
        return String(text.reversed().drop { $0 == " " }.reversed())
      }
    }
  }

  /// Words are not cut to fewer columns.
  private static let leastColumns = 12

  /// The columns that stand beside each other: all of them where they have room with words broken.
  private func blocks(_ widths: [Int], indent: Int) -> [[Int]] {
    guard let columns = TextWidth.columns else { return [Array(headers.indices)] }
    let least = widths.indices.map {
      alignments[$0] == .left ? min(widths[$0], Self.leastColumns) : widths[$0]
    }
    var blocks: [[Int]] = []
    var width = 0
    for column in headers.indices {
      if let last = blocks.indices.last, column > 0, width + 2 + least[column] <= columns {
        blocks[last].append(column)
        width += 2 + least[column]
      } else {
        blocks.append(column == 0 ? [0] : [0, column])
        width = indent + least[0] + (column == 0 ? 0 : 2 + least[column])
      }
    }
    return blocks
  }

  /// Widths of columns, those of words made smaller, the widest first, until a block has room or none can be smaller.
  private func fitted(_ widths: [Int], _ block: [Int], indent: Int) -> [Int] {
    var widths = widths
    guard let columns = TextWidth.columns else { return widths }
    var surplus = indent + block.reduce(0) { $0 + widths[$1] } + 2 * (block.count - 1) - columns
    while surplus > 0,
      let widest = block.filter({ alignments[$0] == .left && widths[$0] > Self.leastColumns })
        .max(by: { widths[$0] < widths[$1] })
    {
      widths[widest] -= 1
      surplus -= 1
    }
    return widths
  }

  /// Lines of at most so many columns, broken between words, and inside those that are longer.
  static func wrapped(_ text: String, columns: Int) -> [String] {
    guard NameText.width(text) > columns, columns > 0 else { return [text] }
    var lines = [""]
    for word in text.split(separator: " ") {
      var rest = word
      if !lines[lines.count - 1].isEmpty {
        if NameText.width(lines[lines.count - 1]) + 1 + NameText.width(String(rest)) <= columns {
          lines[lines.count - 1] += " " + rest
          continue
        }
        lines.append("")
      }
      while NameText.width(String(rest)) > columns {
        var part = rest.prefix(columns)
        while part.count > 1, NameText.width(String(part)) > columns { part = part.dropLast() }
        lines[lines.count - 1] = String(part)
        rest = rest.dropFirst(part.count)
        lines.append("")
      }
      lines[lines.count - 1] = String(rest)
    }
    return lines
  }
}
