/// Names of other people's models as parts of lines that people read: one line, no longer than fits, nothing that upsets a
/// terminal. Files keep names as they are.
public enum NameText {
  /// Columns that a name takes at most in a table or a title.
  public static let widest = 48

  /// The name in at most `columns` columns, its middle left out where it is longer, control characters escaped.
  public static func shown(_ name: String, columns: Int = widest) -> String {
    let line = oneLine(name)
    guard width(line) > columns else { return line }
    let half = max(1, (columns - 1) / 2)
    return prefix(line, columns: columns - 1 - half) + "…"
      + String(prefix(String(line.reversed()), columns: half).reversed())
  }

  /// The text with line breaks, other control characters and marks that reorder text escaped as `\n` or `\u{1B}`.
  public static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isEscaped) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where isEscaped(scalar):
        result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Columns of a terminal: two for a character of the East Asian wide blocks and for most emoji.
  public static func width(_ text: String) -> Int {
    // Nearly every name is ASCII.
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + width($1) }
  }

  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private static func prefix(_ text: String, columns: Int) -> String {
    var left = columns
    return String(
      text.prefix {
        left -= width($0)
        return left >= 0
      })
  }

  private static func isEscaped(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    // Joiners are part of letters and emoji; the others hide or turn text around.
    case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
    default: false
    }
  }
}
