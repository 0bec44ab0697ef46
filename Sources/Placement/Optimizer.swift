/// The one entry to the optimiser: checks the problem and hands it to the engine it belongs to.
public enum Optimizer {
  /// Finds an assignment and proves how good it is.
  ///
  /// - Returns: the best assignment found, with a certificate whose bound holds for the problem as given.
  /// - Throws: everything that is wrong with the problem's numbers.
  public static func solve(
    _ problem: Problem, options: SearchOptions
  ) throws(ProblemError) -> Solution {
    try problem.validate()
    let hasRules = !problem.apart.isEmpty || !problem.limits.isEmpty
    guard !hasRules || NetSplit.accepts(problem) else {
      return try RuledSearch(problem, options: options, relax: solveWithoutRules).solve()
    }
    return try solveWithoutRules(problem, options: options)
  }

  /// - Precondition: the problem is valid.
  private static func solveWithoutRules(
    _ problem: Problem, options: SearchOptions
  ) throws(ProblemError) -> Solution {
    do {
      if problem.nets.isEmpty && problem.objective == .throughput {
        return try PackingEngine(problem, options: options).solve()
      }
      if NetSplit.accepts(problem) { return try NetSplit.solve(problem, options: options) }
    } catch {
      throw ProblemError(
        issues: [ProblemError.Issue(place: "linear program", message: error.description)])
    }
    guard problem.stages == nil else {
      throw ProblemError(
        issues: [
          ProblemError.Issue(
            place: "stages",
            message: "are limited; leave them out, or give two devices, throughput and nets without circles")
        ])
    }
    guard GraphEngine.accepts(problem) else { throw splitUnits(problem) }
    return GraphEngine.solve(problem, options: options)
  }

  private static func splitUnits(_ problem: Problem) -> ProblemError {
    let isSplit = { (unit: Problem.Unit) in
      unit.options.contains { $0.shards.count != 1 || $0.shards[0].count != 1 }
    }
    return ProblemError(
      issues: problem.units.enumerated().filter { isSplit($1) }.map { index, unit in
        ProblemError.Issue(
          place: "unit \(index) \"\(unit.name)\"",
          message:
            "has an option of several shards; with nets or the latency objective every option is one shard")
      })
  }
}
