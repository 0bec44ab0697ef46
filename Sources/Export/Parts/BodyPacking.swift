import Graph

/// Leaves ids of other shards out of a look-up in a loop over bags: those of this shard are picked out of the bag, and the row that
/// does not count put behind them, so that no bag is empty.
enum BodyPacking {
  /// Whether rows that a gather in a body hands on are added up at once, or their largest taken, of ids that are one bag.
  ///
  /// - Parameter gather: Of the frame's scope, which is a body.
  static func pools(_ gather: Scope.Node, in frame: NodeWriter.Frame, _ written: WrittenGraph) -> Bool {
    let scope = frame.scope
    guard frame.parent != nil, gather.type == "Gather", gather.inputs.count == 2, let ids = gather.inputs[1],
      let rows = gather.outputs.first.flatMap({ $0 }), !scope.outputs.contains(rows)
    else { return false }
    let readers = scope.nodes.filter { $0.inputs.contains(rows) || $0.captured.contains(rows) }
    guard readers.count == 1, let pool = readers.first, ["ReduceSum", "ReduceMax"].contains(pool.type),
      pool.domain.isEmpty, pool.inputs.first == rows, axes(of: pool, frame, written) == [0]
    else { return false }
    return isBag(ids, frame, written)
  }

  private static func axes(
    of pool: Scope.Node, _ frame: NodeWriter.Frame, _ written: WrittenGraph
  ) -> [Int]? {
    guard pool.inputs.count > 1, let input = pool.inputs[1] else {
      if case .ints(let axes)? = pool.attributes["axes"] { return axes }
      return nil
    }
    if let outer = frame.outermost(input) {
      // One axis may be written as a number.
      if case .ints(let axes)? = written.value(outer).values { return axes }
      return nil
    }
    if case .constant(let position) = frame.scope.values[input].origin,
      case .ints(let axes)? = frame.scope.constants[position].values
    {
      return axes
    }
    return nil
  }

  /// Whether ids are one list: a piece of one, or the row of a matrix that is the number of the pass.
  private static func isBag(_ ids: Int, _ frame: NodeWriter.Frame, _ written: WrittenGraph) -> Bool {
    guard case .node(let writer, _) = frame.scope.values[ids].origin else { return false }
    let node = frame.scope.nodes[writer]
    guard node.domain.isEmpty, let data = node.inputs.first.flatMap({ $0 }).flatMap(frame.outermost),
      let rank = written.value(data).shape?.count
    else { return false }
    switch node.type {
    case "Slice": return rank == 1
    case "Gather":
      return rank == 2 && [nil, .int(0)].contains(node.attributes["axis"]) && node.inputs.count == 2
        && node.inputs[1] == frame.scope.inputs.first
    default: return false
    }
  }

  /// Whether the rows saved take longer than picking ids: with ONNX Runtime 1.32 on one core of a server both are alike for half of 20 rows
  /// of 32 columns, and picking takes 0.84 of the time for half of 40 rows of 96 and 0.55 for half of 100 rows of 128.
  static func pays(_ read: TableRead) -> Bool {
    read.range != nil && (1 - read.share) * Double(read.columns) > 17
  }
}
