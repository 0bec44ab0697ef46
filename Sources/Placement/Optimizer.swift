import Modeling

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
    let engine = try Engine(problem)
    let hasRules = !problem.apart.isEmpty || !problem.limits.isEmpty
    do {
      guard hasRules, engine != .netSplit else { return try engine.solve(problem, options) }
      return try RuledSearch.solve(problem, options: options) { problem, options throws(ProgramError) in
        try Engine(problem, orElse: engine).solve(problem, options)
      }
    } catch {
      throw ProblemError(
        issues: [ProblemError.Issue(place: "linear program", message: error.description)])
    }
  }

  /// What solves a problem when rules that keep units apart or count them are left out.
  private enum Engine {
    case packing
    case netSplit
    case graph

    init?(accepting problem: Problem) {
      if problem.nets.isEmpty && problem.objective == .throughput {
        self = .packing
      } else if NetSplit.accepts(problem) {
        self = .netSplit
      } else if problem.stages == nil, GraphEngine.accepts(problem) {
        self = .graph
      } else {
        return nil
      }
    }

    init(_ problem: Problem, orElse other: Engine) { self = Engine(accepting: problem) ?? other }

    init(_ problem: Problem) throws(ProblemError) {
      if let engine = Engine(accepting: problem) {
        self = engine
        return
      }
      guard problem.stages == nil else {
        throw ProblemError(
          issues: [
            ProblemError.Issue(
              place: "stages",
              message:
                "are limited; leave them out, or give two devices, throughput and nets without circles")
          ])
      }
      throw Optimizer.splitUnits(problem)
    }

    func solve(_ problem: Problem, _ options: SearchOptions) throws(ProgramError) -> Solution {
      switch self {
      case .packing: try PackingEngine.solve(problem, options: options)
      case .netSplit: try NetSplit.solve(problem, options: options)
      case .graph: try GraphEngine.solve(problem, options: options)
      }
    }
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
