/// Infers types, shapes, small values and arithmetic of every node of a scope, in topological order.
///
/// Shapes the model declares are checked against what is inferred: a contradiction is a finding, and the inferred shape is
/// used, except where it is only an upper bound because the real one depends on data.
struct ShapeInference {
  /// Passes of loops as the caller states them, by the loop's name.
  let tripCounts: [String: Int]
  var log = InferenceLog()
  /// Loops whose trip count only the caller can know.
  var openLoops: [OpenLoop] = []
  /// Nodes that may still be inferred: bodies of nested loops are inferred several times each.
  private var budget = 4_000_000
  /// Scopes being inferred, one in the other: bodies are costed as a whole.
  private var depth = 0
  /// Branches of If being inferred: a branch that does not fit the shapes at hand may never be taken.
  var branchDepth = 0

  init(tripCounts: [String: Int] = [:]) {
    self.tripCounts = tripCounts
  }

  /// What is known of a scope after inference.
  struct Result {
    /// For each value of the scope.
    var facts: [TensorFact]
    /// For each node, in order.
    var works: [OperatorWork]

    var total: OperatorWork { works.reduce(.movement, +) }
  }

  /// - Parameters:
  ///   - inputs: facts of the scope's inputs, in order; missing ones are not known.
  ///   - captured: facts of the values of the scope around, for a body.
  mutating func infer(
    _ scope: Scope, inputs: [TensorFact], captured: [TensorFact] = []
  ) -> Result {
    depth += 1
    defer { depth -= 1 }
    var facts = [TensorFact](repeating: .unknown, count: scope.values.count)
    for (index, value) in scope.values.enumerated() {
      switch value.origin {
      case .captured(let outer): facts[index] = captured[outer]
      case .constant(let constant): facts[index] = fact(of: scope.constants[constant])
      case .input, .node, .removed: continue
      }
    }
    for (position, value) in scope.inputs.enumerated() where position < inputs.count {
      facts[value] = settle(inputs[position], scope.values[value], node: nil)
    }
    var works: [OperatorWork] = []
    works.reserveCapacity(scope.nodes.count)
    for node in scope.nodes {
      guard budget > 0 else {
        if budget == 0 { log.fail("the model's loops are nested too deep to be followed", node: node.name) }
        budget = -1
        works.append(.movement)
        continue
      }
      budget -= 1
      works.append(infer(node, in: scope, facts: &facts))
    }
    return Result(facts: facts, works: works)
  }

  private func fact(of constant: GraphDraft.Constant) -> TensorFact {
    var fact = TensorFact(constant.type, constant.shape)
    fact.constancy = .stored
    if let values = constant.values, values.count == fact.count { fact.values = values }
    return fact
  }

  /// Infers one node from the facts of what it reads.
  mutating func infer(
    _ node: Scope.Node, in scope: Scope, facts: inout [TensorFact]
  ) -> OperatorWork {
    let context = NodeContext(
      node: node, inputs: node.inputs.map { $0.map { facts[$0] } },
      declaredOutputs: node.outputs.map { $0.flatMap { scope.values[$0].declared?.shape } })
    var outputs: [TensorFact] = []
    var bodyWork: OperatorWork?
    let definition = node.definition
    do throws(ShapeProblem) {
      if definition?.traits.contains(.hasBodies) ?? false, !node.bodies.isEmpty {
        (outputs, bodyWork) = try inferBodies(context, captured: facts)
      } else if let rule = definition?.shape {
        outputs = try rule(context)
        if outputs.allSatisfy({ $0.shape == nil }), let bounds = UpperBounds.outputs(context, rule) {
          outputs = bounds
        }
      } else if definition == nil {
        log.unknownOperator(node)
      }
    } catch {
      report(error, context)
    }
    if outputs.isEmpty, node.domain.isEmpty, Self.typeKeeping.contains(node.type),
      let type = context.elementType(0)
    {
      outputs = node.outputs.map { _ in TensorFact(type, nil) }
    }
    describe(&outputs, of: context, definition, captured: node.captured.map { facts[$0] })
    for (slot, output) in node.outputs.enumerated() {
      guard let output else { continue }
      let inferred = slot < outputs.count ? outputs[slot] : .unknown
      facts[output] = settle(inferred, scope.values[output], node: node.name)
      if slot < outputs.count { outputs[slot] = facts[output] } else { outputs.append(facts[output]) }
    }
    // What follows from constants is done once, not with every pass of a body around it.
    if !outputs.isEmpty, outputs.allSatisfy(\.isConstant) { return .movement }
    if bodyWork == nil, depth <= 1, !context.hasBoundInput,
      let value = node.outputs.compactMap({ $0 }).first(where: { facts[$0].isBound }),
      let shape = facts[value].shape
    {
      log.bound(scope.values[value].name, node, shape: shape)
    }
    var work =
      bodyWork ?? definition?.work.work(context, outputs: outputs)
      ?? WorkRule.unknown(outputs: outputs)
    let values = context.inputs + zip(node.outputs, outputs).map { $0 == nil ? nil : $1 }
    work.isHostOnly =
      work.isHostOnly || definition?.traits.contains(.hostOnly) ?? true
      || values.contains { $0?.type == .string || $0?.items != nil }
    work.isIncomplete =
      work.isIncomplete || work.kind == .unknown || values.contains { $0?.isUnsized ?? false }
    return work
  }

  /// Operators whose results have the element type of their first input, also where nothing is known of their shapes.
  private static let typeKeeping: Set<String> = [
    "CenterCropPad", "Clip", "Compress", "Concat", "CumSum", "Expand", "Flatten", "Gather", "GatherElements",
    "GatherND", "Pad",
    "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
    "ReduceProd", "ReduceSum",
    "ReduceSumSquare", "Reshape", "ScatterElements", "ScatterND", "Slice", "Split", "Squeeze", "Tile",
    "Transpose", "Unsqueeze",
  ]

  /// Values, constancy and whether shapes are bounds.
  private func describe(
    _ outputs: inout [TensorFact], of context: NodeContext, _ definition: OperatorDefinition?,
    captured: [TensorFact]
  ) {
    let values = definition?.values?.values(context, outputs: outputs) ?? []
    let given = context.inputs.prefix(context.node.elementInputs.count).compactMap { $0 } + captured
    // Whatever depends on constants alone is done once, before the first batch.
    let isFolded =
      context.type == "Constant"
      || (!given.isEmpty && given.allSatisfy(\.isConstant) && context.node.isDeterministic)
    let isStored = given.allSatisfy { $0.constancy == .stored }
    for index in outputs.indices {
      outputs[index].isBound = outputs[index].isBound || context.hasBoundInput
      if isFolded, outputs[index].shape != nil { outputs[index].constancy = isStored ? .stored : .folded }
      guard index < values.count, let known = values[index], known.count == outputs[index].count else {
        continue
      }
      outputs[index].values = known
      if !outputs[index].isConstant { outputs[index].constancy = .folded }
    }
    guard let rule = definition?.values else { return }
    for (index, most) in UpperBounds.values(context, rule, outputs: outputs).enumerated()
    where index < outputs.count && outputs[index].values == nil {
      outputs[index].most = most
    }
  }

  /// Joins what is inferred of a value with what the model declares.
  private mutating func settle(
    _ inferred: TensorFact, _ value: Scope.Value, node: String?
  ) -> TensorFact {
    // What is declared of a sequence is said of its items.
    if inferred.items != nil || value.declared?.isSequence ?? false { return inferred }
    var fact = inferred
    fact.type = value.declared?.type ?? inferred.type
    if let declared = value.declared?.shape {
      if let shape = fact.shape {
        let agrees =
          shape.count == declared.count && zip(shape, declared).allSatisfy { $1 == nil || $0 == $1 }
        let complete = declared.compactMap { $0 }
        if !agrees, fact.isBound {
          if complete.count == declared.count { fact.shape = complete }
        } else if !agrees {
          log.contradiction(value.name, node: node, declared: declared, inferred: shape)
        }
        if fact.isBound, complete.count == declared.count { fact.isBound = false }
      } else {
        let complete = declared.compactMap { $0 }
        if complete.count == declared.count { fact.shape = complete }
      }
    }
    if let shape = fact.shape, !Self.isAcceptable(shape, fact.type) {
      log.fail(
        "shape \(shape) is not usable: dimensions must not be negative and a tensor at most 256 TiB",
        node: node, field: value.name)
      fact.shape = nil
      fact.values = nil
    }
    return fact
  }

  static func isAcceptable(_ shape: [Int], _ type: ElementType?) -> Bool {
    guard shape.allSatisfy({ $0 >= 0 }) else { return false }
    guard let count = Saturating.exactProduct(shape.filter { $0 > 0 }),
      let bytes = (type ?? .float32).bytes(for: count)
    else { return false }
    return bytes <= Tensor.maximumBytes
  }

  private mutating func report(_ problem: ShapeProblem, _ context: NodeContext) {
    let isDeclared = context.declaredOutputs.allSatisfy { $0?.allSatisfy { $0 != nil } ?? false }
    if isDeclared, !problem.isMalformed {
      log.warn(
        "\(context.type): \(problem.message); the declared shapes are used", node: context.node.name,
        field: problem.field)
    } else if branchDepth > 0, !problem.isMalformed {
      log.warn(
        "\(context.type): \(problem.message); the branch counts without it", node: context.node.name,
        field: problem.field)
    } else {
      log.fail("\(context.type): \(problem.message)", node: context.node.name, field: problem.field)
    }
  }
}

extension Scope.Node {
  /// Whether it is known to give the same result for the same inputs.
  var isDeterministic: Bool {
    guard let traits = definition?.traits, !traits.contains(.random) else { return false }
    // With a third input it may be in training.
    return (type != "Dropout" || inputs.count < 3)
      && bodies.allSatisfy { $0.scope.nodes.allSatisfy(\.isDeterministic) }
  }

  var qualifiedType: String { domain.isEmpty ? type : "\(domain)::\(type)" }
}
