/// When to stop and how to search.
public struct SolveLimits: Sendable {
  /// Stop when the relative gap is at most this.
  public var gap: Double
  /// Wall-clock seconds; `nil` for no limit.
  public var timeLimit: Double?
  /// Ticks of about a nanosecond, counted from iterations and nodes, so that a stopped search repeats exactly; `nil` for no
  /// limit.
  public var workLimit: Int?
  /// Branch-and-bound nodes; a limit of work, so that a stopped search repeats exactly.
  public var nodeLimit: Int?
  /// Only solutions at least this good are wanted; without one the vector status is `infeasible`.
  public var cutoff: Double?
  /// Let the solver reduce the program first. Without effect when a guide is given, which needs the program's
  /// own variables.
  public var presolve: Bool
  public var cuts: Set<Cuts>
  public var branching: Branching
  public var selection: NodeSelection
  /// Polled at every node and every slice of a long linear solve.
  public var isCancelled: @Sendable () -> Bool

  /// Families of cutting planes the solver derives by itself.
  public enum Cuts: Sendable, Hashable { case gomory, mixedIntegerRounding, cover, clique }
  public enum Branching: Sendable, Hashable { case mostFractional, driebeckTomlin, pseudocost }
  public enum NodeSelection: Sendable, Hashable { case depthFirst, bestBound, bestProjection }

  public init(
    gap: Double = 0, timeLimit: Double? = nil, workLimit: Int? = nil, nodeLimit: Int? = nil,
    cutoff: Double? = nil,
    presolve: Bool = false, cuts: Set<Cuts> = [], branching: Branching = .driebeckTomlin,
    selection: NodeSelection = .bestBound, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.gap = gap
    self.timeLimit = timeLimit
    self.workLimit = workLimit
    self.nodeLimit = nodeLimit
    self.cutoff = cutoff
    self.presolve = presolve
    self.cuts = cuts
    self.branching = branching
    self.selection = selection
    self.isCancelled = isCancelled
  }
}

/// What a caller adds to a branch-and-cut search; every closure runs on the solving thread.
public struct SolveGuide {
  /// A node as the guide sees it.
  public struct Node {
    /// Values of the relaxation, by variable.
    public var relaxation: [Double]
    /// Objective of the relaxation.
    public var value: Double
    public var depth: Int
    public var incumbent: Double?

    public init(relaxation: [Double], value: Double, depth: Int, incumbent: Double?) {
      self.relaxation = relaxation
      self.value = value
      self.depth = depth
      self.incumbent = incumbent
    }
  }

  /// Proposes a full vector; it is checked and ignored when infeasible or not better.
  public var heuristic: ((Node) -> [Double]?)?
  /// Proposes rows that hold for every feasible integer vector and cut off this relaxation.
  public var cuts: ((Node) -> [Program.Constraint])?
  /// Called with the incumbent (if any) and the bound when either improves.
  public var progress: ((_ incumbent: Double?, _ bound: Double) -> Void)?
  /// A vector to begin with, by variable; one that is not feasible is passed over.
  public var start: [Double]?
  /// Called with each better vector the search finds.
  public var incumbent: ((_ values: [Double], _ objective: Double) -> Void)?

  public init(
    heuristic: ((Node) -> [Double]?)? = nil, cuts: ((Node) -> [Program.Constraint])? = nil,
    progress: ((_ incumbent: Double?, _ bound: Double) -> Void)? = nil, start: [Double]? = nil,
    incumbent: ((_ values: [Double], _ objective: Double) -> Void)? = nil
  ) {
    self.heuristic = heuristic
    self.cuts = cuts
    self.progress = progress
    self.start = start
    self.incumbent = incumbent
  }
}

/// A linear program held by a solver for the length of one call: rows and columns can be added and the next
/// solve starts from the last basis. Must not leave the closure or the thread it was made for.
public protocol LinearSession: AnyObject {
  var variableCount: Int { get }
  var constraintCount: Int { get }
  /// Adds a column with its entries in existing constraints.
  @discardableResult
  func addVariable(
    objective: Double, lower: Double, upper: Double, entries: [(constraint: ConstraintID, value: Double)]
  ) throws(ProgramError) -> VariableID
  /// Adds a row over existing variables.
  @discardableResult
  func addConstraint(_ constraint: Program.Constraint) throws(ProgramError) -> ConstraintID
  func setBounds(_ variable: VariableID, lower: Double, upper: Double) throws(ProgramError)
  func setBounds(_ constraint: ConstraintID, lower: Double, upper: Double) throws(ProgramError)
  func setObjective(_ variable: VariableID, _ coefficient: Double) throws(ProgramError)
  /// Solves from the last basis; integrality is ignored.
  ///
  /// - Parameter workLimit: see ``SolveLimits/workLimit``.
  func solve(timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool) -> LinearOutcome
}

/// What a solver does beyond the contract of ``MIPSolver``. What it lacks is never an error: it is left out, and callers
/// that need it ask first.
public struct SolverCapabilities: OptionSet, Sendable, Hashable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// ``SolveGuide/heuristic`` is asked at nodes.
  public static let heuristic = SolverCapabilities(rawValue: 1 << 0)
  /// ``SolveGuide/cuts`` is asked at nodes.
  public static let cuts = SolverCapabilities(rawValue: 1 << 1)
  /// ``SolveGuide/incumbent`` and ``SolveGuide/progress`` are called during the search.
  public static let incumbent = SolverCapabilities(rawValue: 1 << 2)
  /// An integer search begins with ``SolveGuide/start``.
  public static let start = SolverCapabilities(rawValue: 1 << 3)
  /// An integer search ends soon after ``SolveLimits/isCancelled`` answers true; else that is asked before it alone.
  public static let cancellation = SolverCapabilities(rawValue: 1 << 4)
}

/// A solver of linear and mixed-integer programs: whoever optimises is handed one as a value.
///
/// A second one needs this protocol, passes `SolverConformance` of the test support, and no other change. Calls on
/// several threads at once do not meet, and the same call gives the same answer each time, unless a limit of time or a
/// cancellation ends it. A program that `Program.validate()` refuses is refused with its error.
public protocol MIPSolver: Sendable {
  /// Name and version, for certificates.
  var name: String { get }
  var capabilities: SolverCapabilities { get }
  /// Solves a program; with integer variables by branch and cut.
  func solve(
    _ program: Program, limits: SolveLimits, guide: SolveGuide?
  ) throws(ProgramError) -> SolveOutcome
  /// Solves the linear relaxation once.
  func solveLinear(
    _ program: Program, timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool
  ) throws(ProgramError) -> LinearOutcome
  /// Holds the linear relaxation for the length of `body`.
  func withLinear<Result>(
    _ program: Program, _ body: (any LinearSession) throws(ProgramError) -> Result
  ) throws(ProgramError) -> Result
}

extension MIPSolver {
  public func solve(_ program: Program, limits: SolveLimits) throws(ProgramError) -> SolveOutcome {
    try solve(program, limits: limits, guide: nil)
  }

  public func solveLinear(_ program: Program) throws(ProgramError) -> LinearOutcome {
    try solveLinear(program, timeLimit: nil, workLimit: nil, isCancelled: { false })
  }
}
