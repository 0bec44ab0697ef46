/// The dynamic program over all down-sets: exact where one mode an item is left; otherwise its relaxation (the
/// smallest load and memory over the modes, no shared resources) still bounds the problem as given.
struct DownSets: SearchStep {
  let name = StepName.downSets
  /// Down-sets beyond this are not enumerated.
  private static let largestLattice = 400_000

  func applies(to context: GraphContext) -> Bool {
    context.isContiguous && context.model.itemCount <= GraphEngine.largestLatticeModel
  }

  func run(_ context: GraphContext, within clock: SearchClock) {
    let (model, incumbent) = (context.model, context.incumbent)
    guard
      let lattice = IdealLattice.all(model, limit: Self.largestLattice, shouldStop: clock.spend),
      let program = StagedProgram(model, ItemCosts(model, .fastest), lattice, context.prices)
    else { return }
    let outcome = program.solve(below: incumbent.objective, shouldStop: clock.spend)
    incumbent.nodes += outcome.steps
    if outcome.value != nil { incumbent.offer(model.assignment(homes: outcome.homes)) }
    guard outcome.isComplete else { return }
    if model.hasSingleModes { return incumbent.close(by: name) }
    guard let relaxed = StagedProgram(model, ItemCosts(model, .floor), lattice, context.prices) else {
      return
    }
    let below = relaxed.solve(below: .infinity, shouldStop: clock.spend)
    guard below.isComplete else { return }
    if let value = below.value {
      incumbent.raise(value, by: .relaxedDownSets)
    } else {
      incumbent.refuse(by: .relaxedDownSets)
    }
  }
}
