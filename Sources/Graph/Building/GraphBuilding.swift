extension GraphDraft {
  /// A graph made from a draft, with what there is to say about it.
  package struct Built: Sendable {
    package var graph: Graph
    package var findings: [Finding]
    /// Values whose shape is neither declared nor could be inferred.
    package var unresolved: [String]
    /// Loops whose trip count the caller may give.
    package var openLoops: [OpenLoop]
    /// The model's nodes as written, for what is made of them; see ``WrittenGraph``.
    package var written: WrittenGraph
  }

  /// Inlines local functions, resolves names, infers shapes, folds constants, counts work and finds embedding tables.
  ///
  /// - Throws: ``GraphError`` with every problem found.
  package func build() throws(GraphError) -> Built {
    let inlined = FunctionInliner.inline(self)
    try check(inlined.findings)
    var resolver = ScopeResolver()
    let written = resolver.resolve(inlined.draft.expandingComposites())
    var findings = inlined.findings + resolver.findings + problemsOfConstants()
    try check(findings)
    let live = Liveness(written)
    findings += live.findings(written)
    let plain = written.removingDead(live).takingKnownBranches().skippingJoinsOfOne()
    let rewritten = SegmentForms.rewrite(BagForms.rewrite(plain))
    var scope = rewritten.removingDead(Liveness(rewritten))

    var facts = scope.inputs.map { value -> TensorFact in
      let declared = scope.values[value].declared
      let known = declared?.shape?.compactMap { $0 }
      let fact = TensorFact(declared?.type, known?.count == declared?.shape?.count ? known : nil)
      return declared?.isSequence ?? false ? .sequence(.any(fact)) : fact
    }
    var serving = serving
    var source = (scope: plain, batch: WrittenGraph.Batch.stated)
    if let batch {
      let result = try changed(scope, facts, to: batch)
      (scope, facts) = (result.scope, result.inputs)
      findings += result.note.map { [$0] } ?? []
      serving.batch = batch
      if result.note != nil {
        // A bag that stands for several nodes of the file is none of its own.
        let isOfFile = rewritten.nodes.elementsEqual(plain.nodes) { $0.type == $1.type }
        source = isOfFile ? (scope, .followed) : (plain, .unfollowed)
      }
    }
    var inference = ShapeInference(tripCounts: tripCounts)
    let inferred = inference.infer(scope, inputs: facts)
    findings += inference.log.summarised
    try check(findings)

    var assembler = GraphAssembler(
      scope, inferred, serving: serving, states: states, sourceNodeCount: nodes.count)
    let result = assembler.assemble()
    findings += result.findings
    try check(findings)
    return Built(
      graph: result.graph, findings: findings, unresolved: result.unresolved,
      openLoops: inference.openLoops,
      written: WrittenGraph(
        scope: source.scope, facts: inferred.facts, tensorOfValue: result.tensorOfValue, batch: source.batch))
  }

  private func changed(
    _ scope: Scope, _ inputs: [TensorFact], to batch: Int
  ) throws(GraphError) -> BatchRewriter.Result {
    do {
      return try BatchRewriter.rewrite(scope, inputs: inputs, stated: serving.batch, to: batch)
    } catch {
      throw GraphError(problems: [error])
    }
  }

  private func check(_ findings: [Finding]) throws(GraphError) {
    let errors = findings.filter { $0.severity == .error }
    guard errors.isEmpty else { throw GraphError(problems: errors) }
  }

  /// Constants of impossible size.
  private func problemsOfConstants() -> [Finding] {
    constants.filter { !ShapeInference.isAcceptable($0.shape, $0.type) }.map {
      Finding(
        .error,
        "shape \($0.shape) is not usable: dimensions must not be negative and a tensor at most 256 TiB",
        field: $0.name)
    }
  }
}
