/// Reads the text of a ``DimensionExpression``.
struct DimensionParser {
  /// What a hyphen between two words without spaces is.
  enum Hyphens { case subtract, belongToNames }

  private let bytes: [UInt8]
  private let hyphens: Hyphens
  /// Bound names that hold spaces or signs of operations, longest first: they are read as they are.
  private let knownNames: [[UInt8]]
  private var position = 0
  private var depth = 0
  private static let maximumDepth = 64
  private static let maximumLength = 4096

  /// `nil` for text that is no expression.
  static func parse(
    _ text: String, hyphens: Hyphens, knownNames: [String] = []
  ) -> DimensionExpression? {
    guard text.utf8.count <= maximumLength else { return nil }
    var parser = DimensionParser(text, hyphens, knownNames)
    guard let expression = parser.sum() else { return nil }
    parser.skipSpaces()
    return parser.position == parser.bytes.count ? expression : nil
  }

  private init(_ text: String, _ hyphens: Hyphens, _ knownNames: [String]) {
    bytes = Array(text.utf8)
    self.hyphens = hyphens
    self.knownNames = knownNames.map { Array($0.utf8) }
  }

  private mutating func sum() -> DimensionExpression? {
    guard var result = product() else { return nil }
    while let sign = take("+", "-") {
      guard let right = product() else { return nil }
      result = .operation(sign == "+" ? .sum : .difference, [result, right])
    }
    return result
  }

  private mutating func product() -> DimensionExpression? {
    guard var result = signed() else { return nil }
    while let sign = take("//", "*", "/", "%") {
      guard let right = signed() else { return nil }
      let operation: DimensionExpression.Operation =
        switch sign {
        case "//": .floorQuotient
        case "*": .product
        case "/": .quotient
        default: .remainder
        }
      result = .operation(operation, [result, right])
    }
    return result
  }

  private mutating func signed() -> DimensionExpression? {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.maximumDepth else { return nil }
    if take("-") != nil { return signed().map { .operation(.negation, [$0]) } }
    if take("+") != nil { return signed() }
    guard let base = atom() else { return nil }
    // A power binds closer than the sign before it, and from the right.
    guard take("**", "^") != nil else { return base }
    return signed().map { .operation(.power, [base, $0]) }
  }

  private mutating func atom() -> DimensionExpression? {
    skipSpaces()
    if let name = takeKnownName() { return .name(name) }
    if take("(") != nil {
      guard let inner = sum(), take(")") != nil else { return nil }
      return inner
    }
    let word = takeWord()
    guard let first = word.utf8.first else { return nil }
    if Self.isDigit(first) { return number(word).map { .number($0) } }
    guard position < bytes.count, bytes[position] == UInt8(ascii: "(") else {
      return .name(word + takeFurtherWords())
    }
    position += 1
    var arguments: [DimensionExpression] = []
    repeat {
      guard let argument = sum() else { return nil }
      arguments.append(argument)
    } while take(",") != nil
    guard take(")") != nil,
      let operation = DimensionExpression.Operation(function: word, arguments: arguments.count)
    else { return nil }
    return .operation(operation, arguments)
  }

  /// A whole number or a decimal.
  private func number(_ word: String) -> Rational? {
    let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = Int(parts[0]) else { return nil }
    guard parts.count == 2 else { return Rational(whole) }
    let digits = parts[1]
    guard digits.count <= 15, digits.utf8.allSatisfy(Self.isDigit) else { return nil }
    let scale = digits.reduce(1) { value, _ in value * 10 }
    return Rational(Int(digits) ?? 0, over: scale).flatMap(Rational(whole).adding)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
  }

  /// The first of the signs that comes next. `*` does not take the half of `**`.
  private mutating func take(_ signs: String...) -> String? {
    skipSpaces()
    for sign in signs where bytes[position...].starts(with: sign.utf8) {
      if sign == "*", bytes[(position + 1)...].first == UInt8(ascii: "*") { continue }
      position += sign.utf8.count
      return sign
    }
    return nil
  }

  private mutating func takeKnownName() -> String? {
    for name in knownNames where bytes[position...].starts(with: name) {
      let end = position + name.count
      guard end == bytes.count || !isWord(at: end) else { continue }
      position = end
      return String(decoding: name, as: UTF8.self)
    }
    return nil
  }

  private mutating func takeWord() -> String {
    let start = position
    while position < bytes.count, isWord(at: position) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// The rest of a name of several words.
  private mutating func takeFurtherWords() -> String {
    var words = ""
    while true {
      let start = position
      skipSpaces()
      let spaces = position - start
      let word = takeWord()
      guard spaces > 0, !word.isEmpty else {
        position = start
        return words
      }
      words += String(repeating: " ", count: spaces) + word
    }
  }

  /// Whether the byte belongs to a word. Names hold dots, colons and whatever else is no sign of an operation.
  private func isWord(at index: Int) -> Bool {
    if bytes[index] == UInt8(ascii: "-"), hyphens == .belongToNames {
      return index > 0 && index + 1 < bytes.count && Self.isPlainWord(bytes[index - 1])
        && Self.isPlainWord(bytes[index + 1])
    }
    return Self.isPlainWord(bytes[index])
  }

  private static func isPlainWord(_ byte: UInt8) -> Bool { !" -+*/%^(),".utf8.contains(byte) }
}
