import Foundation

/// A validator for the part of JSON Schema that the project's schemas use: type, const, enum, required, properties,
/// additionalProperties, propertyNames, items, minItems, maxItems, minimum, maximum, exclusiveMinimum, minLength,
/// pattern, anyOf, oneOf and $ref within the document. Any other keyword is reported, so that none passes unread.
public struct JSONSchema {
  private static let annotations: Set<String> = [
    "$schema", "$id", "$defs", "$comment", "title", "description", "default", "examples",
  ]

  private let root: JSONNode

  public init(_ text: String) throws { root = try JSONNode(text) }

  /// Where `document` departs from the schema, a line each; empty when it conforms.
  public func problems(in document: String) throws -> [String] {
    check(try JSONNode(document), root, at: "$")
  }

  private func check(_ value: JSONNode, _ schema: JSONNode, at path: String) -> [String] {
    switch schema {
    case .bool(true): return []
    case .object(let keywords):
      return keywords.sorted { $0.key < $1.key }.flatMap { keyword, argument in
        check(value, keyword, argument, siblings: keywords, at: path)
      }
    default: return ["\(path): not allowed"]
    }
  }

  private func check(
    _ value: JSONNode, _ keyword: String, _ argument: JSONNode, siblings: [String: JSONNode], at path: String
  ) -> [String] {
    switch keyword {
    case _ where Self.annotations.contains(keyword): return []
    case "$ref":
      guard let target = resolve(argument) else { return ["\(path): unknown reference \(argument)"] }
      return check(value, target, at: path)
    case "type": return fits(value, argument) ? [] : ["\(path): is not \(argument.text)"]
    case "const": return value == argument ? [] : ["\(path): is not \(argument.text)"]
    case "enum":
      return argument.elements.contains(value) ? [] : ["\(path): \(value.text) is none of \(argument.text)"]
    case "anyOf", "oneOf":
      let matches = argument.elements.filter { check(value, $0, at: path).isEmpty }.count
      return matches == 1 || (keyword == "anyOf" && matches > 1)
        ? [] : ["\(path): matches \(matches) of \(keyword)"]
    case "minimum": return number(value) { $0 >= $1 }(argument) ? [] : ["\(path): below \(argument.text)"]
    case "maximum": return number(value) { $0 <= $1 }(argument) ? [] : ["\(path): above \(argument.text)"]
    case "exclusiveMinimum":
      return number(value) { $0 > $1 }(argument) ? [] : ["\(path): not above \(argument.text)"]
    case "minLength", "pattern": return checkString(value, keyword, argument, at: path)
    case "items", "minItems", "maxItems": return checkArray(value, keyword, argument, at: path)
    case "required", "properties", "additionalProperties", "propertyNames":
      return checkObject(value, keyword, argument, siblings: siblings, at: path)
    default: return ["\(path): the validator does not know the keyword '\(keyword)'"]
    }
  }

  private func checkString(_ value: JSONNode, _ keyword: String, _ argument: JSONNode, at path: String)
    -> [String]
  {
    guard case .string(let text) = value else { return [] }
    if keyword == "minLength", case .number(let least) = argument {
      return Double(text.count) >= least ? [] : ["\(path): shorter than \(least)"]
    }
    guard case .string(let pattern) = argument else { return ["\(path): bad pattern"] }
    return text.range(of: pattern, options: .regularExpression) != nil
      ? [] : ["\(path): '\(text)' does not match \(pattern)"]
  }

  private func checkArray(_ value: JSONNode, _ keyword: String, _ argument: JSONNode, at path: String)
    -> [String]
  {
    guard case .array(let elements) = value else { return [] }
    if keyword == "items" {
      return elements.enumerated().flatMap { check($1, argument, at: "\(path)[\($0)]") }
    }
    guard case .number(let limit) = argument else { return ["\(path): bad \(keyword)"] }
    let count = Double(elements.count)
    return (keyword == "minItems" ? count >= limit : count <= limit) ? [] : ["\(path): \(keyword) \(limit)"]
  }

  private func checkObject(
    _ value: JSONNode, _ keyword: String, _ argument: JSONNode, siblings: [String: JSONNode], at path: String
  ) -> [String] {
    guard case .object(let members) = value else { return [] }
    let names = members.keys.sorted()
    switch keyword {
    case "required":
      return argument.elements.filter { members[$0.text] == nil }.map { "\(path): has no '\($0.text)'" }
    case "propertyNames":
      return names.flatMap { check(.string($0), argument, at: "\(path) key '\($0)'") }
    case "properties":
      return names.flatMap { name -> [String] in
        guard let member = members[name], let schema = argument.members[name] else { return [] }
        return check(member, schema, at: "\(path).\(name)")
      }
    default:
      let known = siblings["properties"]?.members ?? [:]
      return names.filter { known[$0] == nil }.flatMap { name -> [String] in
        members[name].map { check($0, argument, at: "\(path).\(name)") } ?? []
      }
    }
  }

  private func fits(_ value: JSONNode, _ type: JSONNode) -> Bool {
    if case .array(let types) = type { return types.contains { fits(value, $0) } }
    return switch (value, type.text) {
    case (.object, "object"), (.array, "array"), (.string, "string"), (.bool, "boolean"), (.null, "null"):
      true
    case (.number, "number"): true
    case (.number(let number), "integer"): number == number.rounded()
    default: false
    }
  }

  /// True for what is not a number: its type is another keyword's concern.
  private func number(
    _ value: JSONNode, _ holds: @escaping (Double, Double) -> Bool
  ) -> (JSONNode) -> Bool {
    { limit in
      guard case .number(let a) = value, case .number(let b) = limit else { return true }
      return holds(a, b)
    }
  }

  private func resolve(_ reference: JSONNode) -> JSONNode? {
    if reference.text == "#" { return root }
    guard reference.text.hasPrefix("#/") else { return nil }
    return reference.text.dropFirst(2).split(separator: "/").reduce(Optional(root)) { node, part in
      node?.members[String(part)]
    }
  }
}

/// A JSON value.
enum JSONNode: Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONNode])
  case object([String: JSONNode])

  init(_ text: String) throws { self = try JSONDecoder().decode(JSONNode.self, from: Data(text.utf8)) }

  /// Of a string; for others, a description.
  var text: String {
    switch self {
    case .string(let text): text
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): "\(value)"
    case .array(let elements): elements.map(\.text).joined(separator: ", ")
    case .object: "an object"
    }
  }

  var elements: [JSONNode] { if case .array(let elements) = self { elements } else { [] } }
  var members: [String: JSONNode] { if case .object(let members) = self { members } else { [:] } }
}

extension JSONNode: Decodable {
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
    } else if let value = try? container.decode([JSONNode].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONNode].self))
    }
  }
}
