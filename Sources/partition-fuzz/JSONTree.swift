import Rules

/// JSON with the order of keys, keys that are given twice and numbers as they are written.
indirect enum JSONTree {
  case scalar(String)
  case list([JSONTree])
  case object([(key: String, value: JSONTree)])

  /// - Parameter text: JSON that is well formed.
  init(_ text: String) {
    var reader = Reader(bytes: Array(text.utf8))
    self = reader.value()
  }

  var text: String {
    switch self {
    case .scalar(let text): text
    case .list(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let fields):
      "{" + fields.map { "\(JSONQuoting.quoted($0.key)):\($0.value.text)" }.joined(separator: ",") + "}"
    }
  }

  private var size: Int {
    switch self {
    case .scalar: 1
    case .list(let values): values.reduce(1) { $0 + $1.size }
    case .object(let fields): fields.reduce(1) { $0 + $1.value.size }
    }
  }

  /// Changes one value, anywhere in the tree with the same chance.
  mutating func mutate(_ choices: inout Choices) {
    let donor = node(at: choices.below(size)) ?? self
    var position = choices.below(size)
    visit(&position) { $0.change(&choices, donor: donor) }
  }

  /// Another value in the place of this one.
  private mutating func change(_ choices: inout Choices, donor: JSONTree) {
    switch self {
    case .object(var fields) where !fields.isEmpty && !choices.oneIn(8):
      let index = choices.below(fields.count)
      switch choices.below(5) {
      case 0: fields.remove(at: index)
      case 1: fields.append(fields[index])
      case 2: fields[index].key = choices.pick(["", "x", "version", fields[index].key + "\u{0}"]) ?? ""
      case 3: fields[index].value = donor
      default: fields.swapAt(index, choices.below(fields.count))
      }
      self = .object(fields)
    case .list(var values) where !values.isEmpty && !choices.oneIn(8):
      let index = choices.below(values.count)
      switch choices.below(5) {
      case 0: values.remove(at: index)
      case 1: values.append(values[index])
      case 2: values = []
      case 3: values[index] = donor
      default: values.swapAt(index, choices.below(values.count))
      }
      self = .list(values)
    case .scalar(let text) where !choices.oneIn(8): self = .scalar(Self.alike(text, &choices, donor: donor))
    default: self = Self.stranger(&choices, donor: donor)
    }
  }

  /// A value of the same type, so that it is read and used.
  private static func alike(_ text: String, _ choices: inout Choices, donor: JSONTree) -> String {
    if let number = Double(text) {
      switch choices.below(6) {
      case 0, 1: return "\(choices.figure())"
      case 2, 3: return "\(choices.number())"
      case 4: return "\(number * 2)"
      default: return Int64(text).map { "\($0 &+ 1)" } ?? "\(-number)"
      }
    }
    if text.hasPrefix("\"") {
      if case .scalar(let other) = donor, other.hasPrefix("\""), !choices.oneIn(4) { return other }
      return choices.pick([
        "\"\"", "\"host\"", "\"card0\"", "\"every card\"", "\"*\"", "\"\\ud800\"", "\"\\u0000\"",
      ])
        ?? text
    }
    return choices.pick(["true", "false", "null"]) ?? text
  }

  private static func stranger(_ choices: inout Choices, donor: JSONTree) -> JSONTree {
    switch choices.below(6) {
    case 0: .scalar("\(choices.figure())")
    case 1: .scalar("\(choices.number())")
    case 2: .scalar(choices.pick(["null", "true", "\"\"", "1e400", "-0"]) ?? "0")
    case 3: choices.oneIn(4) ? nested(choices.oneIn(2) ? 10_000 : 100) : .list([])
    default: donor
    }
  }

  private static func nested(_ depth: Int) -> JSONTree {
    .scalar(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
  }

  private func node(at index: Int) -> JSONTree? {
    var copy = self
    var position = index
    var found: JSONTree?
    copy.visit(&position) { found = $0 }
    return found
  }

  /// Calls `body` with the value at a position in the order of writing.
  private mutating func visit(_ position: inout Int, _ body: (inout JSONTree) -> Void) {
    if position == 0 {
      position = -1
      return body(&self)
    }
    position -= 1
    switch self {
    case .scalar: return
    case .list(var values):
      for index in values.indices where position >= 0 { values[index].visit(&position, body) }
      self = .list(values)
    case .object(var fields):
      for index in fields.indices where position >= 0 { fields[index].value.visit(&position, body) }
      self = .object(fields)
    }
  }

  /// Reads JSON that is well formed.
  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    mutating func value() -> JSONTree {
      skipBlanks()
      guard position < bytes.count else { return .scalar("null") }
      switch bytes[position] {
      case UInt8(ascii: "{"):
        var fields: [(key: String, value: JSONTree)] = []
        position += 1
        while !ends(UInt8(ascii: "}")) {
          let key = String(string().dropFirst().dropLast())
          skipBlanks()
          position += 1
          fields.append((key, value()))
        }
        return .object(fields)
      case UInt8(ascii: "["):
        var values: [JSONTree] = []
        position += 1
        while !ends(UInt8(ascii: "]")) { values.append(value()) }
        return .list(values)
      case UInt8(ascii: "\""): return .scalar(string())
      default:
        let start = position
        while position < bytes.count, !Array(",]} \n\t\r".utf8).contains(bytes[position]) { position += 1 }
        return .scalar(String(decoding: bytes[start..<position], as: UTF8.self))
      }
    }

    private mutating func skipBlanks() {
      while position < bytes.count, Array(" \n\t\r".utf8).contains(bytes[position]) { position += 1 }
    }

    /// Whether a list or an object ends here; steps over commas and the end.
    private mutating func ends(_ end: UInt8) -> Bool {
      skipBlanks()
      if position < bytes.count, bytes[position] == UInt8(ascii: ",") { position += 1 }
      skipBlanks()
      guard position < bytes.count, bytes[position] != end else {
        position += 1
        return true
      }
      return false
    }

    /// With its quotes, as it is written.
    private mutating func string() -> String {
      skipBlanks()
      let start = position
      position += 1
      while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
        position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      position = min(position + 1, bytes.count)
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }
  }
}
