extension JSONValue {
  /// JSON with sorted keys and two spaces a level; an object that holds no other stays on its line.
  func text(indent: Int = 0) -> String {
    let inner = String(repeating: " ", count: indent + 2)
    let end = "\n" + String(repeating: " ", count: indent)
    switch self {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let number): return words(number)
    case .string(let text): return Self.quoted(text)
    case .array(let entries):
      if entries.allSatisfy({ !$0.isObject }) {
        return "[" + entries.map { $0.text() }.joined(separator: ", ") + "]"
      }
      return "[\n" + entries.map { inner + $0.text(indent: indent + 2) }.joined(separator: ",\n") + end + "]"
    case .object(let fields):
      let lines = fields.sorted { $0.key < $1.key }.map {
        "\(Self.quoted($0.key)): \($0.value.text(indent: indent + 2))"
      }
      if fields.values.allSatisfy({ !$0.isObject }), fields["value"] != nil {
        return "{" + lines.joined(separator: ", ") + "}"
      }
      return "{\n" + lines.map { inner + $0 }.joined(separator: ",\n") + end + "}"
    }
  }

  private var isObject: Bool { if case .object = self { true } else { false } }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
