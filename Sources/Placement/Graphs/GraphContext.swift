/// A problem of single shards compiled for its steps.
final class GraphContext: SearchContext {
  let incumbent: Incumbent
  let model: GraphModel
  let prices: CapacityPrices
  /// False leaves ``ExactSearch`` out, so that tests reach the steps behind it on small problems.
  let enumerates: Bool
  var clock: SearchClock { incumbent.clock }
  /// Device of every item in the best plan that a dynamic program found.
  var homes: [Int]?
  /// Whether ``PackingBound`` has been here.
  var isPacked = false
  /// Not worth its layers where the caller is in a hurry or there is nothing to prove.
  lazy var parts: PartProof? =
    incumbent.options.effort == .thorough && !incumbent.isDone
    ? PartProof(model, prices, solver: incumbent.options.solver) : nil

  init(_ model: GraphModel, _ incumbent: Incumbent, enumerates: Bool) {
    self.model = model
    self.incumbent = incumbent
    self.enumerates = enumerates
    prices = CapacityPrices(model, shouldStop: incumbent.clock.spend)
  }

  /// Whether parts have to be in one piece each, run one after the other.
  var isContiguous: Bool { model.problem.order == .acyclicQuotient }
}
