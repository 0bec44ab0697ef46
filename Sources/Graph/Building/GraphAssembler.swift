/// Turns an inferred scope into a graph: constants folded, work and traffic counted, tables found.
struct GraphAssembler {
  private let scope: Scope
  private let facts: [TensorFact]
  private let works: [OperatorWork]
  private let live: Liveness
  private let constants: FoldedConstants
  private let stateChoice: StateChoice
  private var graph: Graph
  private var findings: [Finding] = []
  private var unresolved: [String] = []
  /// Values without a shape that are reported one by one; the rest are counted.
  private static let shownUnresolved = 8
  /// The tensor of each value of the scope.
  private var tensorOfValue: [TensorID?]
  /// What is known of the inputs of each operator.
  private var contexts: [NodeContext] = []

  /// What is assembled, with the values whose shape stayed unknown.
  struct Result {
    var graph: Graph
    var findings: [Finding]
    var unresolved: [String]
    /// By value of the scope.
    var tensorOfValue: [TensorID?]
  }

  /// - Parameters:
  ///   - states: which inputs and outputs stay on a device.
  ///   - sourceNodeCount: nodes of the model as written.
  init(
    _ inferredScope: Scope, _ inferred: ShapeInference.Result, serving: Serving, states: StateChoice,
    sourceNodeCount: Int
  ) {
    stateChoice = states
    facts = inferred.facts
    (scope, works) = RowPooling.join(inferredScope, facts: inferred.facts, works: inferred.works)
    live = Liveness(scope, facts)
    constants = FoldedConstants(scope, facts, live)
    graph = Graph(name: scope.name, serving: serving, sourceNodeCount: sourceNodeCount)
    graph.tensors.reserveCapacity(scope.values.count)
    graph.operators.reserveCapacity(scope.nodes.count)
    contexts.reserveCapacity(scope.nodes.count)
    tensorOfValue = [TensorID?](repeating: nil, count: scope.values.count)
  }

  mutating func assemble() -> Result {
    addInputsAndConstants()
    for (index, node) in scope.nodes.enumerated() where live.nodes[index] {
      if constants.isFolded[index] { addFolded(node) } else { addOperator(node, works[index]) }
    }
    graph.inputs = scope.inputs.compactMap { tensorOfValue[$0] }
    graph.outputs = scope.outputs.compactMap { tensorOfValue[$0] }
    var states = StateRecognition(graph: graph)
    states.run(stateChoice)
    graph = states.graph
    findings += states.findings
    var recogniser = EmbeddingRecognition(graph: graph)
    graph = recogniser.run()
    findings += recogniser.findings
    countParametersOfTables()
    if unresolved.count > Self.shownUnresolved {
      findings.append(
        Finding(
          .warning,
          "\(unresolved.count - Self.shownUnresolved) more values have no known shape and count as no bytes"))
    }
    countTraffic()
    checkTotals()
    return Result(
      graph: graph, findings: findings, unresolved: unresolved, tensorOfValue: tensorOfValue)
  }

  private mutating func addInputsAndConstants() {
    for value in scope.inputs { addTensor(value, role: .input) }
    for (index, value) in scope.values.enumerated() where live.values[index] {
      if case .constant = value.origin { addTensor(index, role: .constant) }
    }
  }

  private mutating func addFolded(_ node: Scope.Node) {
    for case .some(let value) in node.outputs where live.values[value] {
      let root = constants.root[value]
      if root != value, let tensor = tensorOfValue[root] {
        tensorOfValue[value] = tensor
      } else {
        addTensor(value, role: .constant)
      }
    }
  }

  /// A table that is computed from stored weights counts as those weights where they are for tables alone.
  private mutating func countParametersOfTables() {
    let tables = Set(graph.embeddingTables.map(\.tensor))
    guard tables.contains(where: { !graph[$0].isParameter }) else { return }
    var holdsParameters = constants.isParameter
    for (index, node) in scope.nodes.enumerated() where live.nodes[index] && constants.isFolded[index] {
      guard node.reads.contains(where: { holdsParameters[$0] }) else { continue }
      for case .some(let output) in node.outputs { holdsParameters[output] = true }
    }
    /// By value: whether everything that reads it, or what is folded from it, is a table's look-up.
    var isForTables = scope.values.indices.map { value in
      tensorOfValue[value].map { tables.contains($0) || graph[$0].consumers.isEmpty } ?? true
    }
    let outputs = Set(scope.outputs)
    for (index, node) in scope.nodes.enumerated().reversed()
    where live.nodes[index] && constants.isFolded[index] {
      let results = node.outputs.compactMap { $0 }.filter { live.values[$0] }
      guard results.contains(where: { !isForTables[$0] || outputs.contains($0) }) else { continue }
      for value in node.reads { isForTables[value] = false }
    }
    for (value, tensor) in tensorOfValue.enumerated() {
      guard let tensor, holdsParameters[value], isForTables[value] else { continue }
      graph.tensors[tensor.index].isParameter = tables.contains(tensor)
    }
  }

  private mutating func addOperator(_ node: Scope.Node, _ work: OperatorWork) {
    let id = OperatorID(graph.operators.count)
    for value in node.outputs.compactMap({ $0 }) {
      addTensor(value, role: .intermediate, producer: id)
    }
    var inputs = node.elementInputs.map { $0.flatMap { tensorOfValue[$0] } }
    inputs += node.captured.map { tensorOfValue[$0] }
    for body in node.bodies { inputs += addConstants(of: body.scope, owner: node.name) }
    graph.operators.append(
      Operator(
        name: node.name, type: node.type, domain: node.domain, inputs: inputs,
        outputs: node.outputs.map { $0.flatMap { tensorOfValue[$0] } }, attributes: node.attributes,
        work: Work(
          kind: work.kind, matrixOperations: work.matrixOperations,
          vectorOperations: work.vectorOperations, isView: work.isView,
          isIncomplete: work.isIncomplete), isHostOnly: work.isHostOnly))
    contexts.append(NodeContext(node: node, inputs: node.inputs.map { $0.map { facts[$0] } }))
    markPacked(node, inputs)
    for tensor in Set(inputs.compactMap { $0 }) { graph.tensors[tensor.index].consumers.append(id) }
  }

  /// An element of packed weights holds several.
  private mutating func markPacked(_ node: Scope.Node, _ inputs: [TensorID?]) {
    guard let quantised = node.definition?.quantised, let context = contexts.last else { return }
    for position in quantised.packed {
      guard position < inputs.count, let tensor = inputs[position], graph[tensor].role == .constant,
        graph[tensor].type == .uint8
      else { continue }
      graph.tensors[tensor.index].parametersPerElement = quantised.weightsPerElement(context)
    }
  }

  /// Weights that a body owns and reads: its constants and Constant nodes, the bodies inside it included.
  private mutating func addConstants(of body: Scope, owner: String) -> [TensorID] {
    let live = Liveness(body)
    var found: [GraphDraft.Constant] = []
    for (index, value) in body.values.enumerated() where live.values[index] {
      if case .constant(let position) = value.origin { found.append(body.constants[position]) }
    }
    for (index, node) in body.nodes.enumerated() where node.type == "Constant" && live.nodes[index] {
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
    _ value: Int, role: Tensor.Role, producer: OperatorID? = nil
  ) {
    let fact = facts[value]
    let name = scope.values[value].name
    let shape = fact.shape ?? fact.items?.elements.map { [$0] }
    if shape == nil {
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
        name: name, type: fact.type ?? .float32, shape: shape ?? [0], role: role,
        producer: producer, isParameter: constants.isParameter[value], narrow: narrow(value)))
  }

  /// The narrower form of a constant, where it has one.
  private func narrow(_ value: Int) -> Tensor.Stored? {
    guard let stored = constants.stored[value], let type = facts[value].type, let count = facts[value].count,
      stored.bytes < type.bytes(for: count) ?? .max
    else { return nil }
    return stored
  }

  /// Bytes read and written; rows of tables are counted by the table.
  private mutating func countTraffic() {
    let tables = Set(graph.embeddingTables.map(\.tensor))
    for index in graph.operators.indices {
      let op = graph.operators[index]
      let outputs = op.outputs.compactMap { $0 }
      let written = outputs.reduce(0) { Saturating.sum($0, graph[$1].bytes) }
      var constants = 0
      var activations = 0
      for input in Set(op.inputs.compactMap { $0 }) {
        let tensor = graph[input]
        if tensor.role != .constant {
          activations = Saturating.sum(activations, tensor.bytes)
        } else if !tables.contains(input) {
          let stored = tensor.stored.bytes
          constants = Saturating.sum(
            constants, op.readsRows(of: input) ? min(stored, written) : stored)
        }
      }
      if constants > 0, let read = op.definition?.constantsRead {
        let share = min(constants, max(0, read(contexts[index], constants)))
        graph.operators[index].work.weightShare = Double(share) / Double(constants)
        constants = share
      }
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
