#if GLPK
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

    /// It has no vector to begin with, but asks a heuristic that knows one.
    public var capabilities: SolverCapabilities { [.heuristic, .cuts, .incumbent, .cancellation] }

    public func solve(
      _ program: Program, limits: SolveLimits, guide: SolveGuide?
    ) throws(ProgramError) -> SolveOutcome {
      try solve(program, limits: limits) { program throws(ProgramError) in
        let search = try BranchAndCut(program: program, limits: limits, guide: guide)
        defer { search.close() }
        return search.run()
      }
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
#endif
