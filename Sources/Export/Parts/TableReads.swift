import Graph

/// How a look-up of the file reads its table: what decides how the table can be cut and stored.
struct TableReads {
  private let written: WrittenGraph
  /// Values of the outermost scope with the table's elements.
  private let table: Set<Int>
  private let trace: NodeTracer.Trace

  init(_ written: WrittenGraph, table: [Int], trace: NodeTracer.Trace) {
    self.written = written
    self.table = Set(table)
    self.trace = trace
  }

  private var nodes: [Scope.Node] { trace.nodes.sorted().map { written.scope.nodes[$0] } }

  /// The table's values that the look-up reads rows of, in the order of the file.
  var data: [Int] {
    nodes.filter { !isConstant($0) }.flatMap { node in
      (node.inputs.compactMap { $0 } + node.captured).filter(table.contains)
    }.uniqued()
  }

  /// Whether every read of the table picks rows by an index, so that other indices and other rows can take their place.
  var pickRowsAlone: Bool {
    nodes.allSatisfy { node in isConstant(node) || picksRows(node) || Self.gathersRows(node, data: table) }
  }

  /// Whether every read of the table hands rows on, so that they can be stored in another form.
  var gatherRowsAlone: Bool {
    nodes.allSatisfy { isConstant($0) || Self.gathersRows($0, data: table) }
  }

  /// What keeps the table's rows from being shared out, as far as one node says it.
  var obstacle: String? {
    for node in nodes where !isConstant(node) && readsTable(node) {
      if case .whole(let reason) = RowRead(node, in: written), node.bodies.isEmpty { return reason }
    }
    return nil
  }

  private func readsTable(_ node: Scope.Node) -> Bool {
    node.inputs.first.flatMap { $0 }.map(table.contains) ?? false
  }

  /// Whether a node outside all bodies looks rows up, and reads the table nowhere else.
  private func picksRows(_ node: Scope.Node) -> Bool {
    guard readsTable(node),
      !(node.inputs.dropFirst().compactMap { $0 } + node.captured).contains(where: table.contains)
    else { return false }
    if case .whole = RowRead(node, in: written) { return false }
    return true
  }

  /// Whether every read is the first input of a look-up of any kind, whose columns are independent of each other.
  var areFirstInputs: Bool {
    nodes.allSatisfy { node in
      isConstant(node)
        || node.captured.allSatisfy { !table.contains($0) }
          && node.inputs.dropFirst().allSatisfy { $0.map { !table.contains($0) } ?? true }
    }
  }

  private func isConstant(_ node: Scope.Node) -> Bool {
    node.outputs.allSatisfy { $0.map { written.value($0).isConstant } ?? true }
  }

  /// Whether a node that reads the table, itself or in its bodies, gathers rows of it.
  private static func gathersRows(_ node: Scope.Node, data: Set<Int>) -> Bool {
    for (slot, input) in node.inputs.enumerated() {
      if let input, data.contains(input), slot != 0 || !isGather(node) { return false }
    }
    for body in node.bodies {
      let inner = Set(
        body.scope.values.indices.filter {
          if case .captured(let outer) = body.scope.values[$0].origin { data.contains(outer) } else { false }
        })
      if !inner.isEmpty, !body.scope.nodes.allSatisfy({ gathersRows($0, data: inner) }) { return false }
    }
    return true
  }

  static func isGather(_ node: Scope.Node) -> Bool {
    guard node.domain.isEmpty else { return false }
    switch node.type {
    case "Gather": return [nil, .int(0), .int(-2)].contains(node.attributes["axis"])
    case "GatherND": return [nil, .int(0)].contains(node.attributes["batch_dims"])
    default: return false
    }
  }

  // MARK: What pieces of the result can be

  /// The rows that are gathered by a node outside all bodies; `nil` where that is not one value.
  var rows: Int? {
    let found = nodes.filter { node in
      Self.isGather(node) && (node.inputs.first.flatMap { $0 }.map(table.contains) ?? false)
    }
    return found.count == 1 && data.count == 1 ? found[0].outputs.first.flatMap { $0 } : nil
  }

  /// How the look-up's results on some rows each are put together; `nil` where that cannot be.
  var join: PieceForm.Join? {
    guard pickRowsAlone else { return nil }
    return isLinear ? .sum : isLargest ? .maximum : nil
  }

  /// Whether the look-up's result is the sum of what it is on some rows of the table with zeros in the place of the others.
  private var isLinear: Bool {
    !bags.contains(where: \.isMaximum) && follows(Self.isLinear, bodies: Self.sums)
  }

  /// Whether it is the largest of what it is on some rows with minus infinity in the place of the others.
  private var isLargest: Bool {
    table.allSatisfy { written.value($0).type.map(Maxima.hasInfinity) ?? false }
      && bags.allSatisfy(\.isMaximum)
      && Maxima.follow(table, through: nodes.filter { !isConstant($0) }, readsRows: picksRows) != nil
  }

  /// Reads of the table by operators that pool.
  private var bags: [RowRead.Bag] {
    nodes.compactMap { node in
      if !isConstant(node), readsTable(node), case .bag(let bag) = RowRead(node, in: written) {
        bag
      } else {
        nil
      }
    }
  }

  /// Whether some rows count for nothing.
  var hasPadding: Bool { bags.contains { $0.padding != nil } }

  /// Whether each column of the result, whose last axis is the table's width, depends on the same column of the table alone.
  var isColumnwise: Bool { follows(Self.isColumnwise, bodies: Self.keepsColumns) }

  /// Whether all nodes that depend on the table's rows pass a test, given which of their inputs do.
  private func follows(
    _ test: (Scope.Node, Set<Int>, WrittenGraph) -> Bool, bodies: (Scope) -> Bool
  ) -> Bool {
    var depends = table
    for node in nodes where !isConstant(node) {
      guard (node.inputs.compactMap { $0 } + node.captured).contains(where: depends.contains) else {
        continue
      }
      if !node.bodies.isEmpty {
        guard node.bodies.allSatisfy({ bodies($0.scope) }) else { return false }
      } else if !picksRows(node) {
        guard test(node, depends, written) else { return false }
      }
      depends.formUnion(node.outputs.compactMap { $0 })
    }
    return true
  }

  private static func isLinear(_ node: Scope.Node, _ depends: Set<Int>, _ written: WrittenGraph) -> Bool {
    let inputs = node.inputs.compactMap { $0 }
    let count = inputs.count(where: depends.contains)
    let isFirst = inputs.first.map(depends.contains) ?? false
    guard node.domain.isEmpty else { return false }
    switch node.type {
    case "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Expand", "ReduceSum",
      "ReduceMean",
      "GlobalAveragePool", "Slice", "Compress", "Gather", "Tile":
      return isFirst && count == 1
    case "Cast", "CastLike":
      let types = [node.inputs.first, node.outputs.first].map {
        $0.flatMap { $0 }.flatMap { written.value($0).type }
      }
      return isFirst && count == 1 && types.allSatisfy { $0?.isFloat ?? false }
    case "Mul", "MatMul": return count == 1
    case "Div": return isFirst && count == 1
    case "Add", "Sub", "Sum": return count == inputs.count
    case "Einsum": return count == 1
    case "Where":
      guard inputs.count == 3, !depends.contains(inputs[0]) else { return false }
      return inputs[1...].allSatisfy { depends.contains($0) || isZero(written.value($0)) }
    case "ScatterElements", "ScatterND":
      return node.attributes["reduction"] == .string("add") && inputs.count == 3
        && depends.contains(inputs[2])
        && (depends.contains(inputs[0]) || isZero(written.value(inputs[0]))) && !depends.contains(inputs[1])
    default: return false
    }
  }

  private static func isZero(_ value: WrittenGraph.Value) -> Bool {
    switch value.values {
    case .floats(let values): values.allSatisfy { $0 == 0 }
    case .ints(let values): values.allSatisfy { $0 == 0 }
    case nil: false
    }
  }

  private static func isColumnwise(_ node: Scope.Node, _ depends: Set<Int>, _ written: WrittenGraph) -> Bool {
    let inputs = node.inputs.compactMap { $0 }
    guard let first = inputs.first, let output = node.outputs.first.flatMap({ $0 }) else { return false }
    func rank(_ value: Int) -> Int? { written.value(value).shape?.count }
    func isBroadcast(_ value: Int) -> Bool {
      depends.contains(value) || written.value(value).shape.map { $0.last ?? 1 == 1 } ?? false
    }
    // Sparse-lengths operators add rows up, column by column.
    if !node.domain.isEmpty {
      let isBag =
        WrittenGraph.isBagLookup(node)
        || ["embedding_bag", "_embedding_bag"].contains(WrittenGraph.tensorFunction(of: node))
      return isBag && inputs.count(where: depends.contains) == 1 && depends.contains(first)
    }
    switch node.type {
    case "Identity", "Cast": return depends.contains(first)
    case "Mul", "Div", "Add", "Sub", "Where": return inputs.allSatisfy(isBroadcast)
    case "MatMul": return inputs.count == 2 && !depends.contains(first) && rank(output) == rank(inputs[1])
    case "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin":
      guard depends.contains(first), let rank = rank(first) else { return false }
      let given = inputs.count > 1 ? written.value(inputs[1]).values : nil
      var axes: [Int]?
      if case .ints(let values)? = node.attributes["axes"] { axes = values }
      if case .ints(let values)? = given { axes = values }
      guard let axes, !axes.isEmpty else { return false }
      return !axes.contains(-1) && !axes.contains(rank - 1)
    default: return false
    }
  }

  /// Whether the bodies of a bag add rows up and do nothing else with them.
  private static func sums(_ body: Scope) -> Bool {
    body.nodes.allSatisfy { node in
      switch node.type {
      case "ReduceMax", "ReduceMin", "ReduceProd", "Max", "Min", "DequantizeLinear", "Where": false
      default: node.bodies.allSatisfy { sums($0.scope) }
      }
    }
  }

  /// Whether the bodies of a bag nowhere state the width of a row.
  private static func keepsColumns(_ body: Scope) -> Bool {
    body.nodes.allSatisfy { node in
      switch node.type {
      case "ConstantOfShape", "Expand", "Reshape", "Tile", "MatMul", "Gemm", "Transpose": false
      default: node.bodies.allSatisfy { keepsColumns($0.scope) }
      }
    }
  }
}

extension Array where Element: Hashable {
  /// Each element once, where it comes first.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
