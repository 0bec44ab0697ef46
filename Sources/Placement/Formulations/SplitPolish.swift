import Modeling

/// Among plans within the gap that was asked for, one with the least work in all: fewer crossings, shorter latency.
struct SplitPolish: SearchStep {
  let name = StepName.splitPolish
  private static let (gap, nodes) = (1e-3, 200)

  func applies(to context: SplitContext) -> Bool {
    context.isSolved && context.incumbent.assignment != nil && !context.clock.isOver
  }

  func run(_ context: SplitContext, within clock: SearchClock) throws(ProgramError) {
    let (incumbent, options) = (context.incumbent, context.incumbent.options)
    let limit = max(
      incumbent.objective * (1 + 1e-9), incumbent.bound / max(1 - options.gap, 0.5))
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
}
