/// Turns an inferred scope into a graph: constants folded, work and traffic counted, tables found.
struct GraphAssembler {
  private let scope: Scope
  private let facts: [TensorFact]
  private let works: [OperatorWork]
  private var graph: Graph
  private var findings: [Finding] = []
  private var unresolved: [String] = []
  /// Values without a shape that are reported one by one; the rest are counted.
  private static let shownUnresolved = 8
  /// The tensor of each value of the scope.
  private var tensorOfValue: [TensorID?]

  /// What is assembled, with the values whose shape stayed unknown.
  struct Result {
    var graph: Graph
    var findings: [Finding]
    var unresolved: [String]
  }

  init(_ scope: Scope, _ inferred: ShapeInference.Result, serving: Serving) {
    self.scope = scope
    facts = inferred.facts
    works = inferred.works
    graph = Graph(name: scope.name, serving: serving, sourceNodeCount: scope.nodes.count)
    tensorOfValue = [TensorID?](repeating: nil, count: scope.values.count)
  }

  mutating func assemble() -> Result {
    addInputsAndConstants()
    let folded = scope.nodes.map(isFolded)
    for (index, node) in scope.nodes.enumerated() {
      if folded[index] { addFolded(node) } else { addOperator(node, works[index]) }
    }
    graph.inputs = scope.inputs.compactMap { tensorOfValue[$0] }
    graph.outputs = scope.outputs.compactMap { tensorOfValue[$0] }
    var recogniser = EmbeddingRecognition(graph: graph, scope: scope, facts: facts)
    graph = recogniser.run()
    findings += recogniser.findings
    if unresolved.count > Self.shownUnresolved {
      findings.append(
        Finding(
          .warning,
          "\(unresolved.count - Self.shownUnresolved) more values have no known shape and count as no bytes"))
    }
    countTraffic()
    checkTotals()
    return Result(graph: graph, findings: findings, unresolved: unresolved)
  }

  private mutating func addInputsAndConstants() {
    for value in scope.inputs { addTensor(value, role: .input) }
    for (index, value) in scope.values.enumerated() {
      guard case .constant = value.origin else { continue }
      let fact = facts[index]
      let isParameter = (fact.type?.isWeight ?? false) && !(fact.shape ?? []).isEmpty
      addTensor(index, role: .constant, isParameter: isParameter)
    }
  }

  /// Whether everything a node computes is known before a run.
  private func isFolded(_ node: Scope.Node) -> Bool {
    let outputs = node.outputs.compactMap { $0 }
    return !outputs.isEmpty && outputs.allSatisfy { facts[$0].isConstant }
  }

  private mutating func addFolded(_ node: Scope.Node) {
    // Exporters share weights through Identity: its readers read the weight itself.
    if node.type == "Identity", let source = node.inputs.first.flatMap({ $0 }),
      let value = node.outputs.first.flatMap({ $0 }), let tensor = tensorOfValue[source]
    {
      tensorOfValue[value] = tensor
      return
    }
    for value in node.outputs.compactMap({ $0 }) {
      let fact = facts[value]
      let isWeight = fact.type?.isWeight ?? false
      let isParameter =
        switch node.type {
        case "Constant": isWeight && (fact.count ?? 0) > 8
        case "ConstantOfShape": isWeight && fact.constancy == .stored
        default: false
        }
      addTensor(value, role: .constant, isParameter: isParameter)
    }
  }

  private mutating func addOperator(_ node: Scope.Node, _ work: OperatorWork) {
    let id = OperatorID(graph.operators.count)
    for value in node.outputs.compactMap({ $0 }) {
      addTensor(value, role: .intermediate, producer: id)
    }
    var inputs = node.inputs.map { $0.flatMap { tensorOfValue[$0] } }
    inputs += node.captured.map { tensorOfValue[$0] }
    for body in node.bodies { inputs += addConstants(of: body.scope, owner: node.name) }
    graph.operators.append(
      Operator(
        name: node.name, type: node.type, domain: node.domain, inputs: inputs,
        outputs: node.outputs.map { $0.flatMap { tensorOfValue[$0] } }, attributes: node.attributes,
        work: Work(
          kind: work.kind, matrixOperations: work.matrixOperations,
          vectorOperations: work.vectorOperations, isView: work.isView)))
    for tensor in Set(inputs.compactMap { $0 }) { graph.tensors[tensor.index].consumers.append(id) }
  }

  /// Weights that a body owns: its constants and Constant nodes, the bodies inside it included.
  private mutating func addConstants(of body: Scope, owner: String) -> [TensorID] {
    var found = body.constants
    for node in body.nodes where node.type == "Constant" {
      if var value = node.tensors["value"], Saturating.product(value.shape) > 8 {
        value.name = node.name
        found.append(value)
      }
    }
    var ids: [TensorID] = []
    for constant in found where ShapeInference.isAcceptable(constant.shape, constant.type) {
      ids.append(TensorID(graph.tensors.count))
      graph.tensors.append(
        Tensor(
          name: "\(owner)/\(constant.name)", type: constant.type, shape: constant.shape, role: .constant,
          isParameter: constant.type.isWeight && !constant.shape.isEmpty))
    }
    for node in body.nodes {
      for inner in node.bodies { ids += addConstants(of: inner.scope, owner: "\(owner)/\(node.name)") }
    }
    return ids
  }

  private mutating func addTensor(
    _ value: Int, role: Tensor.Role, producer: OperatorID? = nil, isParameter: Bool = false
  ) {
    let fact = facts[value]
    let name = scope.values[value].name
    if fact.shape == nil {
      unresolved.append(name)
      if unresolved.count <= Self.shownUnresolved {
        findings.append(
          Finding(
            .warning, "the shape is neither declared nor could it be inferred; it counts as no bytes",
            node: scope.values[value].producerName(in: scope), field: name))
      }
    }
    tensorOfValue[value] = TensorID(graph.tensors.count)
    graph.tensors.append(
      Tensor(
        name: name, type: fact.type ?? .float32, shape: fact.shape ?? [0], role: role,
        producer: producer, isParameter: isParameter))
  }

  /// Bytes read and written; rows of tables are counted by the table.
  private mutating func countTraffic() {
    let tables = Set(graph.embeddingTables.map(\.tensor))
    for index in graph.operators.indices {
      let outputs = graph.operators[index].outputs.compactMap { $0 }
      let written = outputs.reduce(0) { Saturating.sum($0, graph[$1].bytes) }
      var constants = 0
      var activations = 0
      for input in Set(graph.operators[index].inputs.compactMap { $0 }) {
        let tensor = graph[input]
        if tensor.role != .constant {
          activations = Saturating.sum(activations, tensor.bytes)
        } else if !tables.contains(input) {
          constants = Saturating.sum(constants, tensor.bytes)
        }
      }
      // A Gather reads the rows it returns, not the whole constant.
      if graph.operators[index].has(.rowLookup) { constants = min(constants, written) }
      graph.operators[index].work.weightBytes = constants
      graph.operators[index].work.inputBytes = activations
      graph.operators[index].work.outputBytes = written
    }
  }

  /// Refuses graphs whose totals later sums could not hold.
  private mutating func checkTotals() {
    let bytes = graph.tensors.reduce(0) { Saturating.sum($0, $1.bytes) }
    let operations = graph.operators.reduce(0) {
      Saturating.sum($0, Saturating.sum($1.work.matrixOperations, $1.work.vectorOperations))
    }
    if bytes > 1 << 58 {
      findings.append(Finding(.error, "the tensors take more than 2^58 bytes together"))
    }
    if operations > 1 << 60 {
      findings.append(Finding(.error, "one batch takes more than 2^60 operations"))
    }
  }
}

extension Scope.Value {
  func producerName(in scope: Scope) -> String? {
    if case .node(let node, _) = origin { scope.nodes[node].name } else { nil }
  }
}
