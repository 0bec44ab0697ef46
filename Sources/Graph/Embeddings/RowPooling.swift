/// Joins a look-up of rows with what pools them into one `EmbeddingBag` operator.
///
/// Rows that are gathered from a constant are pooled when they are read by one operator alone and end, possibly behind
/// views, casts, a dequantisation, a mask or weights of samples, in
/// - a ReduceSum, ReduceMean or ReduceMax that keeps the rows' width,
/// - a MatMul or Einsum that adds them up with weights that do not depend on them (one row of weights a bag, or a one-hot
///   matrix of segments), or
/// - a scatter of rows with a reduction.
///
/// A division by the number of rows that a mask keeps is part of it, and so is what is put where it keeps none.
///
/// A kernel of the sparse-lengths family does all of that while it reads the rows, so it is what compilers for
/// recommendation models make of it. What is computed from the indices alone (padding masks, scales of quantised rows) is
/// done where the rows are; other weights and segments travel with the indices.
struct RowPooling {
  private var scope: Scope
  private let facts: [TensorFact]
  private var works: [OperatorWork]
  private let live: Liveness
  private let readers: [[Int]]

  static func join(
    _ scope: Scope, facts: [TensorFact], works: [OperatorWork]
  ) -> (scope: Scope, works: [OperatorWork]) {
    let looksUp = scope.nodes.indices.contains {
      scope.nodes[$0].has(.rowLookup) || scope.nodes[$0].has(.bagLookup)
    }
    guard looksUp else {
      return (scope, works)
    }
    var pooling = RowPooling(scope: scope, facts: facts, works: works)
    for index in scope.nodes.indices { pooling.join(index) }
    return (pooling.scope, pooling.works)
  }

  private init(scope: Scope, facts: [TensorFact], works: [OperatorWork]) {
    self.scope = scope
    self.facts = facts
    self.works = works
    live = Liveness(scope, facts)
    readers = scope.readers
  }

  private mutating func join(_ index: Int) {
    guard live.nodes[index] else { return }
    if scope.nodes[index].has(.bagLookup) { return readIndicesAsTheyAre(index) }
    guard let rows = lookup(scope.nodes[index]) else { return }
    var lookup = rows
    if let pooled = pooled(rows) {
      lookup.extras = pooled.extras
      lookup.indices = pooled.indices
      lookup.result = pooled.result
      guard let last = scope.writer(of: pooled.result)?.index else { return }
      let node = scope.nodes[index]
      scope.nodes[last] = Scope.Node(
        name: node.name, type: "EmbeddingBag", domain: "",
        inputs: [lookup.table, scope.source(ofIndices: lookup.indices, facts)] + lookup.extras,
        outputs: [lookup.result], attributes: [:], tensors: [:], bodies: [],
        captured: [])
      works[last] = OperatorWork(
        kind: .lookup,
        vectorOperations: Saturating.product(facts[lookup.indices].count ?? 0, lookup.width))
    } else {
      scope.nodes[index].inputs[1] = scope.source(ofIndices: lookup.indices, facts)
    }
  }

  /// A bag reads its indices, offsets and lengths in the type and shape that they come in.
  private mutating func readIndicesAsTheyAre(_ index: Int) {
    for slot in scope.nodes[index].inputs.indices.dropFirst() {
      guard let value = scope.nodes[index].inputs[slot], facts[value].type?.isIndex ?? false else { continue }
      scope.nodes[index].inputs[slot] = scope.source(ofIndices: value, facts)
    }
  }

  /// Rows gathered from a constant by an index that is not.
  private struct Rows {
    var table: Int
    var indices: Int
    var width: Int
    var result: Int
    /// What travels with the indices.
    var extras: [Int] = []
  }

  private func lookup(_ node: Scope.Node) -> Rows? {
    guard node.has(.rowLookup), node.inputs.count > 1, let table = node.inputs[0],
      let indices = node.inputs[1],
      facts[table].isConstant, !facts[indices].isConstant, let shape = facts[table].shape, shape.count == 2,
      let type = facts[table].type, type.isWeight, let result = node.outputs.first.flatMap({ $0 })
    else { return nil }
    switch node.type {
    case "Gather":
      guard [nil, .int(0), .int(-2)].contains(node.attributes["axis"]) else { return nil }
      return Rows(table: table, indices: indices, width: shape[1], result: result)
    case "GatherND":
      guard [nil, .int(0)].contains(node.attributes["batch_dims"]), facts[indices].shape?.last == 1 else {
        return nil
      }
      return Rows(table: table, indices: indices, width: shape[1], result: result)
    case "GatherBlockQuantized":
      guard [nil, .int(0)].contains(node.attributes["gather_axis"]), let width = facts[result].shape?.last
      else {
        return nil
      }
      return Rows(table: table, indices: indices, width: width, result: result)
    default: return nil
    }
  }

  // MARK: From the rows to the bags

  private struct Pooled {
    var indices: Int
    var result: Int
    var extras: [Int]
  }

  /// What the rows are pooled into, when that is all they are for.
  private func pooled(_ lookup: Rows) -> Pooled? {
    var rows = lookup
    var value = rows.result
    var extras: [Int] = []
    /// The axis along which a row lies; `nil` for the last.
    var axis: Int?
    while true {
      guard let node = onlyReader(of: value), let output = node.outputs.first.flatMap({ $0 }) else {
        return nil
      }
      let position = node.inputs.firstIndex(of: value)
      switch node.type {
      case _ where node.definition?.isView ?? false, "Cast", "CastLike":
        guard position == 0, axis == nil, facts[output].shape?.last == rows.width,
          facts[output].type?.isWeight ?? false
        else { return nil }
      case "Transpose":
        guard axis == nil, let rank = facts[value].shape?.count,
          let place = transposed(node, axis: rank - 1, rank: rank)
        else { return nil }
        axis = place == rank - 1 ? nil : place
      case "Mul", "Div", "Sub", "Add", "DequantizeLinear", "Where":
        guard node.type == "Mul" || node.type == "Where" || position == 0, axis == nil,
          facts[output].count == facts[value].count, facts[output].shape?.last == rows.width
        else { return nil }
        for case .some(let side) in node.inputs where side != value {
          guard let more = sides(side, of: rows) else { return nil }
          extras += more.filter { !extras.contains($0) }
        }
      case "Gather" where isInverse(node, of: rows, gathered: value):
        // Each distinct row was gathered once, and is now put where its indices were.
        rows.indices = scope.writer(of: rows.indices)?.node.inputs.first.flatMap { $0 } ?? rows.indices
      default:
        guard let end = end(node, rows: value, axis: axis, of: rows) else { return nil }
        return Pooled(
          indices: rows.indices, result: divided(end.result, of: rows, by: end.extras),
          extras: extras + end.extras.filter { !extras.contains($0) })
      }
      value = output
    }
  }

  /// Whether a Gather undoes the Unique that the look-up's indices come from.
  private func isInverse(_ node: Scope.Node, of rows: Rows, gathered value: Int) -> Bool {
    guard node.inputs.count == 2, node.inputs[0] == value, [nil, .int(0)].contains(node.attributes["axis"]),
      let unique = scope.writer(of: rows.indices), unique.node.type == "Unique",
      let positions = node.inputs[1], unique.node.attributes["axis"] == nil
    else { return false }
    let source = scope.source(ofIndices: positions, facts)
    return unique.node.outputs.count > 2 && unique.node.outputs[2] == source
  }

  /// Where a Transpose puts an axis.
  private func transposed(_ node: Scope.Node, axis: Int, rank: Int) -> Int? {
    guard case .ints(let order)? = node.attributes["perm"] else { return rank - 1 - axis }
    return order.firstIndex(of: axis)
  }

  /// The bags, divided by what follows from the indices, such as how many of them are no padding, and with a constant in
  /// place of those that have none.
  ///
  /// - Parameter segments: what says which bag a row is in, of which the rows of each bag can be counted.
  private func divided(_ bags: Int, of rows: Rows, by segments: [Int]) -> Int {
    guard let node = onlyReader(of: bags), let output = node.outputs.first.flatMap({ $0 }),
      facts[output].shape == facts[bags].shape, let all = facts[bags].count
    else { return bags }
    let others = node.inputs.compactMap { $0 }.filter { $0 != bags }
    switch node.type {
    case "Div": guard node.inputs.first == bags else { return bags }
    case "Where":
      guard node.inputs.first != bags, others.contains(where: { facts[$0].isConstant }) else { return bags }
    default: return bags
    }
    guard node.inputs.count == others.count + 1,
      others.allSatisfy({
        (facts[$0].count).map { $0 <= all / max(1, rows.width) } ?? false
          && (followsFromIndices($0, of: rows) || follows($0, from: segments))
      })
    else { return bags }
    return divided(output, of: rows, by: segments)
  }

  private func onlyReader(of value: Int) -> Scope.Node? {
    // What is folded needs the value's shape at most.
    let reading = readers[value].filter { reader in
      live.nodes[reader]
        && !scope.nodes[reader].outputs.allSatisfy { $0.map { facts[$0].isConstant } ?? true }
    }
    guard reading.count == 1, !scope.outputs.contains(value) else { return nil }
    let node = scope.nodes[reading[0]]
    return node.inputs.filter { $0 == value }.count == 1 && node.domain.isEmpty ? node : nil
  }

  /// The operator that adds the rows up, if it is one.
  ///
  /// - Parameter axis: the axis along which a row lies; `nil` for the last.
  private func end(_ node: Scope.Node, rows value: Int, axis: Int?, of rows: Rows) -> Pooled? {
    guard let output = node.outputs.first.flatMap({ $0 }), let shape = facts[value].shape, shape.count >= 2,
      let result = facts[output].shape
    else { return nil }
    switch node.type {
    case _ where node.has(.pooling):
      guard node.inputs.first == value,
        let axes = try? ReductionOperators.axes(
          NodeContext(node: node, inputs: node.inputs.map { $0.map { facts[$0] } })),
        !axes.isEmpty, !axes.contains(axis ?? shape.count - 1)
      else { return nil }
      return Pooled(indices: rows.indices, result: output, extras: [])
    case "GlobalAveragePool", "GlobalMaxPool":
      return axis == 1 ? Pooled(indices: rows.indices, result: output, extras: []) : nil
    case "Einsum":
      guard axis == nil, let weights = node.inputs.first(where: { $0 != value }), let weights,
        addsRows(node, rows: value), let more = sides(weights, of: rows)
      else { return nil }
      return Pooled(indices: rows.indices, result: output, extras: more)
    case "MatMul":
      guard axis == nil, node.inputs.count == 2, node.inputs[1] == value, let weights = node.inputs[0],
        let weightShape = facts[weights].shape, weightShape.count == shape.count,
        !depends(weights, on: rows.table)
      else { return nil }
      if let segments = segments(ofOneHot: weights), shape.count == 2 {
        return Pooled(indices: rows.indices, result: output, extras: [segments])
      }
      guard shape.count > 2, weightShape[weightShape.count - 2] == 1, let more = sides(weights, of: rows)
      else {
        return nil
      }
      return Pooled(indices: rows.indices, result: output, extras: more)
    case "ScatterND", "ScatterElements":
      guard axis == nil, node.inputs.count == 3, node.inputs[2] == value, let base = node.inputs[0],
        facts[base].isConstant || scope.writer(of: base)?.node.type == "ConstantOfShape",
        let index = node.inputs[1], result.count == 2, result.last == rows.width,
        case .string(let reduction)? = node.attributes["reduction"], reduction != "none", reduction != "mul"
      else { return nil }
      if node.type == "ScatterElements", case .int(let axis)? = node.attributes["axis"], axis != 0 {
        return nil
      }
      let segments = broadcastSource(of: index)
      return Pooled(
        indices: rows.indices, result: output, extras: facts[segments].isConstant ? [] : [segments])
    default: return nil
    }
  }

  /// Whether an Einsum of rows and one weight each adds up weighted rows, as `bl,bld->bd` does.
  private func addsRows(_ node: Scope.Node, rows value: Int) -> Bool {
    guard node.inputs.count == 2, case .string(let equation)? = node.attributes["equation"] else {
      return false
    }
    let sides = equation.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false)
    let terms = sides[0].filter { $0 != "-" }.split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count == 2, terms.count == 2, let position = node.inputs.firstIndex(of: value),
      let row = terms[position].last, !equation.contains(".")
    else { return false }
    let result = sides[1]
    return result.last == row && !terms[1 - position].contains(row)
      && terms[1 - position].allSatisfy(terms[position].contains)
      && result.allSatisfy(terms[position].contains)
      && result.count < terms[position].count
  }

  /// The segment of each row, where a matrix is a one-hot encoding of it.
  private func segments(ofOneHot value: Int) -> Int? {
    guard let (_, node) = scope.writer(of: value), let input = node.inputs.first.flatMap({ $0 }) else {
      return nil
    }
    switch node.type {
    case "OneHot": return scope.source(ofIndices: input, facts)
    case "Transpose", "Cast", "Identity": return segments(ofOneHot: input)
    default: return nil
    }
  }

  private func broadcastSource(of value: Int) -> Int {
    guard let (_, node) = scope.writer(of: value), let input = node.inputs.first.flatMap({ $0 }),
      ["Expand", "Tile", "Unsqueeze", "Reshape", "Identity", "Cast"].contains(node.type)
    else { return value }
    return broadcastSource(of: input)
  }

  // MARK: What else goes in

  /// The values that must travel for an operand beside the rows: none where it follows from constants and the indices.
  /// `nil` where it has more than one value a look-up, or depends on rows of the same table.
  private func sides(_ value: Int, of rows: Rows) -> [Int]? {
    if facts[value].isConstant { return [] }
    guard let count = facts[value].count, let lookups = facts[rows.indices].count, count <= lookups else {
      return nil
    }
    if followsFromIndices(value, of: rows) { return [] }
    return depends(value, on: rows.table) ? nil : [scope.source(ofView: value)]
  }

  /// Operators that are followed from an operand to the indices.
  private static let stepLimit = 32

  private func followsFromIndices(_ value: Int, of rows: Rows) -> Bool {
    let source = scope.source(ofIndices: rows.indices, facts)
    var open = [value]
    var steps = 0
    while let next = open.popLast() {
      if facts[next].isConstant || scope.source(ofIndices: next, facts) == source { continue }
      steps += 1
      guard steps < Self.stepLimit, let (_, node) = scope.writer(of: next),
        let definition = node.definition,
        definition.isView
          || !definition.traits.isDisjoint(with: [
            .elementwise, .repeats, .rowLookup, .selects, .arranges, .pooling,
          ])
      else { return false }
      open += node.inputs.compactMap { $0 }
    }
    return true
  }

  /// Whether a value is computed from constants and these values alone, whatever they are.
  private func follows(_ value: Int, from sources: [Int]) -> Bool {
    guard !sources.isEmpty else { return false }
    var open = [value]
    var seen: Set<Int> = []
    while let next = open.popLast() {
      if facts[next].isConstant || sources.contains(next) { continue }
      guard seen.insert(next).inserted else { continue }
      guard seen.count < Self.stepLimit, let (_, node) = scope.writer(of: next), node.isDeterministic,
        node.bodies.isEmpty
      else { return false }
      open += node.inputs.compactMap { $0 }
    }
    return true
  }

  /// Whether a value is computed from rows of a table.
  private func depends(_ value: Int, on table: Int) -> Bool {
    var open = [value]
    var seen: Set<Int> = []
    while let next = open.popLast() {
      if next == table { return true }
      guard seen.insert(next).inserted, let (_, node) = scope.writer(of: next) else { continue }
      open += node.reads
    }
    return false
  }
}

extension Scope {
  /// The value that holds the indices themselves, before views and casts between integer types.
  func source(ofIndices value: Int, _ facts: [TensorFact]) -> Int {
    guard let (_, node) = writer(of: value), let input = node.inputs.first.flatMap({ $0 }),
      !facts[input].isConstant
    else { return value }
    switch node.type {
    case "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten":
      return facts[input].count == facts[value].count ? source(ofIndices: input, facts) : value
    case "Cast":
      guard facts[input].type?.isIndex ?? false, facts[value].type?.isIndex ?? false else { return value }
      return source(ofIndices: input, facts)
    default: return value
    }
  }
}
