// What a solver has to do around its engine, whichever that is.

extension MIPSolver {
  /// Prepares a program for branch and cut, and hands it on: valid, with the cutoff imposed and whole bounds of integer
  /// variables. Programs without such variables go to ``solveLinear(_:timeLimit:workLimit:isCancelled:)``.
  package func solve(
    _ program: Program, limits: SolveLimits,
    branchAndCut: (Program) throws(ProgramError) -> SolveOutcome
  ) throws(ProgramError) -> SolveOutcome {
    try program.validate()
    guard program.isMixedInteger else {
      let linear = try solveLinear(
        program, timeLimit: limits.timeLimit, workLimit: limits.workLimit, isCancelled: limits.isCancelled)
      return SolveOutcome(linear: linear, sense: program.sense)
    }
    var program = program
    if let cutoff = limits.cutoff { try program.impose(cutoff: cutoff) }
    guard program.roundIntegerBounds() else {
      return SolveOutcome(
        stop: .finished, vector: .infeasible, solverStatus: "no integer within bounds", values: [],
        objective: nil, bound: limits.cutoff ?? program.worstBound, nodes: 0, ticks: 0)
    }
    return try branchAndCut(program)
  }
}

extension SolveOutcome {
  /// The outcome of a program without integer variables.
  package init(linear: LinearOutcome, sense: Program.Sense) {
    let unproven = sense == .minimise ? -Double.infinity : .infinity
    let bound =
      switch linear.vector {
      case .optimal: linear.objective ?? unproven
      case .infeasible: -unproven
      default: unproven
      }
    self.init(
      stop: linear.stop, vector: linear.vector, solverStatus: linear.solverStatus, values: linear.values,
      objective: linear.objective, bound: bound, nodes: 0, ticks: linear.ticks)
  }
}

extension Program {
  /// The bound of a program that has no solution.
  package var worstBound: Double { sense == .minimise ? .infinity : -.infinity }

  /// Demands an objective at least as good as `cutoff`: as a bound when the objective is one variable, else as a row.
  package mutating func impose(cutoff: Double) throws(ProgramError) {
    try Program.check(lower: cutoff, upper: cutoff) { "cutoff" }
    let merged = objective.merged()
    let room = cutoff - merged.constant
    if merged.terms.count == 1, let term = merged.terms.first, term.coefficient == 1 {
      let variable = variables[term.variable.index]
      // A bound that crosses the other side is left to the row, which the solver may find infeasible.
      switch sense {
      case .minimise where room >= variable.lower:
        setBounds(term.variable, lower: variable.lower, upper: min(variable.upper, room))
        return
      case .maximise where room <= variable.upper:
        setBounds(term.variable, lower: max(variable.lower, room), upper: variable.upper)
        return
      default: break
      }
    }
    let row = LinearExpression(merged.terms)
    switch sense {
    case .minimise: addConstraint("cutoff", row, upper: room)
    case .maximise: addConstraint("cutoff", row, lower: room)
    }
  }

  /// Rounds the bounds of integer variables inwards, which keeps every solution; solvers refuse fractional ones.
  /// - Returns: false when a variable is left without a value.
  package mutating func roundIntegerBounds() -> Bool {
    for index in variables.indices where variables[index].kind == .integer {
      let lower = (variables[index].lower - 1e-9).rounded(.up)
      let upper = (variables[index].upper + 1e-9).rounded(.down)
      guard lower <= upper else { return false }
      setBounds(VariableID(index: index), lower: lower, upper: upper)
    }
    return true
  }
}

extension Program {
  /// Solvers count variables, constraints and coefficients in `Int32`, some from 1; this keeps every count well inside.
  private static let largestCount = 500_000_000

  /// - Parameter entries: coefficients of all constraints, each variable once a constraint.
  package func checkSize(entries: Int) throws(ProgramError) {
    try Self.check(size: variables.count, of: "variables")
    try Self.check(size: constraints.count, of: "constraints")
    try Self.check(size: entries, of: "coefficients")
  }

  private static func check(size: Int, of place: String) throws(ProgramError) {
    guard size <= largestCount else { throw .tooLarge(place: place, count: size, limit: largestCount) }
  }

  // MARK: What is added to a linear session

  /// - Returns: the entries, each row once, ascending; a row's index is that of the variable in its place.
  package static func checkedColumn(
    objective: Double, lower: Double, upper: Double, entries: [(constraint: ConstraintID, value: Double)],
    number: Int, rowCount: Int
  ) throws(ProgramError) -> [LinearExpression.Term] {
    try check(size: number + 1, of: "variables")
    let place = "added variable \(number)"
    // Rows are checked by the same rule as variables: an index within the count and a finite, usable number.
    let rows = LinearExpression(
      entries.map { .init($0.value, VariableID(index: $0.constraint.index)) }, constant: objective)
    try check(rows, place: place, count: rowCount)
    try check(lower: lower, upper: upper) { place }
    return rows.merged().terms
  }

  /// - Returns: the expression with every variable once, ascending.
  package static func checkedRow(
    _ constraint: Constraint, number: Int, columnCount: Int
  ) throws(ProgramError) -> LinearExpression {
    try check(size: number + 1, of: "constraints")
    try check(constraint, place: "added constraint \(number) \(constraint.name)", count: columnCount)
    return constraint.expression.merged()
  }

  package static func checkBounds(
    of kind: String, _ index: Int, lower: Double, upper: Double, count: Int
  ) throws(ProgramError) {
    let place = "bounds of \(kind) \(index)"
    try check(LinearExpression(VariableID(index: index)), place: place, count: count)
    try check(lower: lower, upper: upper) { place }
  }
}
