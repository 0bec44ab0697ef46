import Accuracy
import Graph
import ONNXSchema

/// A table, or a shard of one, as the gathers of a part read it: its constants, and the nodes that take the place of a gather.
///
/// A shard of rows `a..<b` has a row of zeros behind them. An index outside is led there, so that what the shards gather adds up
/// to what the whole table gives.
struct TableRead {
  /// Where the shard's rows are.
  enum Rows {
    /// In constants under the names of the piece.
    case stored(RowEncoder.Form)
    /// In a value of the part.
    case computed
  }

  /// What its constants are called.
  var name: String
  var rows: Rows
  /// Rows of the whole table, and of the shard where it has not all of them.
  var tableRows: Int
  var range: Range<Int>?
  var columns: Int
  /// Element types that the table's rows have one after the other, from the stored one on.
  var types: [Int32]

  static let float: Int32 = 1
  static let int64: Int32 = 7

  /// Nodes that write `output` instead of a gather.
  ///
  /// - Parameter scalar: The name of a constant of the part with this type and value.
  func nodes(
    inPlaceOf gather: Onnx_NodeProto, scalar: (Int32, Double) -> String, list: ([Int64]) -> String
  ) -> [Onnx_NodeProto] {
    let output = gather.output.first ?? ""
    var nodes: [Onnx_NodeProto] = []
    func add(_ type: String, _ inputs: [String], _ part: String, attributes: [Onnx_AttributeProto] = [])
      -> String
    {
      var node = Onnx_NodeProto()
      node.opType = type
      node.name = "\(gather.name)/\(part)"
      node.input = inputs
      node.output = ["\(output)/\(part)"]
      node.attribute = attributes
      nodes.append(node)
      return node.output[0]
    }
    func cast(_ input: String, to code: Int32, _ part: String) -> String {
      add("Cast", [input], part, attributes: [NodeText.attribute("to", Int64(code))])
    }
    var index = gather.input.count > 1 ? gather.input[1] : ""
    if let range {
      index = cast(index, to: Self.int64, "index")
      let isNegative = add("Less", [index, scalar(Self.int64, 0)], "negative")
      let fromEnd = add("Add", [index, scalar(Self.int64, Double(tableRows))], "from_end")
      let row = add("Where", [isNegative, fromEnd, index], "row")
      let local = add("Sub", [row, scalar(Self.int64, Double(range.lowerBound))], "local")
      let isBefore = add("Less", [local, scalar(Self.int64, 0)], "before")
      let isIn = add("Less", [local, scalar(Self.int64, Double(range.count))], "in")
      let isHere = add("And", [add("Not", [isBefore], "not_before"), isIn], "here")
      index = add("Where", [isHere, local, scalar(Self.int64, Double(range.count))], "place")
    }
    func gathered(_ data: String, _ part: String) -> String {
      add(gather.opType, [data, index], part, attributes: gather.attribute)
    }
    var value: String
    switch rows {
    case .computed, .stored(.stored): value = gathered(name, "rows")
    case .stored(.half), .stored(.brain): value = cast(gathered(name, "rows"), to: Self.float, "wide")
    case .stored(.codes(let bits, let scaleBytes)):
      let codes = cast(gathered("\(name)/codes", "codes"), to: Self.float, "numbers")
      value = codes
      if bits == 4 {
        let sixteenth = add("Mul", [codes, scalar(Self.float, 0.0625)], "shifted")
        let high = add("Floor", [sixteenth], "high")
        let low = add("Sub", [codes, add("Mul", [high, scalar(Self.float, 16)], "high_part")], "low")
        value = add("Concat", [low, high], "halves", attributes: [NodeText.attribute("axis", -1)])
        if columns % 2 != 0 {
          value = add("Slice", [value, list([0]), list([Int64(columns)]), list([-1])], "unpadded")
        }
      }
      var factors = ["scale", "bias"].map { gathered("\(name)/\($0)", $0) }
      if scaleBytes == 2 {
        factors = factors.map { cast($0, to: Self.float, $0 == factors[0] ? "wide_scale" : "wide_bias") }
      }
      value = add("Add", [add("Mul", [value, factors[0]], "scaled"), factors[1]], "dequantised")
    }
    var current = isWidened ? Self.float : types.first ?? Self.float
    for (step, code) in types.enumerated() where code != current {
      value = cast(value, to: code, "as_\(step)")
      current = code
    }
    if let last = nodes.indices.last { nodes[last].output = [output] }
    return nodes
  }

  private var isWidened: Bool {
    switch rows {
    case .computed, .stored(.stored): false
    case .stored: true
    }
  }
}

/// Pieces of nodes.
enum NodeText {
  static func attribute(_ name: String, _ value: Int64) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    (attribute.name, attribute.type, attribute.i) = (name, .int, value)
    return attribute
  }

  static func attribute(_ name: String, _ value: Attribute) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    switch value {
    case .int(let value): (attribute.type, attribute.i) = (.int, Int64(value))
    case .float(let value): (attribute.type, attribute.f) = (.float, Float(value))
    case .string(let value): (attribute.type, attribute.s) = (.string, .init(value.utf8))
    case .ints(let values): (attribute.type, attribute.ints) = (.ints, values.map(Int64.init))
    case .floats(let values): (attribute.type, attribute.floats) = (.floats, values.map(Float.init))
    case .strings(let values): (attribute.type, attribute.strings) = (.strings, values.map { .init($0.utf8) })
    }
    return attribute
  }

  static func node(
    _ type: String, name: String, inputs: [String], outputs: [String], attributes: [Onnx_AttributeProto] = []
  ) -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    (node.opType, node.name, node.input, node.output, node.attribute) = (
      type, name, inputs, outputs, attributes
    )
    return node
  }
}
