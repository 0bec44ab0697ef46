import ONNXSchema

/// Nodes that are written in the place of one, and the constants that they read.
struct LookupNodes {
  private(set) var nodes: [Onnx_NodeProto] = []
  private(set) var scalars: [(Int32, Double)] = []
  private(set) var lists: [[Int64]] = []
  private let name: String
  private let output: String

  init(inPlaceOf node: Onnx_NodeProto) {
    name = node.name
    output = node.output.first ?? ""
  }

  // Names of constants follow from their values, so that the constants can be added afterwards.

  static func name(_ code: Int32, _ value: Double) -> String {
    "partition/\(code == TableRead.int64 ? "int64" : "float")/\(value)"
  }

  static func name(_ values: [Int64]) -> String {
    "partition/int64s/\(values.map(String.init).joined(separator: ","))"
  }

  mutating func scalar(_ code: Int32, _ value: Double) -> String {
    scalars.append((code, value))
    return Self.name(code, value)
  }

  mutating func list(_ values: [Int64]) -> String {
    lists.append(values)
    return Self.name(values)
  }

  /// Adds a node with one result.
  mutating func add(
    _ type: String, _ inputs: [String], _ part: String, attributes: [Onnx_AttributeProto] = []
  ) -> String {
    let result = "\(output)/\(part)"
    nodes.append(
      NodeText.node(
        type, name: "\(name)/\(part)", inputs: inputs, outputs: [result], attributes: attributes))
    return result
  }

  mutating func cast(_ input: String, to code: Int32, _ part: String) -> String {
    add("Cast", [input], part, attributes: [NodeText.attribute("to", Int64(code))])
  }

  /// Lets the last node write what the node did whose place these take.
  mutating func end(with result: String) {
    if let last = nodes.indices.last, nodes[last].output == [result] { nodes[last].output = [output] }
  }

  mutating func end(with node: Onnx_NodeProto) { nodes.append(node) }
}
