/// The bound of the problem without its nets, order and transfers: a packing problem, solved by ``PackingEngine``.
///
/// Leaving out nets and the order lowers loads and forbids nothing, so the packing problem's bound holds for the problem as
/// given, and when it has no assignment the problem has none. Colours and strongly connected parts stay together
/// (``GraphModel``). ``CountingBound`` comes first.
/// Both see what prices cannot: that 25 like items on 6 cards put 5 on some card; the packing sees memory as well.
enum PackingBound {
  /// Larger models keep the bound of the prices.
  static let largestItemCount = 3_000
  /// Part of all time and work the packing may take.
  static let share = 0.15
  /// Tighter packings are not worth their time here.
  static let gap = 5e-4

  static func raise(_ model: GraphModel, _ state: inout GraphSearchState) {
    guard model.isExact, model.itemCount <= largestItemCount, !state.isDone, !state.shouldStop else { return }
    let counted = CountingBound.largest(
      model, from: state.bound, below: state.objective, shouldStop: state.clock.spend)
    state.raise(counted, provedBy: "counting of large units")
    if state.isDone { return }
    var options = state.clock.options(state.options, share: share)
    options.gap = max(gap, state.options.gap / 2)
    guard let packed = try? PackingEngine(relaxed(model), options: options).solve() else { return }
    state.clock.spend(packed.certificate.ticks)
    state.nodes += packed.certificate.nodes
    if packed.certificate.status == .infeasible {
      state.refuse(by: "packing without transfers")
    } else {
      state.raise(packed.certificate.bound, provedBy: "packing without transfers")
    }
  }

  /// One unit an item, one option a class and mode.
  private static func relaxed(_ model: GraphModel) -> Problem {
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
