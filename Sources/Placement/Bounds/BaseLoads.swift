/// Bounds by what devices bear in any case.
struct BaseLoads: SearchStep {
  let name = StepName.baseLoads

  func run(_ context: PackingContext, within clock: SearchClock) {
    context.incumbent.raise(context.model.base.max() ?? 0, by: name)
  }
}
