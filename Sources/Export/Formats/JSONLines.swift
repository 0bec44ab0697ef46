import Rules

/// JSON with its members in the order that they are given.
indirect enum JSONLines {
  case string(String), number(Int), array([JSONLines]), object([(String, JSONLines)])

  static func strings(_ values: [String]) -> JSONLines { .array(values.map(JSONLines.string)) }
  static func numbers(_ values: [Int]) -> JSONLines { .array(values.map(JSONLines.number)) }

  /// With two spaces a level and a newline at the end; lists of numbers on one line.
  var text: String { lines("") + "\n" }

  private func lines(_ indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .string(let value): return JSONQuoting.quoted(value)
    case .number(let value): return "\(value)"
    case .array(let values):
      let isFlat = values.allSatisfy {
        if case .number = $0 { true } else { false }
      }
      if isFlat { return "[" + values.map { $0.lines("") }.joined(separator: ", ") + "]" }
      return "[\n" + values.map { inner + $0.lines(inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      return "{\n"
        + members.map { inner + JSONQuoting.quoted($0.0) + ": " + $0.1.lines(inner) }.joined(separator: ",\n")
        + "\n\(indent)}"
    }
  }
}
