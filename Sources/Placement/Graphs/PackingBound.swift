import Modeling

/// The bound of the problem without its nets, order and transfers: a packing problem, solved by ``PackingEngine``.
///
/// Leaving out nets and the order lowers loads and forbids nothing, so the packing problem's bound holds for the problem as
/// given, and when it has no assignment the problem has none. Colours and strongly connected parts stay together
/// (``GraphModel``). ``CountingBound`` comes first.
/// Both see what prices cannot: that 25 like items on 6 cards put 5 on some card; the packing sees memory as well.
struct PackingBound: SearchStep {
  let name = StepName.packing
  /// Whether to leave it for later where there is a plan that parts may prove.
  let waitsForParts: Bool
  /// Larger models keep the bound of the prices.
  private static let largestItemCount = 3_000
  /// Part of all time and work the packing may take.
  private static let share = 0.15
  /// Tighter packings are not worth their time here.
  private static let gap = 5e-4

  func applies(to context: GraphContext) -> Bool {
    guard context.model.isExact, context.model.itemCount <= Self.largestItemCount, !context.isPacked else {
      return false
    }
    return !waitsForParts || context.isContiguous || context.incumbent.assignment == nil
      || context.parts == nil
  }

  func run(_ context: GraphContext, within clock: SearchClock) throws(ProgramError) {
    let (model, incumbent) = (context.model, context.incumbent)
    context.isPacked = true
    let counted = CountingBound.largest(
      model, from: incumbent.bound, below: incumbent.objective, shouldStop: clock.spend)
    incumbent.raise(counted, by: .largeUnitCount)
    if incumbent.isDone { return }
    var options = clock.options(incumbent.options, share: Self.share)
    options.gap = max(Self.gap, options.gap / 2)
    let packed = try PackingEngine.solve(relaxed(model), options: options).certificate
    clock.spend(packed.ticks)
    incumbent.nodes += packed.nodes
    if packed.status == .infeasible {
      incumbent.refuse(by: name)
    } else {
      incumbent.raise(packed.bound, by: name)
    }
  }

  /// One unit an item, one option a class and mode.
  private func relaxed(_ model: GraphModel) -> Problem {
    let units = model.modes.enumerated().map { item, byClass in
      var options: [Problem.Option] = []
      for (entry, modes) in zip(model.classes, byClass) {
        for mode in modes {
          let shard = Problem.Shard(
            devices: entry.devices, loads: mode.loads.enumerated().map { Problem.Amount($0, $1) },
            memory: mode.memory)
          options.append(
            Problem.Option(
              name: "", shards: [shard], shared: mode.shared.enumerated().map { Problem.Amount($0, $1) }))
        }
      }
      return Problem.Unit(name: "item \(item)", options: options)
    }
    return Problem(
      name: model.problem.name, devices: model.problem.devices, lanes: model.problem.lanes,
      shared: model.problem.shared, units: units)
  }
}
