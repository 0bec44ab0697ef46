import Graph

/// A dynamic dimension as exporters write it: a name, or an expression over names such as `2*batch` or `floor(h/2) + 1`.
struct DimensionExpression {
  private let bytes: [UInt8]
  private var position = 0
  private let bindings: [String: Int]
  /// Names that are not bound, and names that are, in order of appearance.
  private var unbound: [String] = []
  private var bound: [String] = []
  private var depth = 0

  private init(_ text: String, _ bindings: [String: Int]) {
    bytes = Array(text.utf8)
    self.bindings = bindings
  }

  enum Value: Equatable {
    case known(Int, from: [String])
    /// Names that are not bound, in order of appearance, and names that are.
    case unbound([String], bound: [String])
  }

  /// Evaluates an expression; text that is not one counts as a name.
  static func evaluate(_ text: String, _ bindings: [String: Int]) -> Value {
    if let size = bindings[text] { return .known(size, from: [text]) }
    var parser = DimensionExpression(text, bindings)
    guard let value = parser.sum(), parser.isAtEnd else { return .unbound([text], bound: []) }
    guard parser.unbound.isEmpty else {
      var seen: Set<String> = []
      return .unbound(parser.unbound.filter { seen.insert($0).inserted }, bound: parser.bound)
    }
    return .known(value, from: parser.bound)
  }

  private mutating func sum() -> Int? {
    guard depth < 64, var value = product() else { return nil }
    while let sign = take("+", "-") {
      guard let right = product() else { return nil }
      let (result, overflow) =
        sign == "+" ? value.addingReportingOverflow(right) : value.subtractingReportingOverflow(right)
      guard !overflow else { return nil }
      value = result
    }
    return value
  }

  private mutating func product() -> Int? {
    guard var value = factor() else { return nil }
    while let sign = take("*", "/", "%") {
      _ = sign == "/" ? take("/") : nil
      guard let right = factor() else { return nil }
      let isOpen = !unbound.isEmpty
      if sign == "*" {
        let (result, overflow) = value.multipliedReportingOverflow(by: right)
        guard !overflow else { return nil }
        value = result
      } else {
        guard right > 0 || isOpen else { return nil }
        let divisor = max(1, right)
        let quotient = (value - ((value % divisor) + divisor) % divisor) / divisor
        value = sign == "/" ? quotient : value - quotient * divisor
      }
    }
    return value
  }

  private mutating func factor() -> Int? {
    depth += 1
    defer { depth -= 1 }
    guard depth < 64 else { return nil }
    if take("(") != nil {
      guard let value = sum(), take(")") != nil else { return nil }
      return value
    }
    if take("-") != nil { return factor().flatMap { $0 == .min ? nil : -$0 } }
    let word = takeWord()
    guard !word.isEmpty else { return nil }
    if let number = Int(word) { return number }
    guard word.first.map({ !$0.isNumber }) ?? false else { return nil }
    if take("(") != nil { return call(word) }
    if let value = bindings[word] {
      bound.append(word)
      return value
    }
    unbound.append(word)
    return 1
  }

  /// Division rounds down already, so `floor` and `ceil` of a whole number change nothing.
  private mutating func call(_ name: String) -> Int? {
    guard var value = sum() else { return nil }
    while take(",") != nil {
      guard let other = sum() else { return nil }
      switch name.lowercased() {
      case "max": value = max(value, other)
      case "min": value = min(value, other)
      default: return nil
      }
    }
    guard take(")") != nil, ["floor", "max", "min"].contains(name.lowercased()) else { return nil }
    return value
  }

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
  }

  private var isAtEnd: Bool { bytes[position...].allSatisfy { $0 == UInt8(ascii: " ") } }

  private mutating func take(_ options: Character...) -> Character? {
    skipSpaces()
    guard position < bytes.count else { return nil }
    let next = Character(UnicodeScalar(bytes[position]))
    guard options.contains(next) else { return nil }
    position += 1
    return next
  }

  private mutating func takeWord() -> String {
    skipSpaces()
    let start = position
    while position < bytes.count, !"+-*/%(), ".utf8.contains(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}
