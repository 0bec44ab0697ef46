import Placement

extension SearchOptions {
  /// With a solver of this build.
  ///
  /// - Parameter work: `nil` for the standard budget, or for none where there is a time limit.
  public init(
    solver: SolverName = .standard, gap: Double = 0.01, timeLimit: Double? = nil, work: WorkBudget? = nil,
    threads: Int = 2, seed: UInt64 = 1, effort: Effort = .thorough,
    isCancelled: @escaping @Sendable () -> Bool = { false }, progress: (@Sendable (Progress) -> Void)? = nil
  ) {
    self.init(
      solver: solver.solver, gap: gap, timeLimit: timeLimit, work: work, threads: threads, seed: seed,
      effort: effort, isCancelled: isCancelled, progress: progress)
  }
}
