#if COIN
  import CCOIN
  import Modeling
  import Synchronization

  /// One branch-and-cut search: the root relaxation in Clp, which ends by work and cancellation too, then Cbc.
  struct CbcSearch {
    /// Cbc's `CbcMain` reads its options into global variables: two searches at once take each other's, and answer with
    /// optima of neither. So one runs at a time in the process.
    private static let lock = Mutex(())

    /// Iterations of the relaxation that a node takes, to say how many nodes a limit of work allows.
    private static let iterationsPerNode = 4
    /// Iterations that reductions, cuts and heuristics before the first node are worth.
    private static let iterationsOfRoot = 200

    let program: Program
    let limits: SolveLimits
    let start: [Double]?

    func run() throws(ProgramError) -> SolveOutcome {
      let clock = ContinuousClock()
      let begin = clock.now
      var left: Double? { limits.timeLimit.map { $0 - begin.duration(to: clock.now) / .seconds(1) } }
      let session = try ClpSession(program)
      let root = session.solve(timeLimit: left, workLimit: limits.workLimit, isCancelled: limits.isCancelled)
      let perIteration = session.ticksPerIteration
      session.close()
      guard root.vector == .optimal, let relaxed = root.objective else { return outcome(of: root) }
      let matrix = try ColumnMatrix(program)
      return Self.lock.withLock { _ in
        var nodeLimit = limits.nodeLimit ?? .max
        var isWorkLimit = false
        if let workLimit = limits.workLimit {
          let iterations = max(0, workLimit - root.ticks) / perIteration - Self.iterationsOfRoot
          let nodes = max(0, iterations / (2 * Self.iterationsPerNode))
          isWorkLimit = nodes < nodeLimit
          nodeLimit = min(nodeLimit, nodes)
        }
        if limits.isCancelled() { return unfinished(.cancelled, bound: relaxed, ticks: root.ticks) }
        if let left, left <= 0 { return unfinished(.timeLimit, bound: relaxed, ticks: root.ticks) }
        if nodeLimit <= 0 {
          return unfinished(isWorkLimit ? .workLimit : .nodeLimit, bound: relaxed, ticks: root.ticks)
        }
        let model = CbcModel(program, matrix)
        defer { model.close() }
        if let start { model.begin(with: start) }
        model.limit(seconds: left, nodes: nodeLimit, gap: limits.gap)
        let end = model.solve()
        let ticks =
          root.ticks + perIteration * (Self.iterationsOfRoot + 2 * model.iterations + model.nodes)
        return outcome(
          of: model, end == .nodeLimit && isWorkLimit ? .workLimit : end, relaxed: relaxed, ticks: ticks)
      }
    }

    // MARK: Results

    private func outcome(of root: LinearOutcome) -> SolveOutcome {
      SolveOutcome(
        stop: root.stop, vector: root.vector, solverStatus: root.solverStatus, values: [], objective: nil,
        bound: root.vector == .infeasible ? limits.cutoff ?? program.worstBound : -program.worstBound,
        nodes: 0, ticks: root.ticks)
    }

    private func unfinished(_ stop: StopReason, bound: Double, ticks: Int) -> SolveOutcome {
      SolveOutcome(
        stop: stop, vector: .unknown, solverStatus: "Cbc not begun", values: [], objective: nil, bound: bound,
        nodes: 0, ticks: ticks)
    }

    /// - Parameter relaxed: value of the root relaxation.
    private func outcome(
      of model: CbcModel, _ stop: StopReason, relaxed: Double, ticks: Int
    ) -> SolveOutcome {
      func result(
        _ vector: VectorStatus, _ values: [Double] = [], _ objective: Double? = nil, bound: Double
      ) -> SolveOutcome {
        SolveOutcome(
          stop: stop, vector: vector, solverStatus: model.word, values: values, objective: objective,
          bound: bound, nodes: model.nodes, ticks: ticks)
      }
      if model.isInfeasible { return result(.infeasible, bound: limits.cutoff ?? program.worstBound) }
      // Where it has no bound Cbc says 1e50.
      let own = abs(model.bound) < 1e49 ? model.bound : relaxed
      let best = program.sense == .minimise ? max(relaxed, own) : min(relaxed, own)
      guard var values = model.values, stop != .numericalTrouble else { return result(.unknown, bound: best) }
      for (index, variable) in program.variables.enumerated() where variable.kind == .integer {
        values[index] = values[index].rounded()
      }
      // Cbc answers for the program that it reduced and scaled: what does not hold for this one is no answer.
      guard program.violations(of: values).isEmpty else {
        return SolveOutcome(
          stop: .numericalTrouble, vector: .unknown, solverStatus: model.word, values: [], objective: nil,
          bound: relaxed, nodes: model.nodes, ticks: ticks)
      }
      let objective = program.objectiveValue(at: values)
      if stop == .finished { return result(.optimal, values, objective, bound: objective) }
      // The bound never claims more than the vector shows.
      let capped = program.sense == .minimise ? min(best, objective) : max(best, objective)
      return result(.feasible, values, objective, bound: capped)
    }
  }
#endif
