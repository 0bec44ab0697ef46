/// Rewrites reductions over segments as tf2onnx writes them, of `segment_sum` and `embedding_lookup_sparse` for instance, as
/// what they compute: a scatter of the rows with a reduction.
///
/// tf2onnx sorts the segments (TopK), counts them (Unique) and fills a grid with the places of each segment's rows
/// (ScatterND); rows are gathered by the grid, one that does not count in empty places, and reduced along it. The grid is as
/// wide as the largest segment, which depends on data, so that no shape behind it follows. That of the scatter follows from
/// the number of segments. Where that is one more than the largest of them, as many are taken as there are different ones.
struct SegmentForms {
  private var scope: Scope

  static func rewrite(_ scope: Scope) -> Scope {
    guard scope.nodes.contains(where: { $0.type == "TopK" }) else { return scope }
    var forms = SegmentForms(scope: scope)
    var replacements: [Int: [Scope.Node]] = [:]
    for index in scope.nodes.indices {
      if let segments = forms.segments(scope.nodes[index]) {
        replacements[index] = forms.scatter(segments, of: scope.nodes[index])
        if segments.isFromLargest, let number = scope.writer(of: segments.number) {
          replacements[number.index] = forms.different(segments, of: number.node)
        }
      }
    }
    return forms.scope.replacing(replacements)
  }

  /// What is reduced, and how.
  private struct Segments {
    var rows: Int
    var segments: Int
    /// How many there are, of one element, and whether it is one more than the largest.
    var number: Int
    var isFromLargest: Bool
    /// The shape of a row, and what an empty segment has.
    var row: Int
    var empty: Scope.Node
    /// The table, where each row of it was gathered once and the rows are put where their indices were: the shape of these
    /// is known as an upper bound alone.
    var table: Int?
    var result: Int
    var reduction: String
  }

  private static let reductions = [
    "ReduceSum": "add", "ReduceMax": "max", "ReduceMin": "min", "ReduceProd": "mul",
  ]

  private func segments(_ node: Scope.Node) -> Segments? {
    guard let reduction = Self.reductions[node.type], node.attributes["keepdims"] == .int(0),
      axes(node) == [1],
      let result = node.outputs.first.flatMap({ $0 }), let gather = writer(node, 0, "Gather"),
      [nil, .int(0)].contains(gather.attributes["axis"]), let joined = writer(gather, 0, "Concat"),
      joined.attributes["axis"] == .int(0), joined.inputs.count == 2, let rows = joined.inputs[0],
      let empty = writer(joined, 1, "Unsqueeze").flatMap({ writer($0, 0, "ConstantOfShape") }),
      let row = empty.inputs.first.flatMap({ $0 }), let grid = writer(gather, 1, "ScatterND"),
      let sorted = writer(grid, 2, "TopK"), sorted.outputs.count == 2, grid.inputs[2] == sorted.outputs[1],
      let places = writer(grid, 1, "Concat"), let owner = writer(places, 0, "Unsqueeze"),
      owner.inputs.first == sorted.outputs[0], let segments = sorted.inputs.first.flatMap({ $0 }),
      let sizes = writer(grid, 0, "ConstantOfShape").flatMap({ writer($0, 0, "Concat") }),
      let number = sizes.inputs.first.flatMap({ $0 })
    else { return nil }
    let largest = writer(sizes, 0, "Unsqueeze").flatMap { writer($0, 0, "Add") }
      .flatMap { writer($0, 0, "ReduceMax") }
    return Segments(
      rows: rows, segments: segments, number: number, isFromLargest: largest?.inputs.first == segments,
      row: row, empty: empty, table: table(ofDistinct: rows),
      result: result, reduction: reduction)
  }

  private func table(ofDistinct rows: Int) -> Int? {
    guard let placed = scope.writer(of: rows)?.node, placed.type == "Gather",
      let distinct = writer(placed, 0, "Gather"), let unique = writer(distinct, 1, "Unique"),
      unique.attributes["axis"] == nil
    else { return nil }
    return distinct.inputs[0]
  }

  private func writer(_ node: Scope.Node, _ input: Int, _ type: String) -> Scope.Node? {
    guard node.inputs.count > input, let value = node.inputs[input], let node = scope.writer(of: value)?.node,
      node.type == type, node.domain.isEmpty
    else { return nil }
    return node
  }

  private func axes(_ node: Scope.Node) -> [Int]? {
    if case .ints(let axes)? = node.attributes["axes"] { return axes }
    return node.inputs.count > 1 ? node.inputs[1].flatMap { scope.constantInts($0) } : nil
  }

  private mutating func scatter(_ part: Segments, of node: Scope.Node) -> [Scope.Node] {
    var nodes: [Scope.Node] = []
    let row =
      part.table.map { add(to: &nodes, "\(node.name)/row", "Shape", [$0], ["start": .int(1)]) } ?? part.row
    let shape = add(to: &nodes, "\(node.name)/shape", "Concat", [part.number, row], ["axis": .int(0)])
    let base = add(to: &nodes, "\(node.name)/empty", "ConstantOfShape", [shape], like: part.empty)
    let index = add(to: &nodes, "\(node.name)/index", "Unsqueeze", [part.segments], ["axes": .ints([1])])
    _ = add(
      to: &nodes, "\(node.name)/scatter", "ScatterND", [base, index, part.rows],
      ["reduction": .string(part.reduction)],
      result: part.result)
    return nodes
  }

  /// How many different segments there are, in the place of one more than the largest.
  private mutating func different(_ part: Segments, of node: Scope.Node) -> [Scope.Node] {
    var nodes: [Scope.Node] = []
    let segments = add(to: &nodes, "\(node.name)/different", "Unique", [part.segments])
    _ = add(to: &nodes, node.name, "Shape", [segments], result: part.number)
    return nodes
  }

  private mutating func add(
    to nodes: inout [Scope.Node], _ name: String, _ type: String, _ inputs: [Int],
    _ attributes: [String: Attribute] = [:], like model: Scope.Node? = nil, result: Int? = nil
  ) -> Int {
    if result == nil { scope.values.append(Scope.Value(name: name, origin: .removed, declared: nil)) }
    let output = result ?? scope.values.count - 1
    nodes.append(
      Scope.Node(
        name: name, type: type, domain: "", inputs: inputs, outputs: [output],
        attributes: model?.attributes ?? attributes, tensors: model?.tensors ?? [:], bodies: [], captured: [])
    )
    return output
  }
}
