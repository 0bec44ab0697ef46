import CGLPK
import Modeling

/// GLPK 5 as a ``MIPSolver``: simplex for linear programs, branch and cut for integer ones.
///
/// GLPK ends the process on misuse and keeps its state per thread. So every program is validated before a number
/// goes in, and each call creates, solves and deletes its problem on the calling thread. Calls on several threads
/// at once do not meet.
public struct GLPKSolver: MIPSolver {
  public init() {}

  public var name: String { unsafe "GLPK " + String(cString: glp_version()) }

  public func solve(
    _ program: Program, limits: SolveLimits, guide: SolveGuide?
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
    let search = try BranchAndCut(program: program, limits: limits, guide: guide)
    defer { search.close() }
    return search.run()
  }

  public func solveLinear(
    _ program: Program, timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool
  ) throws(ProgramError) -> LinearOutcome {
    try program.validate()
    let problem = try LoadedProblem(program)
    defer { problem.close() }
    return problem.solveLinear(timeLimit: timeLimit, workLimit: workLimit, isCancelled: isCancelled)
  }

  public func withLinear<Result>(
    _ program: Program, _ body: (any LinearSession) throws(ProgramError) -> Result
  ) throws(ProgramError) -> Result {
    try program.validate()
    let problem = try LoadedProblem(program)
    defer { problem.close() }
    return try body(problem)
  }
}

extension SolveOutcome {
  /// The outcome of a program without integer variables.
  init(linear: LinearOutcome, sense: Program.Sense) {
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
  var worstBound: Double { sense == .minimise ? .infinity : -.infinity }

  /// Demands an objective at least as good as `cutoff`: as a bound when the objective is one variable, else as a row.
  mutating func impose(cutoff: Double) throws(ProgramError) {
    try Program.check(LinearExpression(constant: cutoff), place: "cutoff", count: 0)
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

  /// Rounds the bounds of integer variables inwards, which keeps every solution; GLPK refuses fractional ones.
  /// - Returns: false when a variable is left without a value.
  mutating func roundIntegerBounds() -> Bool {
    for index in variables.indices where variables[index].kind == .integer {
      let lower = (variables[index].lower - 1e-9).rounded(.up)
      let upper = (variables[index].upper + 1e-9).rounded(.down)
      guard lower <= upper else { return false }
      setBounds(VariableID(index: index), lower: lower, upper: upper)
    }
    return true
  }
}
