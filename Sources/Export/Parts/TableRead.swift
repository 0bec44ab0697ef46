import Accuracy
import Graph
import ONNXSchema

/// A table, or a shard of one, as the gathers of a part read it: its constants, and the nodes that take the place of a gather.
///
/// A shard of rows `a..<b` has a row of zeros behind them, or of minus infinity where the largest is taken. An index outside is led
/// there, so that what the shards gather adds up to what the whole table gives, or has its maximum. Where a row counts for nothing, there
/// is a second row behind, which does so in the shard.
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
  /// What the rows behind the shard's own are filled with.
  var behind: [Float] = []
  /// With what those are filled that ids of other shards are led to.
  var filler: Float = 0
  /// Of the look-ups into the whole table, those of the shard.
  var share: Double
  var columns: Int
  /// Element types that the table's rows have one after the other, from the stored one on.
  var types: [Int32]

  static let float: Int32 = 1
  static let int64: Int32 = 7

  /// The row of the shard that ids of other shards are led to.
  private var otherRow: Int { (range?.count ?? 0) + (behind.firstIndex(of: filler) ?? 0) }
  /// The row of the shard that counts for nothing.
  private var paddingRow: Int {
    (range?.count ?? 0) + (behind.indices.first { (range?.count ?? 0) + $0 != otherRow } ?? 0)
  }

  /// Writes nodes that do what a gather of the whole table does.
  ///
  /// - Parameters:
  ///   - pack: Where ids of other shards are left out of several bags.
  ///   - picks: Whether they are left out of the one bag that the ids are.
  func nodes(
    inPlaceOf gather: Onnx_NodeProto, pack: RowPacking?, picks: Bool, to nodes: inout LookupNodes
  ) {
    var index = gather.input.count > 1 ? gather.input[1] : ""
    if let range {
      let ids = pack == nil ? index : nodes.add("Reshape", [index, nodes.list([-1])], "ids")
      let (_, local, isHere) = place(ids, range, &nodes)
      if picks {
        let first = [NodeText.attribute("axis", 0)]
        let own = nodes.add("Compress", [local, isHere], "own", attributes: first)
        index = nodes.add("Concat", [own, nodes.list([Int64(otherRow)])], "place", attributes: first)
      } else {
        index =
          pack?.packed(local, isHere, otherRow: otherRow, &nodes)
          ?? nodes.add("Where", [isHere, local, nodes.scalar(Self.int64, Double(otherRow))], "place")
      }
    }
    func gathered(_ data: String, _ part: String) -> String {
      nodes.add(gather.opType, [data, index], part, attributes: gather.attribute)
    }
    var value: String
    switch rows {
    case .computed, .stored(.stored): value = gathered(name, "rows")
    case .stored(.half), .stored(.brain): value = nodes.cast(gathered(name, "rows"), to: Self.float, "wide")
    case .stored(.codes(let bits, let scaleBytes)):
      let codes = nodes.cast(gathered("\(name)/codes", "codes"), to: Self.float, "numbers")
      value = codes
      if bits == 4 {
        let sixteenth = nodes.add("Mul", [codes, nodes.scalar(Self.float, 0.0625)], "shifted")
        let high = nodes.add("Floor", [sixteenth], "high")
        let above = nodes.add("Mul", [high, nodes.scalar(Self.float, 16)], "high_part")
        let low = nodes.add("Sub", [codes, above], "low")
        value = nodes.add("Concat", [low, high], "halves", attributes: [NodeText.attribute("axis", -1)])
        if columns % 2 != 0 {
          value = nodes.add(
            "Slice", [value, nodes.list([0]), nodes.list([Int64(columns)]), nodes.list([-1])], "unpadded")
        }
      }
      var factors = ["scale", "bias"].map { gathered("\(name)/\($0)", $0) }
      if scaleBytes == 2 {
        factors = zip(factors, ["wide_scale", "wide_bias"]).map { nodes.cast($0, to: Self.float, $1) }
      }
      let scaled = nodes.add("Mul", [value, factors[0]], "scaled")
      value = nodes.add("Add", [scaled, factors[1]], "dequantised")
    }
    nodes.end(with: converted(value, from: isWidened ? Self.float : types.first ?? Self.float, &nodes))
  }

  /// Writes nodes that do what a pooled look-up of the whole table does, or its part of the sum or the maximum.
  func nodes(
    inPlaceOf lookup: Onnx_NodeProto, bag: RowRead.Bag, indexType: Int32, to nodes: inout LookupNodes
  ) {
    var node = lookup
    node.input[0] = converted(name, from: types.first ?? Self.float, &nodes)
    if let range {
      let (row, local, isHere) = place(node.input[bag.indices], range, &nodes)
      var place = nodes.add("Where", [isHere, local, nodes.scalar(Self.int64, Double(otherRow))], "place")
      if let padding = bag.padding {
        let isPadding = nodes.add(
          "Equal", [row, nodes.scalar(Self.int64, Double(padding.row))], "padding")
        let nothing = nodes.scalar(Self.int64, Double(paddingRow))
        place = nodes.add("Where", [isPadding, nothing, place], "padded_place")
        switch padding.place {
        case .input(let position): node.input[position] = nothing
        case .attribute(let name):
          node.attribute.removeAll { $0.name == name }
          node.attribute.append(NodeText.attribute(name, Int64(paddingRow)))
        }
      }
      node.input[bag.indices] =
        indexType == Self.int64 ? place : nodes.cast(place, to: indexType, "typed_place")
    }
    nodes.end(with: node)
  }

  /// Rows of the table, the same as rows of the shard, and which of them the shard has; indices below 0 count from the end.
  private func place(
    _ ids: String, _ range: Range<Int>, _ nodes: inout LookupNodes
  ) -> (row: String, local: String, isHere: String) {
    let zero = nodes.scalar(Self.int64, 0)
    let index = nodes.cast(ids, to: Self.int64, "index")
    let isNegative = nodes.add("Less", [index, zero], "negative")
    let fromEnd = nodes.add("Add", [index, nodes.scalar(Self.int64, Double(tableRows))], "from_end")
    let row = nodes.add("Where", [isNegative, fromEnd, index], "row")
    let local = nodes.add("Sub", [row, nodes.scalar(Self.int64, Double(range.lowerBound))], "local")
    let isBefore = nodes.add("Less", [local, zero], "before")
    let isIn = nodes.add("Less", [local, nodes.scalar(Self.int64, Double(range.count))], "in")
    let isHere = nodes.add("And", [nodes.add("Not", [isBefore], "not_before"), isIn], "here")
    return (row, local, isHere)
  }

  /// The rows in the types that they pass through.
  private func converted(_ value: String, from stored: Int32, _ nodes: inout LookupNodes) -> String {
    var (value, current) = (value, stored)
    for (step, code) in types.enumerated() where code != current {
      value = nodes.cast(value, to: code, "as_\(step)")
      current = code
    }
    return value
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
