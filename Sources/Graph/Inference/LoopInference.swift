/// A loop whose trip count is not in the file: the caller may give it.
package struct OpenLoop: Sendable, Hashable {
  /// The node's name.
  package var name: String
  /// Whether what it carries grows with every pass and the count is not known, so that shapes behind it need it.
  package var isGrowing: Bool

  /// What a loop's name and this make the name of its trip count.
  package static let tripSuffix = ":trips"
  /// The trip count by name, as `--dim` binds it.
  package var tripName: String { name + Self.tripSuffix }
}

/// Loop carries states from pass to pass and stacks what else its body returns. What it computes is the sum over its
/// passes: a state that grows, such as a cache that every pass appends to, makes later passes dearer.
extension ShapeInference {
  /// How often a loop runs.
  private struct Trips {
    /// `nil` when it depends on data.
    var count: Int?
    /// Whether it may end earlier.
    var isBound = false
  }

  /// Inputs are the trip count, the condition and what is carried; the body takes (iteration, condition, carried...) and
  /// returns (condition, carried..., scanned...).
  mutating func inferLoop(
    _ node: NodeContext, _ captured: [TensorFact]
  ) -> ([TensorFact], OperatorWork) {
    guard let body = node.node.bodies.first?.scope else { return ([], .movement) }
    let initial = node.inputs.dropFirst(2).map { ($0 ?? .unknown).asVariable }
    let first = pass(body, initial, captured)
    var trips = tripCount(of: node, body, captured, conditionIsKept: first.conditionIsKept)
    if trips.count == nil {
      let isGrowing = isGrowing(body, initial, first, captured)
      trips.count = declaredTrips(node, initial, first)
      if trips.count == nil { ask(OpenLoop(name: node.node.name, isGrowing: isGrowing)) }
      if isGrowing, trips.count == nil {
        let states = zip(initial, first.states).map { $0.shape == $1.shape ? $1 : TensorFact($1.type, nil) }
        return (outputs(states, states, first.scanned, trips), first.work)
      }
    }
    guard let count = trips.count else {
      return (outputs(initial, first.states, first.scanned, trips), first.work)
    }
    if trips.isBound {
      log.warn(
        "the Loop may end early, depending on data; it counts with \(count) passes, the most there can be",
        node: node.node.name)
    }
    guard count > 0 else { return (outputs(initial, initial, first.scanned, trips), .movement) }
    var failure: Finding?
    let run = LoopRun.run(count: count, from: initial, first: first) { states in
      quietly { inference in
        let known = inference.log.findings.count
        let pass = inference.pass(body, states, captured)
        failure = failure ?? inference.log.findings.dropFirst(known).first { $0.severity == .error }
        return pass
      }
    }
    // What the first pass says is not repeated; what only a later one breaks is said.
    if let failure, !log.findings.contains(failure) {
      log.fail(failure.message, node: failure.node, field: failure.field)
    }
    if run.isEstimate {
      log.warn(
        "the passes of the Loop differ in a way that is not followed; their work is an estimate",
        node: node.node.name)
    }
    return (
      outputs(trips.isBound ? initial : run.states, run.states, run.scanned, trips), run.work
    )
  }

  private mutating func ask(_ loop: OpenLoop) {
    openLoops.append(loop)
    log.warn(
      "the trip count of the Loop depends on data: "
        + (loop.isGrowing
          ? "a state grows with every pass, and shapes behind it are not known" : "it is costed as one pass")
        + "; give the count with --dim \(ShellText.quoted(loop.tripName + "=N"))", node: loop.name)
  }

  private func outputs(
    _ initial: [TensorFact], _ states: [TensorFact], _ scanned: [TensorFact], _ trips: Trips
  ) -> [TensorFact] {
    zip(initial, states).map { $0.merged(with: $1) }
      + scanned.map { fact in
        TensorFact(
          fact.type, fact.shape.flatMap { shape in trips.count.map { [$0] + shape } },
          isBound: fact.isBound || trips.isBound)
      }
  }

  /// Infers the body for one pass.
  private mutating func pass(
    _ body: Scope, _ states: [TensorFact], _ captured: [TensorFact]
  ) -> LoopRun.Pass {
    let result = infer(
      body, inputs: [TensorFact(.int64, []), TensorFact(.bool, [])] + states, captured: captured)
    let results = body.outputs.dropFirst().map { result.facts[$0].asVariable }
    let next = zip(states, results).map { state, result in
      // An operator that is not known is taken to leave a state as it is.
      result.shape == nil ? TensorFact(state.type, state.shape, isBound: true) : result
    }
    return LoopRun.Pass(
      states: next, scanned: Array(results.dropFirst(states.count)), work: result.total,
      conditionIsKept: body.outputs.first.map { isKept($0, in: body, result.facts) } ?? true)
  }

  /// Whether the condition a body returns is the one it was given, or always true.
  private func isKept(_ value: Int, in body: Scope, _ facts: [TensorFact]) -> Bool {
    if let known = facts[value].values?.ints?.first { return known != 0 }
    switch body.values[value].origin {
    case .input(let position): return position == 1
    case .node(let node, _):
      guard ["Identity", "Cast"].contains(body.nodes[node].type),
        let source = body.nodes[node].inputs.first.flatMap({ $0 })
      else { return false }
      return isKept(source, in: body, facts)
    case .constant, .captured, .removed: return false
    }
  }

  private mutating func tripCount(
    of node: NodeContext, _ body: Scope, _ captured: [TensorFact], conditionIsKept: Bool
  ) -> Trips {
    if node.intValues(1)?.first == 0 { return Trips(count: 0) }
    // Writers of while loops give the largest integer as a count that is never reached.
    let most = node.intValues(0)?.first.flatMap { $0 > Int(Int32.max) ? nil : max(0, $0) }
    if !node.has(1) || node.intValues(1) != nil {
      if let most, conditionIsKept { return Trips(count: most) }
      if !conditionIsKept, let counted = quietly({ $0.counted(node, body, captured, most: most) }) {
        return Trips(count: counted)
      }
    }
    if let given = tripCounts[node.node.name + OpenLoop.tripSuffix] {
      openLoops.append(OpenLoop(name: node.node.name, isGrowing: false))
      return Trips(count: min(given, most ?? .max))
    }
    return Trips(count: most, isBound: true)
  }

  /// The passes after which the condition fails, where it follows from shapes and constants alone, as that of a loop over the
  /// steps of a sequence does; `nil` where it does not, or not soon.
  private mutating func counted(
    _ node: NodeContext, _ body: Scope, _ captured: [TensorFact], most: Int?
  ) -> Int? {
    guard let condition = body.outputs.first else { return nil }
    let limit = min(most ?? .max, Self.mostCountedNodes / max(1, body.nodes.count))
    var states = node.inputs.dropFirst(2).map { $0 ?? .unknown }
    for passes in 0..<limit {
      var (iteration, isGoing) = (TensorFact(.int64, []), TensorFact(.bool, []))
      (iteration.values, isGoing.values) = (.ints([passes]), .ints([1]))
      let result = infer(body, inputs: [iteration, isGoing] + states, captured: captured)
      guard let next = result.facts[condition].values?.ints?.first else { return nil }
      if next == 0 { return passes + 1 }
      states = body.outputs.dropFirst().prefix(states.count).map { result.facts[$0] }
    }
    return limit == most ? most : nil
  }

  /// Nodes that are inferred at most to count passes.
  private static let mostCountedNodes = 200_000

  /// Whether a state that changed its shape in the first pass does so again in the second.
  private mutating func isGrowing(
    _ body: Scope, _ initial: [TensorFact], _ first: LoopRun.Pass, _ captured: [TensorFact]
  ) -> Bool {
    guard zip(initial, first.states).contains(where: { $0.shape != $1.shape }) else { return false }
    return quietly { inference in
      let second = inference.pass(body, first.states, captured)
      return zip(first.states, second.states).contains { $0.shape != $1.shape }
    }
  }

  /// The trip count that makes what a loop stacks, or a growing state, as large as the model declares it.
  private func declaredTrips(
    _ node: NodeContext, _ initial: [TensorFact], _ first: LoopRun.Pass
  ) -> Int? {
    for (index, declared) in node.declaredOutputs.enumerated() {
      guard index < initial.count else {
        if let stacked = declared?.first ?? nil { return stacked }
        continue
      }
      guard let from = initial[index].shape, let next = first.states[index].shape, let declared,
        from.count == next.count, declared.count == from.count
      else { continue }
      for axis in from.indices where next[axis] > from[axis] {
        if let last = declared[axis], last >= from[axis] {
          return (last - from[axis]) / (next[axis] - from[axis])
        }
      }
    }
    return nil
  }

  /// Runs `body` without keeping what it has to say: passes after the first would repeat it.
  private mutating func quietly<Value>(_ body: (inout ShapeInference) -> Value) -> Value {
    let kept = (log, openLoops)
    defer { (log, openLoops) = kept }
    return body(&self)
  }
}
