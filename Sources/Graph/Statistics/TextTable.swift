/// Aligns columns of text: the first to the left, numbers to the right where every cell of a column is one.
enum TextTable {
  static func render(_ table: [[String]]) -> [String] {
    let rows = table.map { $0.map(NameText.oneLine) }
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? NameText.width($0[column]) : 0 }.max() ?? 0
    }
    let isNumeric = (0..<columns).map { column in
      column > 0 && rows.count > 1
        && rows.dropFirst().allSatisfy { column < $0.count && ($0[column].first?.isNumber ?? false) }
        && rows.allSatisfy { $0.count > 2 }
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - NameText.width(cell))
        if isNumeric[column] { return padding + cell }
        return column == row.count - 1 ? cell : cell + padding
      }
      return "  " + cells.joined(separator: "  ")
    }
  }
}
