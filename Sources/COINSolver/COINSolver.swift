#if COIN
  import CCOIN
  import Modeling

  /// COIN-OR as a ``MIPSolver``: Clp's simplex for linear programs, Cbc's branch and cut for integer ones.
  ///
  /// Every program is validated before a number goes in. Clp's problems do not meet; Cbc has one lock for the process,
  /// since it keeps the options of a run in global variables.
  public struct COINSolver: MIPSolver {
    public init() {}

    public var name: String {
      unsafe "COIN-OR Clp \(String(cString: Clp_Version())), Cbc \(String(cString: Cbc_getVersion()))"
    }

    /// Cbc's C interface has no hook for a heuristic, an incumbent or a cancellation. It has one for cuts, which sees
    /// the program after Cbc's reductions, and so not the caller's variables.
    public var capabilities: SolverCapabilities { [.start] }

    public func solve(
      _ program: Program, limits: SolveLimits, guide: SolveGuide?
    ) throws(ProgramError) -> SolveOutcome {
      try solve(program, limits: limits) { program throws(ProgramError) in
        try CbcSearch(program: program, limits: limits, start: guide?.start).run()
      }
    }

    public func solveLinear(
      _ program: Program, timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool
    ) throws(ProgramError) -> LinearOutcome {
      try withLinear(program) {
        $0.solve(timeLimit: timeLimit, workLimit: workLimit, isCancelled: isCancelled)
      }
    }

    public func withLinear<Result>(
      _ program: Program, _ body: (any LinearSession) throws(ProgramError) -> Result
    ) throws(ProgramError) -> Result {
      try program.validate()
      let session = try ClpSession(program)
      defer { session.close() }
      return try body(session)
    }
  }
#endif
