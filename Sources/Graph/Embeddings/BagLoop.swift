/// The body of a loop that sums the rows of one bag per pass: Slice of captured indices, Gather from a captured table,
/// ReduceSum, ReduceMean or ReduceMax of the rows.
struct BagLoop {
  /// Name of the captured tensor that holds the indices of all bags.
  let indices: String

  init?(_ body: Scope, table: String) {
    let gathers = body.nodes.filter { node in
      node.has(.rowLookup) && node.inputs.count > 1
        && node.inputs[0].map { body.values[$0].name == table } ?? false
    }
    guard gathers.count == 1, let rows = gathers[0].outputs.first.flatMap({ $0 }),
      Self.isReduced(rows, in: body), let index = gathers[0].inputs[1]
    else { return nil }
    guard let source = Self.source(of: index, in: body) else { return nil }
    indices = body.values[source].name
  }

  /// Whether the rows, possibly scaled by per-sample weights, end in a reduction.
  private static func isReduced(_ value: Int, in body: Scope) -> Bool {
    let readers = body.nodes.filter { $0.inputs.contains(value) }
    guard readers.count == 1 else { return false }
    if readers[0].type == "Mul", let output = readers[0].outputs.first.flatMap({ $0 }) {
      return isReduced(output, in: body)
    }
    return readers[0].has(.pooling)
  }

  /// The captured value a slice of indices comes from.
  private static func source(of value: Int, in body: Scope) -> Int? {
    switch body.values[value].origin {
    case .captured: return value
    case .node(let node, _):
      let types = ["Slice", "Cast", "Identity", "Unsqueeze", "Squeeze", "Reshape"]
      guard types.contains(body.nodes[node].type), let input = body.nodes[node].inputs.first.flatMap({ $0 })
      else { return nil }
      return source(of: input, in: body)
    case .input, .constant: return nil
    }
  }
}
