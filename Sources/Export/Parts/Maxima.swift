import Graph

/// Follows the rows of a table through nodes that take the largest of them, element by element.
///
/// What such nodes make of some rows of the table, with rows of minus infinity in the place of the others, is a partial maximum: the
/// largest of those of all shards is what the whole table gives, to the bit. A bag of which a shard has no row is minus infinity there.
/// One without any row is the same for every shard, whatever its operator makes of it.
enum Maxima {
  /// The values of a scope that depend on the rows, given the first ones; `nil` where a node does something else with them.
  ///
  /// - Parameters:
  ///   - nodes: Of the scope, in order.
  ///   - readsRows: Whether a node reads rows of the table itself, so that it need not be looked at.
  static func follow(
    _ first: Set<Int>, through nodes: [Scope.Node], readsRows: (Scope.Node) -> Bool = { _ in false }
  ) -> Set<Int>? {
    var depends = first
    for node in nodes {
      guard (node.inputs.compactMap { $0 } + node.captured).contains(where: depends.contains) else {
        continue
      }
      if readsRows(node) {
        depends.formUnion(node.outputs.compactMap { $0 })
      } else if !node.bodies.isEmpty {
        guard let results = results(of: node, depends) else { return nil }
        depends.formUnion(results)
      } else {
        guard handsOn(node, depends) else { return nil }
        depends.formUnion(node.outputs.compactMap { $0 })
      }
    }
    return depends
  }

  /// Whether a node moves elements that depend on the rows, or takes the largest of several.
  private static func handsOn(_ node: Scope.Node, _ depends: Set<Int>) -> Bool {
    let inputs = node.inputs.compactMap { $0 }
    guard node.domain.isEmpty, let first = inputs.first else { return false }
    let isFirstAlone = depends.contains(first) && inputs.count(where: depends.contains) == 1
    switch node.type {
    case "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose", "Expand", "Slice", "Compress",
      "Gather", "Tile", "ReduceMax", "GlobalMaxPool":
      return isFirstAlone
    case "Cast":
      // From numbers with infinities to such numbers, whose order rounding keeps.
      guard case .int(let code)? = node.attributes["to"] else { return false }
      return isFirstAlone && ElementType(onnxCode: code).map(hasInfinity) ?? false
    case "Max", "Concat", "SequenceInsert", "ConcatFromSequence": return true
    // What takes the place of rows is the same in every shard.
    case "Where": return !depends.contains(first)
    default: return false
    }
  }

  /// Whether numbers of a type can be less than all others.
  static func hasInfinity(_ type: ElementType) -> Bool {
    [.float32, .float64, .float16, .bfloat16].contains(type)
  }

  /// The results that depend on the rows of an If, a Loop or a Scan that only hands on and takes the largest; `nil` of any other.
  private static func results(of node: Scope.Node, _ depends: Set<Int>) -> Set<Int>? {
    // Results are behind the condition of a loop among those of its body.
    let isLoop = node.type == "Loop"
    guard ["If", "Loop", "Scan"].contains(node.type),
      !(isLoop ? node.inputs.prefix(2) : node.type == "If" ? node.inputs.prefix(1) : []).contains(
        where: { $0.map(depends.contains) ?? false })
    else { return nil }
    var positions = Set(node.inputs.indices.filter { node.inputs[$0].map(depends.contains) ?? false })
    var results: Set<Int> = []
    // What a pass hands to the next one depends on the rows where that of any pass does.
    while true {
      let before = positions
      for body in node.bodies {
        let scope = body.scope
        var first = Set(
          scope.values.indices.filter {
            if case .captured(let outer) = scope.values[$0].origin { depends.contains(outer) } else { false }
          })
        if node.type != "If" {
          first.formUnion(positions.filter(scope.inputs.indices.contains).map { scope.inputs[$0] })
        }
        guard let inside = follow(first, through: scope.nodes) else { return nil }
        for (position, output) in scope.outputs.enumerated() where inside.contains(output) {
          let result = isLoop ? position - 1 : position
          guard result >= 0 else { return nil }
          if node.outputs.indices.contains(result), let value = node.outputs[result] { results.insert(value) }
          let carried = isLoop ? result + 2 : result
          if node.type != "If", carried < carriedInputs(of: node) { positions.insert(carried) }
        }
      }
      if node.type == "If" || positions == before { return results }
    }
  }

  /// How many of the inputs come before what a Scan goes through; all of a loop's.
  private static func carriedInputs(of node: Scope.Node) -> Int {
    guard node.type == "Scan", case .int(let sequences)? = node.attributes["num_scan_inputs"] else {
      return node.inputs.count
    }
    return node.inputs.count - sequences
  }
}
