import Modeling

/// Bounds by the problem without its nets, stages and limits of number, which only forbid and add loads.
///
/// For large problems, and where the time ended the program before it proved anything.
struct RelaxedPacking: SearchStep {
  let name = StepName.packing
  /// Part of the time and work.
  private static let share = 0.3

  func applies(to context: SplitContext) -> Bool {
    !context.isRelaxed && (context.isLarge || context.isSolved && context.clock.isOver)
  }

  func run(_ context: SplitContext, within clock: SearchClock) throws(ProgramError) {
    context.isRelaxed = true
    var problem = context.problem
    problem.nets = []
    problem.stages = nil
    problem.apart = []
    problem.limits = []
    var options = clock.options(context.incumbent.options, share: Self.share)
    options.effort = .bound
    options.start = nil
    options.sufficientBound = nil
    let certificate = try PackingEngine.solve(problem, options: options).certificate
    clock.spend(certificate.ticks)
    if certificate.status != .infeasible { context.incumbent.raise(certificate.bound, by: name) }
  }
}
