/// Reads JSON text (RFC 8259, UTF-8) from front to back, value by value, into whatever the caller makes of it.
///
/// For files of many megabytes: several times faster than decoding a `Decodable` type, because nothing is kept between
/// the text and the caller's values. The place of an error is put together while it leaves the objects and lists around
/// it, so it costs nothing where there is none.
package struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// As `JSONDecoder`'s, so that no text can overflow the stack.
  private static let maximumDepth = 512

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  /// Reads a whole text: one value and nothing behind it.
  package static func read<Value>(
    _ bytes: [UInt8], _ value: (inout JSONReader) throws(FormatError) -> Value
  ) throws(FormatError) -> Value {
    var reader = JSONReader(bytes)
    if reader.peek() == nil {
      throw FormatError(findings: [.init(location: FormatError.wholeDocument, message: "is empty")])
    }
    do throws(FormatError) {
      let result = try value(&reader)
      guard reader.peek() == nil else { throw reader.malformed("something follows after the end") }
      return result
    } catch {
      throw FormatError(
        findings: error.findings.map {
          .init(location: shortened($0.location), message: $0.message)
        })
    }
  }

  /// Most characters of a location: only of a damaged text it takes more.
  private static let longestLocation = 200

  private static func shortened(_ location: String) -> String {
    if location.isEmpty { return FormatError.wholeDocument }
    let half = longestLocation / 2
    return location.count > longestLocation ? location.prefix(half) + "…" + location.suffix(half) : location
  }

  // MARK: Objects and lists

  /// Calls `field` for each field of an object that is not null; it must read the value or ``skip()`` it. A name that is
  /// given twice is an error: one of the two would be lost.
  package mutating func object(
    _ field: (_ name: String, _ value: inout JSONReader) throws(FormatError) -> Void
  ) throws(FormatError) {
    try enter("{", "an object")
    defer { depth -= 1 }
    if take("}") { return }
    var names = NamesOnce()
    var repeated: [FormatError.Finding] = []
    repeat {
      guard peek() == UInt8(ascii: "\"") else { throw malformed("expected a name in quotes") }
      let name = try string()
      let isNew = names.insert(name)
      if !isNew { repeated += FormatError("is given twice").inside(name).findings }
      guard take(":") else { throw malformed("expected a colon") }
      if take(word: "null") { continue }
      do { try isNew ? field(name, &self) : skip() } catch { throw error.inside(name) }
    } while take(",")
    guard take("}") else { throw malformed("expected a comma or }") }
    if !repeated.isEmpty { throw FormatError(findings: repeated) }
  }

  /// What `element` makes of each element of a list.
  package mutating func list<Element>(
    _ element: (_ value: inout JSONReader) throws(FormatError) -> Element
  ) throws(FormatError) -> [Element] {
    try enter("[", "a list")
    defer { depth -= 1 }
    var elements: [Element] = []
    if !take("]") {
      repeat {
        do { elements.append(try element(&self)) } catch { throw error.inside("[\(elements.count)]") }
      } while take(",")
      guard take("]") else { throw malformed("expected a comma or ]") }
    }
    return elements
  }

  /// An object whose fields all hold the same kind of value.
  package mutating func dictionary<Value>(
    _ value: (inout JSONReader) throws(FormatError) -> Value
  ) throws(FormatError) -> [String: Value] {
    var values: [String: Value] = [:]
    try object { name, json throws(FormatError) in values[name] = try value(&json) }
    return values
  }

  /// Refuses a field that the format does not have: its name is misspelt most likely.
  package func refuse() throws(FormatError) { throw FormatError("is not known") }

  /// Passes a value of any kind.
  package mutating func skip() throws(FormatError) {
    switch peek() {
    case UInt8(ascii: "{"): try object { _, value throws(FormatError) in try value.skip() }
    case UInt8(ascii: "["): _ = try list { value throws(FormatError) in try value.skip() }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    case UInt8(ascii: "n") where take(word: "null"): break
    default: _ = try number("a value")
    }
  }

  /// Names of an object's fields so far: a list while they are few, as in nearly every object.
  private struct NamesOnce {
    private static let few = 16
    private var list: [String] = []
    private var set: Set<String> = []

    /// Whether the name is new.
    mutating func insert(_ name: String) -> Bool {
      if !set.isEmpty { return set.insert(name).inserted }
      if list.contains(name) { return false }
      list.append(name)
      if list.count > Self.few { set = Set(list) }
      return true
    }
  }

  private mutating func enter(_ bracket: Unicode.Scalar, _ kind: String) throws(FormatError) {
    guard take(bracket) else { throw unexpected(kind) }
    depth += 1
    if depth > Self.maximumDepth { throw malformed("it is nested too deep") }
  }

  /// Whether a list comes next.
  package var isList: Bool { mutating get { peek() == UInt8(ascii: "[") } }

  /// Whether a text comes next.
  package var isString: Bool { mutating get { peek() == UInt8(ascii: "\"") } }

  /// Whether `null` comes next.
  package var isNull: Bool { mutating get { peek() == UInt8(ascii: "n") } }

  /// Whether a number comes next.
  package var isNumber: Bool {
    mutating get { peek().map { $0.isDigit || $0 == UInt8(ascii: "-") } ?? false }
  }

  /// Whether `true` or `false` comes next.
  package var isFlag: Bool { mutating get { peek() == UInt8(ascii: "t") || peek() == UInt8(ascii: "f") } }

  // MARK: Single values

  package mutating func bool() throws(FormatError) -> Bool {
    if take(word: "true") { return true }
    if take(word: "false") { return false }
    throw unexpected("true or false")
  }

  /// A boolean, or a number that is 0 for false.
  package mutating func flag() throws(FormatError) -> Bool {
    peek()?.isDigit == true ? try integer() != 0 : try bool()
  }

  /// A number without a fraction, whether written with a point or not.
  package mutating func integer() throws(FormatError) -> Int {
    let (whole, text) = try number("a whole number")
    if let value = whole ?? Double(self.text(text)).flatMap(Int.init(exactly:)) { return value }
    throw FormatError("expected a whole number, found \(self.text(text))")
  }

  package mutating func double() throws(FormatError) -> Double {
    let (whole, text) = try number("a number")
    if let whole, let value = Double(exactly: whole) { return value }
    guard let value = Double(self.text(text)), value.isFinite else {
      throw FormatError("\(self.text(text)) is out of range")
    }
    return value
  }

  package mutating func string() throws(FormatError) -> String {
    let (range, isEscaped) = try stringBytes()
    let text =
      isEscaped
      ? String(validating: try unescaped(range), as: UTF8.self)
      : String(validating: bytes[range], as: UTF8.self)
    guard let text else { throw malformed("a text is not UTF-8") }
    return text
  }

  /// A text, a number as it is written, `true` or `false`, or the number of elements of a list.
  package mutating func cell() throws(FormatError) -> String {
    switch peek() {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return "\(try bool())"
    case UInt8(ascii: "["): return "\(try list { value throws(FormatError) in try value.skip() }.count)"
    default: return text(try number("a text or a number").text)
    }
  }

  /// One of a few words.
  package mutating func choice<Value: RawRepresentable<String>>(
    _ values: [Value]
  ) throws(FormatError) -> Value {
    let word = try string()
    if let value = values.first(where: { $0.rawValue == word }) { return value }
    throw FormatError(
      "\"\(word)\" is not known; known are: \(values.map(\.rawValue).joined(separator: ", "))")
  }

  // MARK: Bytes

  /// - Returns: where the number stands, and its value where it is written in digits alone and fits.
  private mutating func number(_ kind: String) throws(FormatError) -> (whole: Int?, text: Range<Int>) {
    guard let first = peek(), first == UInt8(ascii: "-") || first.isDigit else { throw unexpected(kind) }
    let start = position
    if first == UInt8(ascii: "-") { position += 1 }
    let firstDigit = position
    var whole: Int? = 0
    while position < bytes.count, bytes[position].isDigit {
      if let value = whole {
        let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
        let (sum, carries) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
        whole = overflows || carries ? nil : sum
      }
      position += 1
    }
    if position == firstDigit || (bytes[firstDigit] == UInt8(ascii: "0") && position > firstDigit + 1) {
      throw malformed("a number is malformed")
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      whole = nil
      position += 1
      try digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      whole = nil
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      try digits()
    }
    return (first == UInt8(ascii: "-") ? whole.map { -$0 } : whole, start..<position)
  }

  private mutating func digits() throws(FormatError) {
    let start = position
    while position < bytes.count, bytes[position].isDigit { position += 1 }
    if position == start { throw malformed("a number is malformed") }
  }

  /// Passes a string in quotes.
  /// - Returns: what stands between the quotes, and whether there are escapes in it.
  private mutating func stringBytes() throws(FormatError) -> (text: Range<Int>, isEscaped: Bool) {
    guard take("\"") else { throw unexpected("String") }
    let start = position
    var isEscaped = false
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return (start..<position - 1, isEscaped)
      case UInt8(ascii: "\\"):
        isEscaped = true
        position += 2
      case 0..<0x20: throw malformed("a control character stands in a text")
      default: position += 1
      }
    }
    position = bytes.count
    throw malformed("it ends in the middle")
  }

  private func unescaped(_ range: Range<Int>) throws(FormatError) -> [UInt8] {
    var result: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let escape = bytes[index + 1]
      index += 2
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(escape)
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0c)
      case UInt8(ascii: "n"): result.append(0x0a)
      case UInt8(ascii: "r"): result.append(0x0d)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        var units = [try codeUnit(at: index, in: range)]
        index += 4
        if UTF16.isLeadSurrogate(units[0]), bytes[index...].starts(with: "\\u".utf8) {
          units.append(try codeUnit(at: index + 2, in: range))
          index += 6
        }
        guard let text = String(validating: units, as: UTF16.self) else {
          throw malformed("half a surrogate pair stands in a text")
        }
        result += text.utf8
      default: throw malformed("an escape in a text is unknown")
      }
    }
    return result
  }

  /// Four hexadecimal digits.
  private func codeUnit(at index: Int, in range: Range<Int>) throws(FormatError) -> UInt16 {
    guard index + 4 <= range.upperBound, bytes[index..<index + 4].allSatisfy(\.isHexDigit),
      let unit = UInt16(text(index..<index + 4), radix: 16)
    else { throw malformed("an escape in a text is malformed") }
    return unit
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The next byte that is not white space, without passing it.
  private mutating func peek() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return bytes[position]
      }
    }
    return nil
  }

  /// Passes a mark where it stands next.
  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  /// Passes a word where it stands next.
  private mutating func take(word: String) -> Bool {
    guard peek() == word.utf8.first, bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  // MARK: Errors

  /// For a value of another kind, or none.
  private mutating func unexpected(_ kind: String) -> FormatError {
    guard let byte = peek() else { return malformed("it ends in the middle") }
    if byte == UInt8(ascii: "n") { return FormatError("expected \(kind), found null") }
    let starts = "{[\"-tf0123456789".utf8
    return starts.contains(byte) ? FormatError("expected \(kind)") : malformed("expected a value")
  }

  private func malformed(_ message: String) -> FormatError {
    let before = bytes[..<position]
    let line = before.count { $0 == 0x0a } + 1
    let column = position - (before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0) + 1
    return FormatError("not JSON at line \(line), column \(column): \(message)")
  }
}

extension FormatError {
  /// Of what is read at the moment; its place is added on the way out.
  package init(_ message: String) { self.init(findings: [Finding(location: "", message: message)]) }

  /// The same with a name or `[index]` before every place.
  fileprivate func inside(_ outer: String) -> FormatError {
    FormatError(
      findings: findings.map { finding in
        let joint = finding.location.isEmpty || finding.location.hasPrefix("[") ? "" : "."
        return Finding(location: outer + joint + finding.location, message: finding.message)
      })
  }
}

extension Optional {
  /// The value of a field of an object that was read.
  package func required(_ name: String) throws(FormatError) -> Wrapped {
    guard let self else { throw FormatError(findings: [.init(location: name, message: "is missing")]) }
    return self
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  fileprivate var isHexDigit: Bool {
    isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
  }
}
