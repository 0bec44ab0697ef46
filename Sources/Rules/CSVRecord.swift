/// A line of CSV (RFC 4180) with its cells, quotes resolved and white space around them cut.
package struct CSVRecord: Sendable {
  /// Where it begins, from 1.
  package var line: Int
  package var cells: [String]

  /// All that are not blank.
  ///
  /// - Parameter separator: Of cells.
  package static func all(in text: String, separatedBy separator: Character = ",") -> [CSVRecord] {
    var records: [CSVRecord] = []
    var line = 1
    var record = CSVRecord(line: 1, cells: [])
    var cell = ""
    var isQuoted = false
    var isBlank = true
    func trimmed(_ text: String) -> String {
      String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
    func close() {
      record.cells.append(trimmed(cell))
      cell = ""
    }
    func end() {
      close()
      if !isBlank { records.append(record) }
      record = CSVRecord(line: line, cells: [])
      isBlank = true
    }
    var characters = Substring(text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
    while let character = characters.popFirst() {
      if character.isNewline { line += 1 }
      if isQuoted {
        if character != "\"" {
          cell.append(character)
        } else if characters.first == "\"" {
          cell.append("\"")
          characters.removeFirst()
        } else {
          isQuoted = false
        }
      } else if character == "\"", trimmed(cell).isEmpty {
        (isQuoted, isBlank, cell) = (true, false, "")
      } else if character == separator {
        isBlank = false
        close()
      } else if character.isNewline {
        end()
      } else {
        if character != " ", character != "\t" { isBlank = false }
        cell.append(character)
      }
    }
    end()
    return records
  }

  /// What separates cells in a file whose first lines are those: a comma, else the semicolon or the tab that stands in its
  /// line of names, as spreadsheets write them where the comma is a decimal mark.
  package static func separator(in text: some StringProtocol) -> Character {
    var isQuoted = false
    var found: Character = ","
    var hasText = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if isQuoted { continue }
      if character == "," { return "," }
      if character == ";" || character == "\t", found == "," { found = character }
      if character.isNewline {
        if hasText { break }
        found = ","
      } else if character != " ", character != "\t", character != "\u{FEFF}" {
        hasText = true
      }
    }
    return found
  }

  /// A cell as it is written in a file: in quotes where it holds a mark of the format. What a spreadsheet would take for a
  /// formula gets an apostrophe in front.
  package static func cell(_ text: String) -> String {
    let isFormula = text.first.map { "=+@\t\r".contains($0) || ($0 == "-" && Double(text) == nil) } ?? false
    let safe = isFormula ? "'" + text : text
    guard safe.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return safe }
    return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
