#if GLPK
  import CGLPK
  import Modeling

  /// A validated program inside GLPK, from creation to deletion on one thread.
  @safe final class LoadedProblem: LinearSession {
    private(set) var handle: OpaquePointer?
    private(set) var variableCount: Int
    private(set) var constraintCount: Int
    private let sense: Program.Sense
    /// Adding a column or changing the objective leaves the basis primal feasible; adding a row, dual feasible.
    private var prefersPrimal = false
    private var hasBasis = false
    private var entryCount = 0
    /// Constants of constraint expressions, which GLPK has no place for: bounds are shifted by them.
    private var constants: [Double]

    /// - Precondition: `program.validate()` has passed.
    init(_ program: Program) throws(ProgramError) {
      variableCount = program.variables.count
      constraintCount = program.constraints.count
      sense = program.sense
      constants = program.constraints.map(\.expression.constant)
      var entries = 0
      let rows = program.constraints.map { constraint in
        let merged = constraint.expression.merged()
        entries += merged.terms.count
        return merged.terms
      }
      try program.checkSize(entries: entries)
      entryCount = entries
      glp_term_out(GLP_OFF)
      let problem = unsafe glp_create_prob()
      unsafe handle = problem
      unsafe glp_set_obj_dir(problem, sense == .minimise ? GLP_MIN : GLP_MAX)
      if variableCount > 0 { unsafe glp_add_cols(problem, Int32(variableCount)) }
      if constraintCount > 0 { unsafe glp_add_rows(problem, Int32(constraintCount)) }
      load(columns: program.variables, objective: program.objective.merged())
      load(rows: rows, entries: entries)
      for (index, constraint) in program.constraints.enumerated() {
        apply(row: index, lower: constraint.lower, upper: constraint.upper)
      }
      if !rows.isEmpty && variableCount > 0 { unsafe glp_scale_prob(problem, GLP_SF_AUTO) }
    }

    deinit { assert(unsafe handle == nil, "a GLPK problem was left open") }

    /// Deletes the problem and, when it was the thread's last, GLPK's environment of this thread.
    func close() {
      guard let problem = unsafe handle else { return }
      unsafe glp_delete_prob(problem)
      unsafe handle = nil
      var blocks: Int32 = 0
      unsafe glp_mem_usage(&blocks, nil, nil, nil)
      if blocks == 0 { glp_free_env() }
    }

    func markIntegers(_ program: Program) {
      for (index, variable) in program.variables.enumerated() where variable.kind == .integer {
        unsafe glp_set_col_kind(handle, Int32(index + 1), GLP_IV)
      }
    }

    // MARK: Loading

    private func load(columns: [Program.Variable], objective: LinearExpression) {
      for (index, variable) in columns.enumerated() {
        apply(column: index, lower: variable.lower, upper: variable.upper)
      }
      unsafe glp_set_obj_coef(handle, 0, objective.constant)
      for term in objective.terms {
        unsafe glp_set_obj_coef(handle, Int32(term.variable.index + 1), term.coefficient)
      }
    }

    private func load(rows: [[LinearExpression.Term]], entries: Int) {
      var rowIndices: [Int32] = [0]
      var columnIndices: [Int32] = [0]
      var values: [Double] = [0]
      rowIndices.reserveCapacity(entries + 1)
      columnIndices.reserveCapacity(entries + 1)
      values.reserveCapacity(entries + 1)
      for (row, terms) in rows.enumerated() {
        for term in terms {
          rowIndices.append(Int32(row + 1))
          columnIndices.append(Int32(term.variable.index + 1))
          values.append(term.coefficient)
        }
      }
      if entries > 0 {
        unsafe glp_load_matrix(handle, Int32(entries), rowIndices, columnIndices, values)
      }
    }

    private func apply(row: Int, lower: Double, upper: Double) {
      let shift = constants[row]
      let (type, low, high) = Self.bounds(lower - shift, upper - shift)
      unsafe glp_set_row_bnds(handle, Int32(row + 1), type, low, high)
    }

    private func apply(column: Int, lower: Double, upper: Double) {
      let (type, low, high) = Self.bounds(lower, upper)
      unsafe glp_set_col_bnds(handle, Int32(column + 1), type, low, high)
    }

    private static func bounds(_ lower: Double, _ upper: Double) -> (Int32, Double, Double) {
      switch (lower.isFinite, upper.isFinite) {
      case (false, false): (GLP_FR, 0, 0)
      case (true, false): (GLP_LO, lower, 0)
      case (false, true): (GLP_UP, 0, upper)
      case (true, true): lower == upper ? (GLP_FX, lower, lower) : (GLP_DB, lower, upper)
      }
    }

    // MARK: LinearSession

    @discardableResult
    func addVariable(
      objective: Double, lower: Double, upper: Double, entries: [(constraint: ConstraintID, value: Double)]
    ) throws(ProgramError) -> VariableID {
      let merged = try Program.checkedColumn(
        objective: objective, lower: lower, upper: upper, entries: entries, number: variableCount,
        rowCount: constraintCount)
      unsafe glp_add_cols(handle, 1)
      variableCount += 1
      apply(column: variableCount - 1, lower: lower, upper: upper)
      unsafe glp_set_obj_coef(handle, Int32(variableCount), objective)
      let indices = [Int32(0)] + merged.map { Int32($0.variable.index + 1) }
      let values = [0.0] + merged.map(\.coefficient)
      unsafe glp_set_mat_col(handle, Int32(variableCount), Int32(merged.count), indices, values)
      entryCount += merged.count
      prefersPrimal = true
      return VariableID(index: variableCount - 1)
    }

    @discardableResult
    func addConstraint(_ constraint: Program.Constraint) throws(ProgramError) -> ConstraintID {
      let merged = try Program.checkedRow(constraint, number: constraintCount, columnCount: variableCount)
      unsafe glp_add_rows(handle, 1)
      constraintCount += 1
      constants.append(merged.constant)
      let indices = [Int32(0)] + merged.terms.map { Int32($0.variable.index + 1) }
      let values = [0.0] + merged.terms.map(\.coefficient)
      unsafe glp_set_mat_row(
        handle, Int32(constraintCount), Int32(merged.terms.count), indices, values)
      entryCount += merged.terms.count
      apply(row: constraintCount - 1, lower: constraint.lower, upper: constraint.upper)
      prefersPrimal = false
      return ConstraintID(index: constraintCount - 1)
    }

    func setBounds(_ variable: VariableID, lower: Double, upper: Double) throws(ProgramError) {
      try Program.checkBounds(
        of: "variable", variable.index, lower: lower, upper: upper, count: variableCount)
      apply(column: variable.index, lower: lower, upper: upper)
      prefersPrimal = false
    }

    func setBounds(_ constraint: ConstraintID, lower: Double, upper: Double) throws(ProgramError) {
      try Program.checkBounds(
        of: "constraint", constraint.index, lower: lower, upper: upper, count: constraintCount)
      apply(row: constraint.index, lower: lower, upper: upper)
      prefersPrimal = false
    }

    func setObjective(_ variable: VariableID, _ coefficient: Double) throws(ProgramError) {
      try Program.check(
        LinearExpression([.init(coefficient, variable)]), place: "objective", count: variableCount)
      unsafe glp_set_obj_coef(handle, Int32(variable.index + 1), coefficient)
      prefersPrimal = true
    }

    func solve(timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool) -> LinearOutcome {
      solveLinear(timeLimit: timeLimit, workLimit: workLimit, isCancelled: isCancelled)
    }
  }

  extension LoadedProblem {
    /// Runs the simplex method in slices, so that a cancellation is seen soon; each slice starts from the basis the last
    /// one left. Slices are counted in iterations, because where they end decides which of several optima is found.
    func solveLinear(timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool) -> LinearOutcome {
      guard variableCount > 0 else { return emptyOutcome() }
      let clock = ContinuousClock()
      let deadline = timeLimit.map { clock.now.advanced(by: .seconds(max(0, min($0, 1e9)))) }
      var parameters = glp_smcp()
      unsafe glp_init_smcp(&parameters)
      parameters.msg_lev = GLP_MSG_OFF
      parameters.meth = prefersPrimal ? GLP_PRIMAL : GLP_DUALP
      if !hasBasis {
        if constraintCount > 0 { unsafe glp_adv_basis(handle, 0) }
        hasBasis = true
      }
      var repairs = 0
      let first = unsafe glp_get_it_cnt(handle)
      var ticks: Int { (Int(unsafe glp_get_it_cnt(handle)) - Int(first)) * ticksPerIteration }
      func outcome(_ stop: StopReason, _ code: Int32) -> LinearOutcome {
        self.outcome(stop: stop, code: code, ticks: ticksPerSolve + ticks)
      }
      while true {
        if isCancelled() { return outcome(.cancelled, GLP_ESTOP) }
        parameters.it_lim = 500
        if let workLimit {
          if ticks >= workLimit { return outcome(.workLimit, GLP_EITLIM) }
          parameters.it_lim = Int32(min(500, (workLimit - ticks) / ticksPerIteration + 1))
        }
        if let deadline {
          let left = clock.now.duration(to: deadline)
          if left <= .zero { return outcome(.timeLimit, GLP_ETMLIM) }
          parameters.tm_lim = Int32(min(max(1, left / .milliseconds(1)), 2e9))
        }
        let code = unsafe glp_simplex(handle, &parameters)
        switch code {
        case GLP_EITLIM, GLP_ETMLIM: continue
        case GLP_EBADB, GLP_ESING, GLP_ECOND, GLP_EFAIL:
          // A basis that went bad numerically: start again from the slack basis, once, with the primal method.
          repairs += 1
          if repairs > 1 { return outcome(.numericalTrouble, code) }
          unsafe glp_std_basis(handle)
          parameters.meth = GLP_PRIMAL
        default: return outcome(code == 0 ? .finished : .numericalTrouble, code)
        }
      }
    }

    /// Of one simplex iteration, in nanoseconds: measured on net-split relaxations of 100 to 300,000 rows.
    var ticksPerIteration: Int { 5000 + 6 * (constraintCount + variableCount + entryCount) }

    /// Of a solve beside its iterations: setting up, the first factorisation, and reading the answer.
    private var ticksPerSolve: Int { 40_000 + 20 * (constraintCount + variableCount + entryCount) }

    private func outcome(stop: StopReason, code: Int32, ticks: Int) -> LinearOutcome {
      let status = unsafe glp_get_status(handle)
      let vector: VectorStatus =
        switch status {
        case GLP_OPT: .optimal
        case GLP_FEAS: .feasible
        case GLP_NOFEAS: .infeasible
        case GLP_UNBND: .unbounded
        default: .unknown
        }
      let word = "simplex \(code), status \(status)"
      guard vector == .optimal || vector == .feasible else {
        return LinearOutcome(
          stop: stop, vector: vector, solverStatus: word, values: [], objective: nil, duals: [],
          reducedCosts: [], ticks: ticks)
      }
      return LinearOutcome(
        stop: stop, vector: vector, solverStatus: word,
        values: (0..<variableCount).map { unsafe glp_get_col_prim(handle, Int32($0 + 1)) },
        objective: unsafe glp_get_obj_val(handle),
        duals: (0..<constraintCount).map { unsafe glp_get_row_dual(handle, Int32($0 + 1)) },
        reducedCosts: (0..<variableCount).map { unsafe glp_get_col_dual(handle, Int32($0 + 1)) }, ticks: ticks
      )
    }

    /// Without variables the rows are constants, which GLPK's simplex refuses to look at.
    private func emptyOutcome() -> LinearOutcome {
      let feasible = (0..<constraintCount).allSatisfy { row in
        let lower = unsafe glp_get_row_lb(handle, Int32(row + 1))
        let upper = unsafe glp_get_row_ub(handle, Int32(row + 1))
        return lower <= 1e-9 && upper >= -1e-9
      }
      return LinearOutcome(
        stop: .finished, vector: feasible ? .optimal : .infeasible, solverStatus: "no variables",
        values: [], objective: feasible ? unsafe glp_get_obj_coef(handle, 0) : nil,
        duals: feasible ? Array(repeating: 0, count: constraintCount) : [], reducedCosts: [], ticks: 0)
    }
  }
#endif
