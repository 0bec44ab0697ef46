import Modeling

/// One choice for every unit of a ``Problem``.
public struct Assignment: Sendable, Hashable {
  public struct Choice: Sendable, Hashable {
    /// Index into the unit's options.
    public var option: Int
    /// One device per shard, in the option's order, counts expanded.
    public var devices: [Int]
    public init(option: Int, devices: [Int]) {
      self.option = option
      self.devices = devices
    }
  }
  /// By unit.
  public var choices: [Choice]
  public init(choices: [Choice]) { self.choices = choices }
}

/// Why the search ended and what it proved.
public struct Certificate: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable, Codable {
    /// The gap is at most the gap that was asked for.
    case optimal
    /// An assignment, with a gap larger than asked for.
    case feasible
    /// Proven: no assignment exists.
    case infeasible
    /// A limit ended the search before an assignment was found.
    case limit
  }
  public var status: Status
  /// Value of the assignment, seconds; `nil` without one.
  public var objective: Double?
  /// Proven lower bound on the objective of the problem as given, seconds.
  public var bound: Double
  /// The step that proved the bound.
  public var provedBy: StepName
  /// Wall-clock seconds of the search.
  public var seconds: Double
  /// Branch-and-bound nodes over all solves.
  public var nodes: Int
  /// Work that was done: see ``WorkBudget``.
  public var ticks: Int

  /// (objective - bound) / objective; 0 when both are 0, `nil` without an objective.
  public var gap: Double? {
    objective.map { $0 > 0 ? max(0, ($0 - bound) / $0) : 0 }
  }
}

/// What the optimiser answers.
public struct Solution: Sendable, Hashable {
  public var assignment: Assignment?
  public var certificate: Certificate
}

/// How long and how hard to search, and with which solver.
public struct SearchOptions: Sendable {
  /// Of the linear and integer programs.
  public var solver: any MIPSolver
  /// Stop when the proven relative gap is at most this.
  public var gap: Double
  /// Wall-clock seconds; `nil` for no limit.
  public var timeLimit: Double?
  /// A limit that ends the search in the same place everywhere.
  public var work: WorkBudget
  public var threads: Int
  public var seed: UInt64
  public var effort: Effort
  /// Seconds: a bound this high is enough, because the caller has a solution that it closes the gap to; the answer may
  /// then come without an assignment. Heeded for tables and net-splits.
  public var sufficientBound: Double?
  /// Seconds: a lower bound on the objective that the caller has proven in another way. Heeded for graphs.
  public var knownBound: Double?
  /// The first incumbent; one that is not allowed is passed over.
  public var start: Assignment?
  /// Polled often; the search ends with its best assignment soon after it returns true.
  public var isCancelled: @Sendable () -> Bool
  /// Called when the incumbent or the bound improves, and as work is done; from any thread.
  public var progress: (@Sendable (Progress) -> Void)?

  /// How much work goes into closing a gap that the first steps leave open. Counted in steps, not seconds, so that the
  /// answer repeats exactly.
  public enum Effort: Sendable, Hashable {
    /// Of tables the relaxation's bound alone, without an assignment; net-splits and graphs know nothing less than `brief`.
    case bound
    /// Of tables a bound in earnest, up to the sufficient one, without an assignment.
    case proof
    /// Bounds, greedy packings and short searches: for callers that solve many problems.
    case brief
    case thorough
  }

  public struct Progress: Sendable {
    public var incumbent: Double?
    public var bound: Double
    public var seconds: Double
    /// Work done: see ``WorkBudget``.
    public var ticks: Int
    /// Part of the work that may be done, 0 to 1; `nil` without a limit.
    public var share: Double?
  }

  /// - Parameter work: `nil` for the standard budget, or for none where there is a time limit.
  public init(
    solver: any MIPSolver, gap: Double = 0.01, timeLimit: Double? = nil, work: WorkBudget? = nil,
    threads: Int = 2, seed: UInt64 = 1, effort: Effort = .thorough,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (Progress) -> Void)? = nil
  ) {
    self.solver = solver
    self.gap = gap
    self.timeLimit = timeLimit
    self.work = work ?? (timeLimit == nil ? .standard : .unlimited)
    self.threads = threads
    self.seed = seed
    self.effort = effort
    self.isCancelled = isCancelled
    self.progress = progress
  }
}
