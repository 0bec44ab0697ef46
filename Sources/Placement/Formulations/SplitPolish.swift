import Modeling

/// Among plans within the gap that was asked for, one with the least work in all: fewer crossings, shorter latency.
///
/// By minimum cuts at prices of the loads, and by the integer program where those leave a gap or do not know all that limits a
/// plan.
struct SplitPolish: SearchStep {
  let name = StepName.splitPolish
  private static let (gap, nodes) = (1e-3, 50)
  /// A gap at which the program is not worth its time.
  private static let enough = 0.2

  func applies(to context: SplitContext) -> Bool {
    context.isSolved && context.incumbent.assignment != nil && !context.clock.isOver
  }

  func run(_ context: SplitContext, within clock: SearchClock) throws(ProgramError) {
    let (incumbent, options) = (context.incumbent, context.incumbent.options)
    let limit = max(
      incumbent.objective * (1 + 1e-9), incumbent.bound / max(1 - options.gap, 0.5))
    if (context.problem.stages ?? 2) <= 2, try cut(context, limit, clock) { return }
    guard let scope = SplitScope(context.problem, order: context.order, limit: limit) else { return }
    let program = NetSplitProgram(
      problem: context.problem, scope: scope, scale: context.scale,
      goal: .totalLoad(within: limit))
    let outcome = try options.solver.solve(
      program.program,
      limits: SolveLimits(
        gap: Self.gap, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft, nodeLimit: Self.nodes,
        isCancelled: options.isCancelled))
    clock.spend(outcome.ticks)
    if !outcome.values.isEmpty {
      incumbent.exchange(for: program.assignment(from: outcome.values), within: limit)
    }
  }

  /// - Returns: whether hardly any plan within the limit has less work.
  private func cut(
    _ context: SplitContext, _ limit: Double, _ clock: SearchClock
  ) throws(ProgramError) -> Bool {
    let incumbent = context.incumbent
    func work(_ evaluation: ProblemEvaluator.Evaluation) -> Double {
      evaluation.loads.joined().reduce(0, +)
    }
    var least = incumbent.assignment.flatMap(context.evaluated).map(work) ?? .infinity
    var best: Assignment?
    var cuts = SplitCuts(context.table, blend: .ofWork(in: context.problem), limit: limit)
    let bound = try cuts.raise(
      0, from: incumbent.assignment, solver: incumbent.options.solver, clock: clock,
      isEnough: { least - $0 <= Self.gap * least },
      offer: { assignment, _ in
        guard let evaluation = context.evaluated(assignment), evaluation.objective <= limit,
          case let work = work(evaluation), work < least
        else { return }
        (least, best) = (work, assignment)
      })
    if let best { incumbent.exchange(for: best, within: limit) }
    return least - bound <= Self.enough * least
  }
}

extension NetSplit.Blend {
  /// All loads alike.
  fileprivate static func ofWork(in problem: Problem) -> Self {
    .init(bottleneck: 0, loads: problem.devices.map { $0.baseLoad.map { _ in 1 } })
  }
}
