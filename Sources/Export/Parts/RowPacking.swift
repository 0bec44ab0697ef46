import Foundation
import Graph

/// Leaves ids of other shards out of a look-up whose bags are added up at once, or their largest taken: what a bag has of this shard's ids is moved to its
/// front, and as many are looked up of each bag as the fullest has. The others lead to the row
/// that does not count.
///
/// That takes about a dozen passes over the ids, and saves rows that are looked up and added: see ``pays``. A scatter that adds up
/// would save more, but ONNX Runtime's ScatterND adds wrongly where several threads meet one bag (microsoft/onnxruntime#18048).
/// Loops over bags have ``BodyPacking``. Pooled look-ups of other domains lead ids of other shards to that row alone: compilers that know
/// them want fixed shapes.
struct RowPacking {
  /// Of the ids; the last axis is the bag.
  let shape: [Int]

  /// The packings of a shard's look-up, by result of the gather.
  ///
  /// - Parameter tables: By value: how the shard's rows are read.
  static func found(
    in trace: NodeTracer.Trace, of tables: [Int: TableRead], _ written: WrittenGraph
  ) -> [Int: RowPacking] {
    var readers: [Int: [Scope.Node]] = [:]
    for node in trace.nodes.sorted().map({ written.scope.nodes[$0] }) {
      for value in node.inputs.compactMap({ $0 }) + node.captured { readers[value, default: []].append(node) }
    }
    var found: [Int: RowPacking] = [:]
    for (value, read) in tables {
      for node in readers[value] ?? [] {
        guard read.range != nil, node.type == "Gather", TableReads.isGather(node),
          node.inputs.count == 2,
          let ids = node.inputs[1], let shape = written.value(ids).shape, shape.count > 1,
          let length = shape.last, length > 1,
          let rows = node.outputs.first.flatMap({ $0 }), let pool = readers[rows], pool.count == 1,
          pools(pool[0], rows, axis: shape.count - 1, written)
        else { continue }
        let packing = RowPacking(shape: shape)
        if packing.pays(share: read.share, columns: read.columns) {
          found[rows] = packing
        }
      }
    }
    return found
  }

  /// Whether a node adds rows up, or takes the largest, along the bag and no other axis.
  private static func pools(_ node: Scope.Node, _ rows: Int, axis: Int, _ written: WrittenGraph) -> Bool {
    guard ["ReduceSum", "ReduceMax"].contains(node.type), node.domain.isEmpty, node.inputs.first == rows
    else { return false }
    var axes: [Int] = []
    if case .ints(let given)? = node.attributes["axes"] { axes = given }
    if node.inputs.count > 1, let input = node.inputs[1], case .ints(let given)? = written.value(input).values
    {
      axes = given
    }
    return axes == [axis] || axes == [-2]
  }

  /// Bags of one batch.
  private var bags: Int { shape.dropLast().reduce(1, Saturated.product) }

  /// Whether the rows saved take longer than the passes over the ids: on one core of a server, with ONNX Runtime 1.32, an id takes as
  /// long as about 17 elements of a row.
  ///
  /// - Parameter share: Of the ids that are the shard's.
  private func pays(share: Double, columns: Int) -> Bool {
    let length = Double(shape.last ?? 0)
    let mean = length * share
    // The fullest of so many bags, whose ids are drawn at random.
    let fullest = mean + (2 * log(Double(max(2, bags))) * mean * (1 - share)).squareRoot()
    return (1 - min(length, fullest) / max(1, length)) * Double(columns) > 17
  }

  /// Writes nodes that move ids to the front of their bags.
  ///
  /// - Parameters:
  ///   - local: Rows of the shard, of all ids one after the other.
  ///   - isHere: Which of them the shard has.
  /// - Returns: Rows of the shard in the shape of the ids, but for the last axis.
  func packed(_ local: String, _ isHere: String, otherRow: Int, _ nodes: inout LookupNodes) -> String {
    let length = shape.last ?? 1
    let int64 = TableRead.int64
    let (zero, one) = (nodes.scalar(int64, 0), nodes.scalar(int64, 1))
    let flat = nodes.list([-1])
    let found = nodes.add("NonZero", [isHere], "found")
    let positions = nodes.add("Reshape", [found, flat], "positions")
    let rows = nodes.add("Gather", [local, positions], "own_rows")
    let bag = nodes.add("Div", [positions, nodes.scalar(int64, Double(length))], "bag")

    let byBag = nodes.add("Reshape", [isHere, nodes.list([Int64(bags), Int64(length)])], "by_bag")
    let ones = nodes.cast(byBag, to: ElementType.int32.onnxCode, "ones")
    let counted = nodes.add(
      "ReduceSum", [ones, nodes.list([1])], "counted", attributes: [NodeText.attribute("keepdims", 0)])
    let counts = nodes.cast(counted, to: int64, "counts")
    let starts = nodes.add(
      "CumSum", [counts, zero], "starts", attributes: [NodeText.attribute("exclusive", 1)])
    let most = nodes.add(
      "ReduceMax", [counts], "most", attributes: [NodeText.attribute("keepdims", 1)])
    // An empty bag is one row that does not count.
    let width = nodes.add("Max", [most, nodes.list([1])], "width")

    let numbers = nodes.add("Range", [zero, nodes.scalar(int64, Double(bags)), one], "bag_numbers")
    let firsts = nodes.add("Mul", [numbers, width], "firsts")
    let shifts = nodes.add("Sub", [firsts, starts], "shifts")
    let shift = nodes.add("Gather", [shifts, bag], "shift")
    let total = nodes.add("Size", [positions], "total")
    let order = nodes.add("Range", [zero, total, one], "order")
    let target = nodes.add("Add", [shift, order], "target")
    let targets = nodes.add("Reshape", [target, nodes.list([-1, 1])], "targets")

    let size = nodes.add("Mul", [width, nodes.list([Int64(bags)])], "size")
    let zeros = nodes.add("Expand", [nodes.list([Int64(otherRow)]), size], "zeros")
    let places = nodes.add("ScatterND", [zeros, targets, rows], "places")
    let shape = nodes.add(
      "Concat", [nodes.list(self.shape.dropLast().map(Int64.init)), width], "packed_shape",
      attributes: [NodeText.attribute("axis", 0)])
    return nodes.add("Reshape", [places, shape], "packed")
  }
}
