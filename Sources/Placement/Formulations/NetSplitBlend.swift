import Modeling

extension NetSplit {
  /// What to minimise in place of the bottleneck: weight x bottleneck + sum over devices and lanes of weight x load.
  ///
  /// With watts as weights that is the energy of a batch; with seconds of one request as loads and no weight on the
  /// bottleneck it is the time of a request that is never in two places at once.
  public struct Blend: Sendable, Hashable {
    /// At least 0.
    public var bottleneck: Double
    /// By device, then lane; at least 0.
    public var loads: [[Double]]

    public init(bottleneck: Double, loads: [[Double]]) {
      self.bottleneck = bottleneck
      self.loads = loads
    }

    func value(_ evaluation: ProblemEvaluator.Evaluation) -> Double {
      zip(loads, evaluation.loads).reduce(bottleneck * evaluation.objective) { sum, device in
        zip(device.0, device.1).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
  }

  /// Nodes after which a search ends with what it has; most relaxations are integer at the root.
  private static let blendNodes = 400

  /// The assignment with the least blend; exact within the gap of `options` unless a limit ends it first.
  ///
  /// The certificate's objective and bound are the blend's.
  /// - Precondition: ``accepts(_:)``.
  public static func solve(
    _ problem: Problem, blend: Blend, options: SearchOptions
  ) throws(ProgramError) -> Solution {
    let clock = SearchClock(options)
    let problem = problem.withParallelNetsJoined
    let scale = scale(of: problem, around: leastWork(in: problem))
    guard let scope = SplitScope(problem, order: UnitOrder(problem), limit: .infinity) else {
      return Solution(
        assignment: nil,
        certificate: Certificate(
          status: .infeasible, objective: nil, bound: .infinity, provedBy: "limit of stages", seconds: 0,
          nodes: 0, ticks: 0))
    }
    let program = NetSplitProgram(problem: problem, scope: scope, scale: scale, goal: .blend(blend))
    if isLarge(problem), !program.isWorthwhile(clock) {
      return try cut(problem, blend, options, clock)
    }
    let guide = SolveGuide(
      heuristic: { node in
        let assignment = program.assignment(from: node.relaxation)
        let evaluation = ProblemEvaluator.evaluate(problem, assignment)
        guard evaluation.isFeasible, keepsStages(assignment, of: problem) else { return nil }
        return program.vector(for: assignment, bottleneck: evaluation.objective / scale)
      })
    let outcome = try options.solver.solve(
      program.program,
      limits: SolveLimits(
        gap: options.gap, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft, nodeLimit: blendNodes,
        selection: .bestBound,
        isCancelled: options.isCancelled), guide: guide)
    let assignment = outcome.values.isEmpty ? nil : program.assignment(from: outcome.values)
    let objective = assignment.map { blend.value(ProblemEvaluator.evaluate(problem, $0)) }
    let bound = max(0, outcome.bound * scale)
    let isProven = objective.map { $0 - bound <= (options.gap + 1e-12) * $0 } ?? false
    return Solution(
      assignment: assignment,
      certificate: Certificate(
        status: outcome.vector == .infeasible
          ? .infeasible : assignment == nil ? .limit : isProven ? .optimal : .feasible,
        objective: objective, bound: min(bound, objective ?? bound), provedBy: "net-split integer program",
        seconds: clock.seconds, nodes: outcome.nodes, ticks: outcome.ticks))
  }

  /// The best of all minimum cuts and of all on one device, with the bound of ``SplitCuts``.
  private static func cut(
    _ problem: Problem, _ blend: Blend, _ options: SearchOptions, _ clock: SearchClock
  ) throws(ProgramError) -> Solution {
    var best: (assignment: Assignment, value: Double)?
    func consider(_ assignment: Assignment) {
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      let value = blend.value(evaluation)
      if evaluation.isFeasible, keepsStages(assignment, of: problem), value < best?.value ?? .infinity {
        best = (assignment, value)
      }
    }
    for device in [1, 0] { consider(all(of: problem, on: device)) }
    var cuts = SplitCuts(SplitState.Table(problem), blend: blend)
    let bound = try cuts.raise(
      0, solver: options.solver, clock: clock,
      isEnough: { bound in best.map { $0.value - bound <= options.gap * $0.value } ?? false },
      offer: consider)
    let isProven = best.map { $0.value - bound <= (options.gap + 1e-12) * $0.value } ?? false
    return Solution(
      assignment: best?.assignment,
      certificate: Certificate(
        status: best == nil ? .limit : isProven ? .optimal : .feasible, objective: best?.value,
        bound: min(bound, best?.value ?? bound), provedBy: "minimum cuts at prices", seconds: clock.seconds,
        nodes: 0, ticks: clock.ticks))
  }

  /// Seconds: over all units, the largest load of the option where that is least.
  private static func leastWork(in problem: Problem) -> Double {
    problem.units.reduce(0.0) { sum, unit in
      sum + (unit.options.map { $0.shards[0].loads.map(\.seconds).max() ?? 0 }.min() ?? 0)
    }
  }

  /// Seconds that count as 1 in the program, so that its coefficients are near 1: `seconds`, or where that is 0, because
  /// nothing need be computed, the largest amount that there is.
  static func scale(of problem: Problem, around seconds: Double) -> Double {
    if seconds > 0 { return seconds }
    let loads = problem.units.flatMap { $0.options.flatMap { $0.shards.flatMap { $0.loads } } }
    let nets = problem.nets.flatMap { ($0.out + $0.incoming).flatMap { $0 } }
    let largest = max(
      (loads + nets).map(\.seconds).max() ?? 0, problem.devices.flatMap(\.baseLoad).max() ?? 0)
    return largest > 0 ? largest : 1
  }
}
