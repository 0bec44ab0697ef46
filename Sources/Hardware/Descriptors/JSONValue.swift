import FoundationEssentials

/// Any JSON value; keeps what a typed decoder would throw away, so that every problem can be located.
enum JSONValue: Sendable, Hashable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
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
  /// - Throws: A finding on the whole file when the text is not JSON.
  static func parse(_ text: Data, file: String) throws(SystemError) -> JSONValue {
    do {
      return try JSONDecoder().decode(JSONValue.self, from: text)
    } catch {
      throw SystemError(finding: SystemFinding(file: file, field: "", message: "is not valid JSON"))
    }
  }
}
