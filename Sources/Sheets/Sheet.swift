import Graph
import Rules

/// Rows of named cells, from CSV under a line of column names or from a list of JSON objects, and the problems found in them.
///
/// Cells are read by their column; what is wrong with one is kept with its row and column, so that all problems are
/// reported at once.
struct Sheet<Column: SheetColumn> {
  struct Row {
    /// Of messages: `line 3`, `tables[2]`.
    var place: String
    var cells: [Column: String]
  }

  private(set) var rows: [Row] = []
  private(set) var problems: [FormatError.Finding] = []
  private var columns: Set<Column> = []

  /// - Parameter list: the field of a JSON object that holds the rows.
  init(_ bytes: [UInt8], list: String) {
    let mark = bytes.drop { [0xef, 0xbb, 0xbf, 0x20, 0x09, 0x0a, 0x0d].contains($0) }.first
    if mark == UInt8(ascii: "{") || mark == UInt8(ascii: "[") {
      do { try readJSON(bytes, list: list) } catch { problems += error.findings }
    } else {
      readCSV(bytes)
    }
    if problems.isEmpty, rows.isEmpty { problem("the document", "holds no rows") }
  }

  /// Whether the sheet has the column at all.
  func has(_ column: Column) -> Bool { columns.contains(column) }

  mutating func problem(_ place: String, _ message: String) {
    problems.append(.init(location: place, message: message))
  }

  mutating func problem(_ row: Row, _ column: Column, _ message: String) {
    problem("\(row.place), \(column.rawValue)", message)
  }

  // MARK: Cells

  /// The cell; `nil` where it is empty or there is no such column.
  func text(_ column: Column, _ row: Row) -> String? {
    row.cells[column].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A whole number in a range; `nil` where there is none or it is a problem.
  mutating func whole(_ column: Column, _ row: Row, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(column, row) else { return nil }
    let value = Int(text) ?? Double(text).flatMap(Int.init(exactly:))
    guard let value, range.contains(value) else {
      problem(row, column, "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return value
  }

  /// A number of 0 or more, at most `most`; `nil` where there is none or it is a problem.
  mutating func number(_ column: Column, _ row: Row, atMost most: Double) -> Double? {
    guard let text = text(column, row) else { return nil }
    guard let value = Double(text), value >= 0, value <= most else {
      problem(row, column, "'\(text)' is not a number from 0 to \(most)")
      return nil
    }
    return value
  }

  /// What the row cannot do without; a problem where it is missing.
  mutating func required<Value>(_ value: Value?, _ column: Column, _ row: Row) -> Value? {
    if value == nil, text(column, row) == nil { problem(row, column, "is missing") }
    return value
  }

  /// The names of the rows, made up after their position where there is none; one that is given twice is a problem.
  mutating func names(_ column: Column, prefix: String) -> [String] {
    var places: [String: String] = [:]
    return rows.enumerated().map { index, row in
      let name = text(column, row) ?? "\(prefix)\(index)"
      if let other = places.updateValue(row.place, forKey: name) {
        problem(row, column, "'\(NameText.shown(name))' is at \(other) already")
      }
      return name
    }
  }

  // MARK: Formats

  private mutating func readCSV(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return problem("the document", "is neither JSON nor text in UTF-8")
    }
    let lines = CSVRecord.all(in: text)
    guard let head = lines.first else { return }
    let known = head.cells.map { column($0, place: "line \(head.line)") }
    guard problems.isEmpty else { return }
    for line in lines.dropFirst() {
      if line.cells.count > known.count {
        problem("line \(line.line)", "has \(line.cells.count) cells under \(known.count) columns")
        continue
      }
      var row = Row(place: "line \(line.line)", cells: [:])
      for (column, cell) in zip(known, line.cells) {
        if let column { row.cells[column] = cell }
      }
      rows.append(row)
    }
  }

  private mutating func readJSON(_ bytes: [UInt8], list: String) throws(FormatError) {
    let read = try JSONReader.read(bytes) { reader throws(FormatError) in
      if reader.isList { return try Self.objects(&reader) }
      var objects: [[(String, String)]]?
      try reader.object { name, value throws(FormatError) in
        if name == list { objects = try Self.objects(&value) } else { try value.skip() }
      }
      return try objects.required(list)
    }
    for (index, fields) in read.enumerated() {
      var row = Row(place: "\(list)[\(index)]", cells: [:])
      for (name, cell) in fields {
        if let column = column(name, place: row.place) { row.cells[column] = cell }
      }
      rows.append(row)
    }
  }

  private static func objects(_ reader: inout JSONReader) throws(FormatError) -> [[(String, String)]] {
    try reader.list { value throws(FormatError) in
      var fields: [(String, String)] = []
      try value.object { name, value throws(FormatError) in fields.append((name, try value.cell())) }
      return fields
    }
  }

  /// The column of a name; `nil` for one that is passed over.
  private mutating func column(_ name: String, place: String) -> Column? {
    if let column = Column(name: name) {
      if place.hasPrefix("line"), columns.contains(column) {
        problem(place, "there are two columns of \(column.rawValue)")
      }
      columns.insert(column)
      return column
    }
    if Column.isPassedOver(name) { return nil }
    let known = Column.allCases.map(\.rawValue)
    let near = known.first {
      name.count > 2 && EditDistance.between(Array(name.lowercased()), Array($0)) <= 2
    }
    problem(
      place,
      "column '\(NameText.shown(name))' is not known"
        + (near.map { "; did you mean \($0)?" } ?? "; known are \(known.joined(separator: ", "))"))
    return nil
  }
}
