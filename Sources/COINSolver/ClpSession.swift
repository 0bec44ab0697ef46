#if COIN
  import CCOIN
  import Modeling

  /// A validated program inside Clp, from creation to deletion on one thread.
  @safe final class ClpSession: LinearSession {
    private var model: UnsafeMutableRawPointer?
    private(set) var variableCount: Int
    private(set) var constraintCount: Int
    private var entryCount: Int
    /// Clp is given no constant of the objective; this is added to what it answers.
    private let offset: Double
    /// Of constraint expressions: bounds are shifted by them.
    private var constants: [Double]
    /// Adding a column or changing the objective leaves the basis primal feasible; adding a row, dual feasible.
    private var prefersPrimal = false

    /// - Precondition: `program.validate()` has passed.
    init(_ program: Program) throws(ProgramError) {
      let matrix = try ColumnMatrix(program)
      variableCount = program.variables.count
      constraintCount = program.constraints.count
      entryCount = matrix.values.count
      offset = program.objective.constant
      constants = matrix.constants
      let model = unsafe Clp_newModel()
      unsafe self.model = model
      unsafe Clp_setLogLevel(model, 0)
      unsafe Clp_loadProblem(
        model, Int32(variableCount), Int32(constraintCount), matrix.starts, matrix.rows, matrix.values,
        matrix.columnLower, matrix.columnUpper, matrix.objective, matrix.rowLower, matrix.rowUpper)
      unsafe Clp_setOptimizationDirection(model, program.sense == .minimise ? 1 : -1)
    }

    deinit { assert(unsafe model == nil, "a Clp problem was left open") }

    func close() {
      unsafe Clp_deleteModel(model)
      unsafe model = nil
    }

    // MARK: LinearSession

    @discardableResult
    func addVariable(
      objective: Double, lower: Double, upper: Double, entries: [(constraint: ConstraintID, value: Double)]
    ) throws(ProgramError) -> VariableID {
      let merged = try Program.checkedColumn(
        objective: objective, lower: lower, upper: upper, entries: entries, number: variableCount,
        rowCount: constraintCount)
      unsafe Clp_addColumns(
        model, 1, [ColumnMatrix.bound(lower)], [ColumnMatrix.bound(upper)], [objective],
        [0, Int32(merged.count)], merged.map { Int32($0.variable.index) }, merged.map(\.coefficient))
      variableCount += 1
      entryCount += merged.count
      prefersPrimal = true
      return VariableID(index: variableCount - 1)
    }

    @discardableResult
    func addConstraint(_ constraint: Program.Constraint) throws(ProgramError) -> ConstraintID {
      let merged = try Program.checkedRow(constraint, number: constraintCount, columnCount: variableCount)
      constants.append(merged.constant)
      unsafe Clp_addRows(
        model, 1, [ColumnMatrix.bound(constraint.lower - merged.constant)],
        [ColumnMatrix.bound(constraint.upper - merged.constant)], [0, Int32(merged.terms.count)],
        merged.terms.map { Int32($0.variable.index) }, merged.terms.map(\.coefficient))
      constraintCount += 1
      entryCount += merged.terms.count
      prefersPrimal = false
      return ConstraintID(index: constraintCount - 1)
    }

    func setBounds(_ variable: VariableID, lower: Double, upper: Double) throws(ProgramError) {
      try Program.checkBounds(
        of: "variable", variable.index, lower: lower, upper: upper, count: variableCount)
      unsafe Clp_columnLower(model)[variable.index] = ColumnMatrix.bound(lower)
      unsafe Clp_columnUpper(model)[variable.index] = ColumnMatrix.bound(upper)
      prefersPrimal = false
    }

    func setBounds(_ constraint: ConstraintID, lower: Double, upper: Double) throws(ProgramError) {
      try Program.checkBounds(
        of: "constraint", constraint.index, lower: lower, upper: upper, count: constraintCount)
      let shift = constants[constraint.index]
      unsafe Clp_rowLower(model)[constraint.index] = ColumnMatrix.bound(lower - shift)
      unsafe Clp_rowUpper(model)[constraint.index] = ColumnMatrix.bound(upper - shift)
      prefersPrimal = false
    }

    func setObjective(_ variable: VariableID, _ coefficient: Double) throws(ProgramError) {
      try Program.check(
        LinearExpression([.init(coefficient, variable)]), place: "objective", count: variableCount)
      unsafe Clp_objective(model)[variable.index] = coefficient
      prefersPrimal = true
    }

    /// Runs the simplex method in slices, so that a cancellation is seen soon; each begins at the basis the last one left.
    func solve(timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool) -> LinearOutcome {
      let clock = ContinuousClock()
      let deadline = timeLimit.map { clock.now.advanced(by: .seconds(max(0, min($0, 1e9)))) }
      var ticks = 0
      var isPrimal = prefersPrimal
      var wasRepaired = false
      while true {
        if isCancelled() { return outcome(.cancelled, ticks) }
        var iterations = Self.sliceIterations
        if let workLimit {
          if ticks >= workLimit { return outcome(.workLimit, ticks) }
          iterations = min(iterations, (workLimit - ticks) / ticksPerIteration + 1)
        }
        // Clp's seconds are those of the processor, of all threads together, so a slice may end early.
        var seconds = -1.0
        if let deadline {
          seconds = clock.now.duration(to: deadline) / .seconds(1)
          if seconds <= 0 { return outcome(.timeLimit, ticks) }
        }
        unsafe Clp_setMaximumIterations(model, Int32(iterations))
        unsafe Clp_setMaximumSeconds(model, seconds)
        if isPrimal { unsafe Clp_primal(model, 0) } else { unsafe Clp_dual(model, 0) }
        ticks += Int(unsafe Clp_numberIterations(model)) * ticksPerIteration
        switch unsafe Clp_status(model) {
        case Self.stopped: continue
        case Self.optimal, Self.infeasible, Self.unbounded: return outcome(.finished, ticks)
        default:
          if wasRepaired { return outcome(.numericalTrouble, ticks) }
          // Once again, from the slack basis, with the other method.
          wasRepaired = true
          isPrimal.toggle()
          unsafe Clp_crash(model, 0, 0)
        }
      }
    }

    private static let sliceIterations = 2000
    // Clp's words: see `Clp_status`.
    private static let optimal: Int32 = 0
    private static let infeasible: Int32 = 1
    private static let unbounded: Int32 = 2
    private static let stopped: Int32 = 3

    /// Of one simplex iteration, in nanoseconds.
    var ticksPerIteration: Int { 3000 + 4 * (constraintCount + variableCount + entryCount) }

    private func outcome(_ stop: StopReason, _ ticks: Int) -> LinearOutcome {
      let status = unsafe Clp_status(model)
      let word = unsafe "Clp \(status), \(Clp_secondaryStatus(model))"
      let vector: VectorStatus =
        switch (stop, status) {
        case (.finished, Self.optimal): .optimal
        case (.finished, Self.infeasible): .infeasible
        case (.finished, Self.unbounded): .unbounded
        default: .unknown
        }
      guard vector == .optimal else {
        return LinearOutcome(
          stop: stop, vector: vector, solverStatus: word, values: [], objective: nil, duals: [],
          reducedCosts: [], ticks: ticks)
      }
      return LinearOutcome(
        stop: stop, vector: vector, solverStatus: word,
        values: (0..<variableCount).map { unsafe Clp_primalColumnSolution(model)[$0] },
        objective: unsafe Clp_objectiveValue(model) + offset,
        duals: (0..<constraintCount).map { unsafe Clp_dualRowSolution(model)[$0] },
        reducedCosts: (0..<variableCount).map { unsafe Clp_dualColumnSolution(model)[$0] }, ticks: ticks)
    }
  }
#endif
