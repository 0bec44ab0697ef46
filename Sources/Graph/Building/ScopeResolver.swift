/// Resolves the names of a draft, orders its nodes and collects every structural problem: missing inputs,
/// values written twice, cycles.
struct ScopeResolver {
  private(set) var findings: [Finding] = []
  /// Deepest nesting of bodies that is accepted.
  static let maximumDepth = 32

  /// Resolves the outermost graph.
  mutating func resolve(_ draft: GraphDraft) -> Scope {
    var names = NodeNames()
    let (scope, _) = resolve(draft, around: [], depth: 0, names: &names)
    return scope
  }

  /// - Parameter around: names visible in the scopes around this one, innermost last.
  /// - Returns: the scope, and the outer names it captures in the order of its captured values.
  private mutating func resolve(
    _ draft: GraphDraft, around: [Set<String>], depth: Int, names: inout NodeNames
  ) -> (Scope, captured: [String]) {
    var table = ValueTable()
    table.reserve(
      draft.constants.count + draft.inputs.count + draft.nodes.reduce(0) { $0 + $1.outputs.count })
    names.reserve(draft.nodes.count)
    declare(draft, in: &table)
    let nodeNames = draft.nodes.enumerated().map { index, node in
      names.unique(node.name, type: node.type, index: index)
    }
    declareOutputs(draft, nodeNames, in: &table)

    var nodes: [Scope.Node] = []
    nodes.reserveCapacity(draft.nodes.count)
    let visible = draft.nodes.contains { !$0.bodies.isEmpty } ? around + [Set(table.index.keys)] : around
    for (index, node) in draft.nodes.enumerated() {
      nodes.append(
        resolve(
          node, named: nodeNames[index], in: &table, around: around, visible: visible, depth: depth,
          names: &names))
    }
    let outputs = draft.outputs.compactMap { output in
      let found = table.find(output.name, around: around)
      if found == nil {
        findings.append(
          Finding(
            .error, "the graph's output '\(output.name)' is not computed by any node", field: output.name))
      }
      return found
    }
    let ordered = order(nodes, values: &table.values)
    let scope = Scope(
      name: draft.name, values: table.values, constants: draft.constants, inputs: table.inputs,
      outputs: outputs, nodes: ordered, origin: draft.origin)
    return (scope, table.captured)
  }

  private mutating func declare(_ draft: GraphDraft, in table: inout ValueTable) {
    table.declarations.reserveCapacity(
      draft.declarations.count + draft.outputs.count + draft.inputs.count)
    for list in [draft.declarations, draft.outputs, draft.inputs] {
      for declaration in list where table.declarations[declaration.name] == nil || declaration.shape != nil {
        table.declarations[declaration.name] = declaration
      }
    }
    for (index, constant) in draft.constants.enumerated() where !constant.name.isEmpty {
      if !table.add(constant.name, .constant(index)) {
        findings.append(
          Finding(
            .warning, "constant is given twice; the first is used", field: constant.name))
      }
    }
    for (index, input) in draft.inputs.enumerated() {
      if case .constant? = table.origin(input.name) { continue }
      guard table.add(input.name, .input(index)) else {
        findings.append(Finding(.error, "graph input is declared twice", field: input.name))
        continue
      }
      table.inputs.append(table.values.count - 1)
    }
  }

  private mutating func declareOutputs(
    _ draft: GraphDraft, _ nodeNames: [String], in table: inout ValueTable
  ) {
    for (index, node) in draft.nodes.enumerated() {
      for (slot, output) in node.outputs.enumerated() where !output.isEmpty {
        guard !table.add(output, .node(index, slot: slot)) else { continue }
        let owner =
          switch table.origin(output) {
          case .node(let other, _): "node '\(nodeNames[other])'"
          case .constant: "a constant of the graph"
          default: "an input of the graph"
          }
        findings.append(
          Finding(
            .error, "output '\(output)' is already written by \(owner); every value needs one writer",
            node: nodeNames[index], field: output))
      }
    }
  }

  private mutating func resolve(
    _ node: GraphDraft.Node, named name: String, in table: inout ValueTable, around: [Set<String>],
    visible: [Set<String>], depth: Int, names: inout NodeNames
  ) -> Scope.Node {
    var captured: Set<Int> = []
    var bodies: [Scope.Body] = []
    if !node.bodies.isEmpty, depth >= Self.maximumDepth {
      findings.append(
        Finding(
          .error, "subgraphs are nested more than \(Self.maximumDepth) deep", node: name))
    } else {
      for (attribute, draft) in node.bodies {
        let (scope, outerNames) = resolve(draft, around: visible, depth: depth + 1, names: &names)
        captured.formUnion(outerNames.compactMap { table.find($0, around: around) })
        bodies.append(
          Scope.Body(attribute: attribute, scope: scope.rebasingCaptures { table.index[$0] }))
      }
    }
    let inputs = node.inputs.map { input -> Int? in
      guard !input.isEmpty else { return nil }
      let found = table.find(input, around: around)
      if found == nil {
        findings.append(
          Finding(
            .error, "input '\(input)' is neither a graph input, nor a constant, nor computed by a node",
            node: name, field: input))
      }
      return found
    }
    return Scope.Node(
      name: name, type: node.type, domain: node.domain, inputs: inputs,
      outputs: node.outputs.map { $0.isEmpty ? nil : table.index[$0] },
      attributes: node.attributes, tensors: node.tensors, bodies: bodies, captured: captured.sorted(),
      origin: node.origin)
  }

  /// Sorts nodes topologically and renumbers the producers in `values`.
  private mutating func order(_ nodes: [Scope.Node], values: inout [Scope.Value]) -> [Scope.Node] {
    let predecessors = nodes.map { node in
      (node.inputs.compactMap { $0 } + node.captured).compactMap { value -> Int? in
        if case .node(let producer, _) = values[value].origin { producer } else { nil }
      }
    }
    switch TopologicalOrder.sort(predecessors) {
    case .cycle(let cycle):
      let shown = cycle.prefix(10).map { "'\(nodes[$0].name)'" }
      let more = cycle.count > shown.count ? [" ... (\(cycle.count) nodes)"] : []
      findings.append(
        Finding(
          .error,
          "nodes form a cycle: \((shown + more + shown.prefix(1)).joined(separator: " -> "))",
          node: cycle.first.map { nodes[$0].name }))
      return []
    case .sorted(let order):
      guard order != Array(nodes.indices) else { return nodes }
      findings.append(
        Finding(.note, "nodes are stored out of order; they were sorted topologically"))
      var position = [Int](repeating: 0, count: nodes.count)
      for (new, old) in order.enumerated() { position[old] = new }
      for index in values.indices {
        if case .node(let producer, let slot) = values[index].origin {
          values[index].origin = .node(position[producer], slot: slot)
        }
      }
      return order.map { nodes[$0] }
    }
  }
}
