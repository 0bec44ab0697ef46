/// Text for Graphviz's HTML-like labels.
enum HTMLLabel {
  /// Escapes markup and replaces what XML does not allow, so that any name can be shown.
  static func escape(_ text: String) -> String { Escaping.xml(text, forbidden: "\u{FFFD}") }

  /// Escaped, and cut in the middle when longer than `limit` characters.
  static func name(_ text: String, limit: Int = 36) -> String {
    guard text.count > limit else { return escape(text) }
    let half = (limit - 1) / 2
    return escape(String(text.prefix(half)) + "…" + String(text.suffix(limit - 1 - half)))
  }

  static func bold(_ escaped: String) -> String { "<B>\(escaped)</B>" }

  static func font(_ escaped: String, size: Int, colour: String? = nil) -> String {
    let attribute = colour.map { " COLOR=\"\($0)\"" } ?? ""
    return "<FONT POINT-SIZE=\"\(size)\"\(attribute)>\(escaped)</FONT>"
  }

  /// A borderless column of lines, left-aligned; each line is already escaped.
  static func column(_ lines: [String]) -> String {
    let rows = lines.map { "<TR><TD ALIGN=\"LEFT\">\($0)</TD></TR>" }.joined()
    return "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">\(rows)</TABLE>"
  }

  /// The same in several columns of at most `height` lines, beside each other.
  static func columns(_ lines: [String], height: Int) -> String {
    let cells = stride(from: 0, to: lines.count, by: height).map { first in
      "<TD VALIGN=\"TOP\">\(column(Array(lines[first..<min(first + height, lines.count)])))</TD>"
    }
    return "<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"4\"><TR>\(cells.joined())</TR></TABLE>"
  }
}
