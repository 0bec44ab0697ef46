import FoundationEssentials
import Rules

/// Any JSON value; keeps what a typed decoder would throw away, so that every problem can be located.
enum JSONValue: Sendable, Hashable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    // Containers are opened, not decoded with `try?`, so that a problem inside keeps its path.
    if var list = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !list.isAtEnd { values.append(try list.decode(JSONValue.self)) }
      self = .array(values)
    } else if let fields = try? decoder.container(keyedBy: FieldName.self) {
      var values: [String: JSONValue] = [:]
      for name in fields.allKeys {
        values[name.stringValue] = try fields.decode(JSONValue.self, forKey: name)
      }
      self = .object(values)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(String.self) {
        self = .string(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "number out of range")
      }
    }
  }

  /// What the value is, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// Reads JSON text.
  /// - Throws: A finding on the whole file when the text is not JSON; one for each name that an object has twice.
  static func parse(_ text: Data, file: String) throws(SystemError) -> JSONValue {
    do {
      try JSONReader.read(Array(text)) { reader throws(FormatError) in try reader.skip() }
    } catch {
      throw SystemError(
        category: .badInput,
        findings: error.findings.map {
          let isWhole = $0.location == FormatError.wholeDocument
          return SystemFinding(file: file, field: isWhole ? "" : $0.location, message: $0.message)
        })
    }
    do {
      return try JSONDecoder().decode(JSONValue.self, from: text)
    } catch {
      // Of a well-formed text only numbers beyond Double's range fail, and those have a path.
      if case DecodingError.dataCorrupted(let context) = error, !context.codingPath.isEmpty {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
        throw SystemError(
          finding: SystemFinding(
            file: file, field: String(path.joined().drop { $0 == "." }),
            message: "is a number too large to represent"))
      }
      let message = "is not valid JSON"
      throw SystemError(finding: SystemFinding(file: file, field: "", message: message))
    }
  }
}

/// The name of any field.
private struct FieldName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
