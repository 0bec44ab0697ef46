/// Best cuts of several topological orders: incumbents. Long orders are cut between blocks of items only.
struct OrderCuts: SearchStep {
  let name = StepName.orderCuts
  /// Larger chains are cut at this many places only.
  private static let largestChain = 3_000

  func run(_ context: GraphContext, within clock: SearchClock) {
    let (model, incumbent) = (context.model, context.incumbent)
    for kind in ItemOrder.Kind.allCases {
      let order = ItemOrder.order(model, kind)
      // Without the order rule the nets between items may run in circles.
      guard order.count == model.itemCount else { return }
      var (chained, blockOf) = (model, Array(0..<model.itemCount))
      var chain = order
      var prices = context.prices
      if order.count > Self.largestChain {
        (chained, blockOf) = model.coarsened(order: order, count: Self.largestChain)
        chain = Array(0..<chained.itemCount)
        prices = CapacityPrices(chained, shouldStop: clock.spend)
      }
      let costs = ItemCosts(chained, .fastest)
      guard let program = StagedProgram(chained, costs, IdealLattice.chain(chain), prices) else { return }
      for limit in limits(incumbent) {
        let outcome = program.solve(below: limit, shouldStop: clock.spend)
        incumbent.nodes += outcome.steps
        guard outcome.value != nil else { continue }
        let homes = blockOf.map { outcome.homes[$0] }
        if incumbent.offer(model.assignment(homes: homes)) { context.homes = homes }
        break
      }
      if context.isOver { return }
    }
  }

  /// Upper limits to try in turn: a program with a low limit looks at far fewer parts.
  private func limits(_ incumbent: Incumbent) -> [Double] {
    if incumbent.assignment != nil { return [incumbent.objective] }
    return incumbent.bound > 0
      ? [1.2, 1.6, 2.5, 5].map { $0 * incumbent.bound } + [.infinity] : [.infinity]
  }
}
