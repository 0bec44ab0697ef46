import Graph

/// Traces values back to the nodes of the file that compute them.
struct NodeTracer {
  let written: WrittenGraph

  /// What it takes to compute some values.
  struct Trace {
    /// Positions of nodes.
    var nodes: Set<Int> = []
    /// Values at which tracing stopped: what must be handed in.
    var reached: Set<Int> = []
    var constants: Set<Int> = []
    /// Values that follow from shapes alone and take the place of what computes them.
    var literals: Set<Int> = []
  }

  /// - Parameters:
  ///   - stops: Values that are handed in; so are the model's inputs.
  ///   - cuts: Values that are made in another way, so that nothing behind them is needed.
  func trace(_ targets: [Int], stops: Set<Int>, cuts: Set<Int> = []) -> Trace {
    var trace = Trace()
    var seen: Set<Int> = []
    var open = targets
    let isTarget = Set(targets)
    while let value = open.popLast() {
      guard seen.insert(value).inserted, !cuts.contains(value) else { continue }
      if stops.contains(value), !isTarget.contains(value) {
        trace.reached.insert(value)
        continue
      }
      switch written.scope.values[value].origin {
      case .input: trace.reached.insert(value)
      case .constant: trace.constants.insert(value)
      case .node(let index, _):
        if isLiteral(value, writer: index) {
          trace.literals.insert(value)
        } else {
          trace.nodes.insert(index)
          open += reads(of: written.scope.nodes[index])
        }
      case .captured, .removed: break
      }
    }
    return trace
  }

  /// What a node reads, where the type alone of the second input of a CastLike is known without it.
  func reads(of node: Scope.Node) -> [Int] {
    let inputs = Self.readsTypeAlone(node, written) ? node.inputs.prefix(1) : node.inputs[...]
    return inputs.compactMap { $0 } + node.captured
  }

  /// Whether the node casts to the type of a value that it need not read.
  static func readsTypeAlone(_ node: Scope.Node, _ written: WrittenGraph) -> Bool {
    guard node.type == "CastLike", node.inputs.count > 1, let like = node.inputs[1],
      let output = node.outputs.first.flatMap({ $0 })
    else { return false }
    return !written.value(like).isConstant && written.value(output).type != nil
  }

  /// Whether a value is known although what it is computed from is not: a shape of a variable, and what follows from that.
  private func isLiteral(_ value: Int, writer: Int) -> Bool {
    let fact = written.value(value)
    guard fact.isConstant, fact.values != nil, fact.type != nil, fact.shape != nil else { return false }
    let node = written.scope.nodes[writer]
    if node.origin == nil { return node.type != "Identity" }
    return node.inputs.contains { $0.map { !written.value($0).isConstant } ?? false }
  }
}
