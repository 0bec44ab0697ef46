import Rules

/// Reads the fields of one JSON object, collecting every problem instead of stopping at the first.
///
/// A figure is a plain value, or an object `{"value": ..., "source": "...", "assumed": true}` that says where it
/// comes from.
struct ObjectReader {
  let file: String
  let path: String
  private let fields: [String: JSONValue]
  private var read: Set<String> = []
  private(set) var findings: [SystemFinding] = []

  init(_ value: JSONValue, file: String, path: String) {
    self.file = file
    self.path = path
    if case .object(let fields) = value {
      self.fields = fields
    } else {
      fields = [:]
      findings = [
        SystemFinding(file: file, field: path, message: "expected an object, found \(value.kind)")
      ]
    }
  }

  /// Stops at once when the value is no object: every field would be reported missing.
  func requireObject() throws(SystemError) {
    if !findings.isEmpty { throw SystemError(category: .badInput, findings: findings) }
  }

  /// Whether the object has the field.
  func has(_ key: String) -> Bool { fields[key] != nil }

  /// The field itself, sources included; `nil` when it is missing.
  mutating func value(_ key: String) -> JSONValue? {
    read.insert(key)
    return fields[key]
  }

  mutating func report(_ key: String, _ message: String) {
    let field = key.isEmpty ? path : (path.isEmpty ? key : "\(path).\(key)")
    findings.append(SystemFinding(file: file, field: field, message: message))
  }

  /// Takes over what a reader of a nested object found.
  mutating func absorb(_ other: ObjectReader) { findings += other.findings }

  mutating func absorb(_ others: [SystemFinding]) { findings += others }

  /// Reports fields that nothing has asked for: misspelt names must not pass silently.
  mutating func reportUnknownFields() {
    for key in fields.keys.sorted() where !read.contains(key) {
      let near =
        read.sorted().first { $0.lowercased() == key.lowercased() }
        ?? EditDistance.nearest(to: key, among: read.subtracting(fields.keys).sorted())
      report(key, near.map { "is not known; did you mean \($0)?" } ?? "is not known")
    }
  }

  /// The figure in `key` without its source; a missing one is reported.
  mutating func figure(_ key: String) -> JSONValue? {
    guard let value = value(key) else {
      report(key, "is missing")
      return nil
    }
    return unwrapped(value, key)
  }

  mutating func number(_ key: String, _ range: FigureRange, scale: Double = 1) -> Double? {
    guard let value = figure(key) else { return nil }
    return number(value, key, range, scale: scale)
  }

  /// Numbers by precision, in the order of ``Precision/allCases``. One plain figure stands for all of `expected`.
  mutating func numbersByPrecision(
    _ key: String, _ range: FigureRange, scale: Double = 1, expected: [Precision]? = nil
  ) -> [Precision: Double] {
    guard let value = value(key) else {
      report(key, "is missing")
      return [:]
    }
    guard case .object(let entries) = value, entries["value"] == nil else {
      guard let plain = unwrapped(value, key), let expected,
        let figure = number(plain, key, range, scale: scale)
      else {
        if expected == nil { report(key, "expected an object by precision, found \(value.kind)") }
        return [:]
      }
      return Dictionary(uniqueKeysWithValues: expected.map { ($0, figure) })
    }
    var result: [Precision: Double] = [:]
    for name in entries.keys.sorted() {
      guard let precision = Precision(rawValue: name) else {
        let known = Precision.allCases.map(\.rawValue).joined(separator: ", ")
        report("\(key).\(name)", "is not a precision; known are \(known)")
        continue
      }
      guard let entry = entries[name], let plain = unwrapped(entry, "\(key).\(name)") else { continue }
      result[precision] = number(plain, "\(key).\(name)", range, scale: scale)
    }
    if entries.isEmpty { report(key, "needs at least one precision") }
    return result
  }

  mutating func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value = figure(key) else { return nil }
    return integer(value, key, range)
  }

  mutating func integer(_ value: JSONValue, _ key: String, _ range: ClosedRange<Int>) -> Int? {
    guard case .number(let number) = value else {
      report(key, "expected a whole number, found \(value.kind)")
      return nil
    }
    guard let whole = Int(exactly: number), range.contains(whole) else {
      report(
        key, "expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(words(number))"
      )
      return nil
    }
    return whole
  }

  mutating func bool(_ key: String) -> Bool? {
    guard let value = figure(key) else { return nil }
    guard case .bool(let flag) = value else {
      report(key, "expected true or false, found \(value.kind)")
      return nil
    }
    return flag
  }

  mutating func string(_ key: String) -> String? {
    guard let value = figure(key) else { return nil }
    guard case .string(let text) = value, !text.isEmpty else {
      report(key, "expected a text, found \(value == .string("") ? "an empty one" : value.kind)")
      return nil
    }
    return text
  }

  mutating func strings(_ key: String) -> [String]? {
    guard let value = figure(key) else { return nil }
    guard case .array(let entries) = value else {
      report(key, "expected a list of texts, found \(value.kind)")
      return nil
    }
    var result: [String] = []
    for (index, entry) in entries.enumerated() {
      if case .string(let text) = entry {
        result.append(text)
      } else {
        report("\(key)[\(index)]", "expected a text, found \(entry.kind)")
      }
    }
    return result
  }

  private mutating func number(
    _ value: JSONValue, _ key: String, _ range: FigureRange, scale: Double
  ) -> Double? {
    guard case .number(let number) = value else {
      report(key, "expected a number, found \(value.kind)")
      return nil
    }
    guard number.isFinite, range.contains(number) else {
      report(key, "must be \(range.words), found \(words(number))")
      return nil
    }
    // Large figures are counts: 67.2 x 10^9 must not become 67200000000.00001.
    return scale > 1 ? (number * scale).rounded() : number
  }

  private mutating func unwrapped(_ value: JSONValue, _ key: String) -> JSONValue? {
    guard case .object(let entries) = value else { return value }
    for name in entries.keys.sorted() {
      switch (name, entries[name]) {
      case ("value", _), ("source", .some(.string)), ("assumed", .some(.bool)): break
      case ("source", _): report("\(key).source", "expected a text")
      case ("assumed", _): report("\(key).assumed", "expected true or false")
      default: report("\(key).\(name)", "is not known; a figure has value, source and assumed")
      }
    }
    guard let inner = entries["value"] else {
      report(key, "has no value")
      return nil
    }
    return inner
  }
}

/// A number as its author would write it: whole ones without a fraction.
func words(_ number: Double) -> String {
  Int(exactly: number).map(String.init) ?? "\(number)"
}

/// The numbers that a figure may take.
enum FigureRange {
  case positive, notNegative, fraction

  /// Above this no figure of a computer is real, and sums of a thousand such stay finite and exact enough.
  private static let largest = 1e9

  func contains(_ value: Double) -> Bool {
    switch self {
    case .positive: value > 0 && value <= Self.largest
    case .notNegative: value >= 0 && value <= Self.largest
    case .fraction: value > 0 && value <= 1
    }
  }

  var words: String {
    switch self {
    case .positive: "above 0 and at most 10^9"
    case .notNegative: "from 0 to 10^9"
    case .fraction: "above 0 and at most 1"
    }
  }
}
