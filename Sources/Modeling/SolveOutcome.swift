/// Why a solver stopped: a statement about the search, not about the vector.
public enum StopReason: Sendable, Hashable {
  /// The search ended by itself; the vector status says with what.
  case finished
  /// The relative gap asked for was reached.
  case gap
  case timeLimit
  case workLimit
  case nodeLimit
  case cancelled
  /// The solver gave up for numerical reasons.
  case numericalTrouble
}

/// What the returned vector means.
public enum VectorStatus: Sendable, Hashable {
  /// Within the solver's tolerances of the best there is.
  case optimal
  /// Satisfies every constraint; better ones may exist.
  case feasible
  /// There is no vector, and none exists.
  case infeasible
  /// The objective has no bound.
  case unbounded
  /// There is no vector, and nothing is proven.
  case unknown
}

/// What a solver says of a program: three statuses apart, the vector, and what was proven.
public struct SolveOutcome: Sendable, Hashable {
  public var stop: StopReason
  public var vector: VectorStatus
  /// The solver's own word, for logs.
  public var solverStatus: String
  /// By variable; empty without a vector.
  public var values: [Double]
  /// Value of the vector; `nil` without one.
  public var objective: Double?
  /// Proven bound on the objective from the far side (below when minimising); infinite when nothing is proven.
  public var bound: Double
  /// Branch-and-bound nodes; 0 for a linear program.
  public var nodes: Int
  /// Work done: see ``SolveLimits/workLimit``.
  public var ticks: Int

  public init(
    stop: StopReason, vector: VectorStatus, solverStatus: String, values: [Double], objective: Double?,
    bound: Double, nodes: Int, ticks: Int
  ) {
    self.stop = stop
    self.vector = vector
    self.solverStatus = solverStatus
    self.values = values
    self.objective = objective
    self.bound = bound
    self.nodes = nodes
    self.ticks = ticks
  }
}

/// What a linear solve leaves behind, with the prices that bounds and column generation need.
public struct LinearOutcome: Sendable, Hashable {
  public var stop: StopReason
  public var vector: VectorStatus
  public var solverStatus: String
  public var values: [Double]
  public var objective: Double?
  /// By constraint: change of the objective per unit of the constraint's active bound.
  public var duals: [Double]
  /// By variable.
  public var reducedCosts: [Double]
  /// Work done: see ``SolveLimits/workLimit``.
  public var ticks: Int

  public init(
    stop: StopReason, vector: VectorStatus, solverStatus: String, values: [Double], objective: Double?,
    duals: [Double], reducedCosts: [Double], ticks: Int
  ) {
    self.stop = stop
    self.vector = vector
    self.solverStatus = solverStatus
    self.values = values
    self.objective = objective
    self.duals = duals
    self.reducedCosts = reducedCosts
    self.ticks = ticks
  }
}
