/// Operators with bodies are costed as one node: If as its heavier branch, Loop and Scan as their body times the
/// trip count, a call of a local function as the function's body.
extension ShapeInference {
  mutating func inferBodies(
    _ node: NodeContext, captured: [TensorFact]
  ) throws(ShapeProblem) -> ([TensorFact], OperatorWork) {
    switch node.type {
    case "If": return inferBranches(node, captured)
    case "Loop": return try inferLoop(node, captured)
    default: return try inferScan(node, captured)
    }
  }

  mutating func inferCall(
    _ function: Scope, _ node: NodeContext
  ) throws(ShapeProblem) -> ([TensorFact], OperatorWork) {
    let name = node.node.qualifiedType
    guard !callStack.contains(name), callStack.count < ScopeResolver.maximumDepth else {
      throw ShapeProblem(
        "function '\(name)' calls itself or is nested too deep", isMalformed: true)
    }
    callStack.append(name)
    defer { callStack.removeLast() }
    let result = infer(function, inputs: node.inputs.map { $0 ?? .unknown }, call: node.node)
    return (function.outputs.map { result.facts[$0].asVariable }, result.total)
  }

  private mutating func inferBranches(
    _ node: NodeContext, _ captured: [TensorFact]
  ) -> ([TensorFact], OperatorWork) {
    branchDepth += 1
    defer { branchDepth -= 1 }
    var results: [(outputs: [TensorFact], work: OperatorWork)] = []
    let condition = node.intValues(0)?.first
    for body in node.node.bodies {
      let result = infer(body.scope, inputs: [], captured: captured)
      let outputs = body.scope.outputs.map { result.facts[$0].asVariable }
      if let condition, (condition != 0) == (body.attribute == "then_branch") {
        results = [(outputs, result.total)]
        break
      }
      if condition == nil { results.append((outputs, result.total)) }
    }
    guard var outputs = results.first?.outputs else { return ([], .movement) }
    for other in results.dropFirst() {
      for index in outputs.indices where index < other.outputs.count {
        outputs[index] = outputs[index].merged(with: other.outputs[index])
      }
    }
    return (outputs, results.map(\.work).max { $0.operations < $1.operations } ?? .movement)
  }

  /// Inputs are the trip count, the condition and what is carried; the body takes (iteration, condition, carried...) and
  /// returns (condition, carried..., scanned...).
  private mutating func inferLoop(
    _ node: NodeContext, _ captured: [TensorFact]
  ) throws(ShapeProblem) -> ([TensorFact], OperatorWork) {
    guard let body = node.node.bodies.first?.scope else { return ([], .movement) }
    let carried = node.inputs.dropFirst(2).map { ($0 ?? .unknown).asVariable }
    let result = infer(
      body, inputs: [TensorFact(.int64, []), TensorFact(.bool, [])] + carried, captured: captured)
    // Writers of while loops give the largest integer as a count that is never reached.
    let trips = node.intValues(0)?.first.flatMap { $0 > Int(Int32.max) ? nil : max(0, $0) }
    if trips == nil {
      log.warn(
        "Loop with a trip count that depends on data is costed as one pass", node: node.node.name)
    }
    let results = body.outputs.dropFirst().map { result.facts[$0].asVariable }
    var outputs: [TensorFact] = []
    for (index, fact) in results.enumerated() {
      if index < carried.count {
        outputs.append(carried[index].merged(with: fact))
      } else {
        outputs.append(TensorFact(fact.type, fact.shape.flatMap { shape in trips.map { [$0] + shape } }))
      }
    }
    return (outputs, result.total.repeated(trips ?? 1))
  }

  /// Inputs are states, then sequences that are cut along an axis; the body returns states, then slices.
  private mutating func inferScan(
    _ node: NodeContext, _ captured: [TensorFact]
  ) throws(ShapeProblem) -> ([TensorFact], OperatorWork) {
    guard let body = node.node.bodies.first?.scope,
      let sequences = try node.int("num_scan_inputs"), sequences >= 0, sequences <= node.inputs.count
    else { return ([], .movement) }
    let states = node.inputs.count - sequences
    let axes = try node.ints("scan_input_axes") ?? [Int](repeating: 0, count: sequences)
    var trips: Int?
    var inputs: [TensorFact] = []
    for (index, input) in node.inputs.enumerated() {
      var fact = (input ?? .unknown).asVariable
      if index >= states, var shape = fact.shape {
        let place = index - states
        let axis = try node.axis(
          place < axes.count ? axes[place] : 0, rank: shape.count, field: "scan_input_axes")
        trips = trips ?? shape[axis]
        shape.remove(at: axis)
        fact.shape = shape
      }
      inputs.append(fact)
    }
    let result = infer(body, inputs: inputs, captured: captured)
    let outputAxes = try node.ints("scan_output_axes") ?? []
    var outputs: [TensorFact] = []
    for (index, value) in body.outputs.enumerated() {
      var fact = result.facts[value].asVariable
      if index >= states, var shape = fact.shape {
        let place = index - states
        let axis = try node.axis(
          place < outputAxes.count ? outputAxes[place] : 0, rank: shape.count + 1,
          field: "scan_output_axes")
        if let trips { shape.insert(trips, at: axis) }
        fact.shape = trips == nil ? nil : shape
      }
      outputs.append(fact)
    }
    return (outputs, result.total.repeated(trips ?? 1))
  }
}

extension TensorFact {
  /// The same without known values: a value that changes from one pass to the next.
  var asVariable: TensorFact { TensorFact(type, shape, isBound: isBound) }

  /// What is known of a value that is one or the other. Where only one is known it stands for both, as a bound.
  func merged(with other: TensorFact) -> TensorFact {
    if shape == nil || other.shape == nil {
      return TensorFact(type ?? other.type, shape ?? other.shape, isBound: true)
    }
    guard let shape, let otherShape = other.shape, shape.count == otherShape.count else {
      return TensorFact(type ?? other.type, nil)
    }
    return TensorFact(
      type ?? other.type, zip(shape, otherShape).map { max($0, $1) },
      isBound: isBound || other.isBound || shape != otherShape)
  }
}
