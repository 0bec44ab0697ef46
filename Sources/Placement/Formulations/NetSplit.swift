import Modeling

/// Solves problems of two devices exactly: the host, and the cards taken as one.
///
/// A replicated part loads every card alike, so a model that fits each card is split between two devices: the host,
/// and one that stands for all cards with their loads divided by their number. The program is ``NetSplitProgram``.
///
/// Options and stages that no assignment within a known feasible bottleneck uses are ruled out (``SplitScope``). That keeps
/// the optimum, leaves a fraction of the variables, and makes the relaxation tight, because whatever stays on its device
/// makes its neighbours pay for crossing.
public enum NetSplit {
  /// Whether every option is one shard on one device, there are two devices, and any order is allowed. Stages are limited
  /// only where nets form no circle.
  public static func accepts(_ problem: Problem) -> Bool {
    problem.devices.count == 2 && problem.objective == .throughput && problem.order == .free
      && problem.units.allSatisfy { unit in
        (unit.colour == nil || problem.stages != nil) && !unit.options.isEmpty
          && unit.options.allSatisfy {
            $0.shards.count == 1 && $0.shards[0].count == 1 && $0.shards[0].devices.count == 1
          }
      }
      && (problem.stages == nil || UnitOrder(problem) != nil)
  }

  /// The earliest stage of every unit when units are on the given devices: even stages are device 0.
  ///
  /// - Returns: `nil` when the nets form a circle.
  public static func stages(of sides: [Int], in problem: Problem) -> [Int]? {
    UnitOrder(problem)?.stages(of: sides)
  }

  /// Whether an assignment keeps to the problem's limit of stages.
  public static func keepsStages(_ assignment: Assignment, of problem: Problem) -> Bool {
    guard let limit = problem.stages else { return true }
    return stages(of: assignment.choices.map { $0.devices[0] }, in: problem)?.allSatisfy { $0 < limit }
      ?? false
  }

  /// Problems of more units get a bound without transfers first.
  private static let largestUnitCount = 3_000
  /// Part of the time and work for that.
  private static let relaxationShare = 0.3
  /// Part of the time and work for local search, and its moves a unit.
  private static let (descentShare, descentMoves) = (0.3, 200)

  /// Whether the program may take longer than a search has.
  static func isLarge(_ problem: Problem) -> Bool { problem.units.count > largestUnitCount }

  /// Every unit on one device where it may go there, with its first option.
  static func all(of problem: Problem, on device: Int) -> Assignment {
    Assignment(
      choices: problem.units.map { unit in
        let option = unit.options.firstIndex { $0.onlyDevice == device } ?? 0
        return .init(option: option, devices: [unit.options[option].onlyDevice])
      })
  }

  /// - Precondition: ``accepts(_:)``.
  public static func solve(
    _ problem: Problem, options: SearchOptions
  ) throws(ProgramError) -> Solution {
    var search = Search(problem: problem.withParallelNetsJoined, options: options)
    return try search.run()
  }

  private struct Search {
    let problem: Problem
    let options: SearchOptions
    let clock: SearchClock
    /// `nil` where stages are not limited.
    let order: UnitOrder?
    var incumbent: (assignment: Assignment, objective: Double)?
    /// Proven without nets, seconds.
    var relaxed = (bound: 0.0, provedBy: "")
    var nodes = 0

    init(problem: Problem, options: SearchOptions) {
      self.problem = problem
      self.options = options
      clock = SearchClock(options)
      order = problem.stages == nil ? nil : UnitOrder(problem)
    }

    mutating func run() throws(ProgramError) -> Solution {
      for device in [1, 0] { consider(NetSplit.all(of: problem, on: device)) }
      if let start = options.start { consider(start) }
      if isLarge {
        try relax()
        if let solution = relaxedSolution() { return solution }
        try improve()
        if let solution = relaxedSolution() { return solution }
      }
      let limit = incumbent?.objective ?? .infinity
      guard let scope = SplitScope(problem, order: order, limit: limit) else {
        return Solution(assignment: nil, certificate: certificate(status: .infeasible, bound: .infinity))
      }
      let scale = NetSplit.scale(of: problem, around: incumbent?.objective ?? 0)
      let program = NetSplitProgram(problem: problem, scope: scope, scale: scale, goal: .bottleneck)
      if isLarge, let incumbent, !program.isWorthwhile(clock) {
        return Solution(
          assignment: incumbent.assignment, certificate: certificate(status: .feasible, bound: relaxed.bound))
      }
      if let solution = try relaxationSuffices(program, scale: scale) { return solution }
      let outcome = try options.solver.solve(
        program.program,
        limits: SolveLimits(
          gap: options.gap, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft, selection: .bestBound,
          isCancelled: options.isCancelled),
        guide: guide(program, scale: scale))
      clock.spend(outcome.ticks)
      nodes += outcome.nodes
      if !outcome.values.isEmpty { consider(program.assignment(from: outcome.values)) }
      let proven = outcome.vector == .infeasible
      if !isLarge, clock.isOver { try relax() }
      guard let best = incumbent else {
        return Solution(
          assignment: nil,
          certificate: certificate(status: proven ? .infeasible : .limit, bound: relaxed.bound))
      }
      // Nothing was ruled out but what exceeds the first incumbent, so an empty remainder proves the best one optimal.
      let bound = proven ? best.objective : min(best.objective, max(relaxed.bound, outcome.bound * scale))
      let polished = try polish(best, bound: bound, scale: scale)
      incumbent = polished
      let gap = best.objective > 0 ? (polished.objective - bound) / polished.objective : 0
      clock.report(incumbent: polished.objective, bound: bound)
      return Solution(
        assignment: polished.assignment,
        certificate: certificate(
          status: gap <= options.gap + 1e-12 ? .optimal : .feasible, bound: bound))
    }

    // MARK: Without the program

    private var isLarge: Bool { NetSplit.isLarge(problem) }

    /// Raises the bound by the problem without its nets, stages and limits of number, which only forbid and add loads.
    private mutating func relax() throws(ProgramError) {
      var problem = problem
      problem.nets = []
      problem.stages = nil
      problem.apart = []
      problem.limits = []
      var options = clock.options(options, share: NetSplit.relaxationShare)
      options.effort = .bound
      options.start = nil
      options.sufficientBound = nil
      let certificate = try PackingEngine(problem, options: options).solve().certificate
      clock.spend(certificate.ticks)
      if certificate.status != .infeasible {
        relaxed = (certificate.bound, "\(certificate.provedBy) without transfers")
      }
    }

    /// Raises the bound by minimum cuts, and betters the plan from the best of them.
    private mutating func improve() throws(ProgramError) {
      let table = SplitState.Table(problem)
      var cuts = SplitCuts(table)
      var found: [Assignment] = []
      let objective = incumbent?.objective ?? .infinity
      let bound = try cuts.raise(
        relaxed.bound, solver: options.solver, clock: clock.part(NetSplit.relaxationShare),
        isEnough: { [gap = options.gap] in objective - $0 <= gap * objective }, offer: { found.append($0) })
      for assignment in found { consider(assignment) }
      if bound > relaxed.bound { relaxed = (bound, "minimum cuts at prices") }
      guard let start = incumbent, relaxedSolution() == nil else { return }
      let part = clock.part(NetSplit.descentShare)
      var descent = SplitDescent(
        table, from: start.assignment, order: order ?? UnitOrder(problem), seed: options.seed, clock: part)
      consider(descent.run(moves: NetSplit.descentMoves * problem.units.count))
    }

    /// The incumbent where the time is up or it is good enough already.
    private func relaxedSolution() -> Solution? {
      guard let incumbent else { return nil }
      let isDone = incumbent.objective - relaxed.bound <= options.gap * incumbent.objective
      guard isDone || clock.isOver else { return nil }
      return Solution(
        assignment: incumbent.assignment,
        certificate: certificate(status: isDone ? .optimal : .feasible, bound: relaxed.bound))
    }

    /// The incumbent with the relaxation's bound, when the caller needs no more.
    private func relaxationSuffices(
      _ program: NetSplitProgram, scale: Double
    ) throws(ProgramError) -> Solution? {
      guard let sufficient = options.sufficientBound, let incumbent else { return nil }
      let relaxation = try options.solver.solveLinear(
        program.program, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft,
        isCancelled: options.isCancelled)
      clock.spend(relaxation.ticks)
      guard relaxation.vector == .optimal, let value = relaxation.objective, value * scale >= sufficient
      else {
        return nil
      }
      var proof = certificate(status: .feasible, bound: min(incumbent.objective, value * scale))
      proof.provedBy = "net-split linear relaxation"
      return Solution(assignment: incumbent.assignment, certificate: proof)
    }

    /// Among plans within the gap that was asked for, one with the least work in all: fewer crossings, shorter latency.
    private func polish(
      _ best: (assignment: Assignment, objective: Double), bound: Double, scale: Double
    ) throws(ProgramError) -> (assignment: Assignment, objective: Double) {
      if clock.isOver { return best }
      let limit = max(best.objective * (1 + 1e-9), bound / max(1 - options.gap, 0.5))
      guard let scope = SplitScope(problem, order: order, limit: limit) else { return best }
      let program = NetSplitProgram(
        problem: problem, scope: scope, scale: scale, goal: .totalLoad(within: limit))
      let outcome = try options.solver.solve(
        program.program,
        limits: SolveLimits(
          gap: 1e-3, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft, nodeLimit: 200,
          isCancelled: options.isCancelled))
      clock.spend(outcome.ticks)
      guard !outcome.values.isEmpty else { return best }
      let assignment = program.assignment(from: outcome.values)
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      return isAllowed(evaluation, assignment) && evaluation.objective <= limit
        ? (assignment, evaluation.objective) : best
    }

    private func certificate(status: Certificate.Status, bound: Double) -> Certificate {
      Certificate(
        status: status, objective: incumbent?.objective, bound: bound,
        provedBy: bound > 0 && bound == relaxed.bound ? relaxed.provedBy : "net-split integer program",
        seconds: clock.seconds, nodes: nodes,
        ticks: clock.ticks)
    }

    private mutating func consider(_ assignment: Assignment) {
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      guard isAllowed(evaluation, assignment), evaluation.objective < incumbent?.objective ?? .infinity
      else { return }
      incumbent = (assignment, evaluation.objective)
    }

    private func isAllowed(_ evaluation: ProblemEvaluator.Evaluation, _ assignment: Assignment) -> Bool {
      guard evaluation.isFeasible else { return false }
      guard let limit = problem.stages, let order else { return true }
      return order.stages(of: assignment.choices.map { $0.devices[0] }).allSatisfy { $0 < limit }
    }

    /// Rounds each relaxation and offers the result; begins with the incumbent.
    private func guide(_ program: NetSplitProgram, scale: Double) -> SolveGuide {
      SolveGuide(
        heuristic: { node in
          let assignment = program.assignment(from: node.relaxation)
          let evaluation = ProblemEvaluator.evaluate(problem, assignment)
          guard isAllowed(evaluation, assignment) else { return nil }
          return program.vector(for: assignment, bottleneck: evaluation.objective / scale)
        },
        start: incumbent.flatMap { program.vector(for: $0.assignment, bottleneck: $0.objective / scale) })
    }
  }
}
