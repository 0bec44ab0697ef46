/// Plans of low latency that use one device after the other: all on one device, and the best cuts by
/// ``SerialLatencyProgram``, over all down-sets where they are few, else along several orders.
struct SerialPlans: SearchStep {
  let name = StepName.serialPlans
  /// Down-sets beyond this are left to chains.
  private static let largestLattice = 5_000
  /// Longer orders are left to annealing: the program looks at every pair of places.
  private static let longestOrder = 2_000
  private static let mostDevices = 8

  func run(_ context: GraphContext, within clock: SearchClock) {
    let model = context.model
    var candidates: [[Int]] = model.problem.devices.indices.filter { device in
      model.modes.allSatisfy { !$0[model.classOf[device]].isEmpty }
    }.prefix(Self.mostDevices).map { Array(repeating: $0, count: model.itemCount) }
    if let lattice = IdealLattice.all(model, limit: Self.largestLattice, shouldStop: clock.spend) {
      if lattice.reachesAll,
        let homes = SerialLatencyProgram(model, lattice)?.homes(shouldStop: clock.spend)
      {
        candidates.append(homes)
      }
    } else if model.itemCount <= Self.longestOrder {
      for kind in ItemOrder.Kind.allCases where !clock.isOver {
        let lattice = IdealLattice.chain(ItemOrder.order(model, kind))
        guard lattice.itemCount == model.itemCount else { continue }
        if let homes = SerialLatencyProgram(model, lattice)?.homes(shouldStop: clock.spend) {
          candidates.append(homes)
        }
      }
    }
    for homes in candidates where context.incumbent.offer(model.assignment(homes: homes)) {
      context.homes = homes
    }
  }
}
