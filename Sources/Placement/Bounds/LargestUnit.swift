/// Bounds by the unit that is most expensive where it is alone: some option of it is chosen, and that alone loads a resource
/// as much (``AggregateTable/largestUnit``).
struct LargestUnit: SearchStep {
  let name = StepName.largestUnit

  func run(_ context: PackingContext, within clock: SearchClock) {
    context.incumbent.raise(context.table.largestUnit, by: name)
  }
}
