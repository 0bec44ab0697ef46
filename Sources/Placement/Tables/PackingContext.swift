/// A packing problem compiled for its steps.
final class PackingContext: SearchContext {
  let incumbent: Incumbent
  let offers: PackingOffers
  let model: PackingModel
  /// What the heuristics pack; the same as `model` unless colours are not fully expressed there.
  let packable: PackingModel
  let table: AggregateTable
  let relaxation: AggregatedBound
  let lattice: LatticeBound
  var clock: SearchClock
  /// Prices and fractions of the relaxation, once it is solved.
  var result: AggregatedBound.Result?
  /// The local search of this pass, once it is opened.
  var descent: PackingDescent?

  init(_ offers: PackingOffers, _ model: PackingModel, packable: PackingModel) {
    self.offers = offers
    incumbent = offers.incumbent
    clock = incumbent.clock
    self.model = model
    self.packable = packable
    table = AggregateTable(model)
    relaxation = AggregatedBound(model, table: table, solver: incumbent.options.solver)
    lattice = LatticeBound(model, table: table)
  }

  /// Seconds to aim at. What ends the search is the gap: on many devices a goal that leaves slack to some of them keeps
  /// the others from getting even.
  var goal: Double { incumbent.bound * (1 + (scale == 1 ? 0.9 : 0.1) * incumbent.gap) }

  /// More devices need more steps.
  var scale: Int { max(1, model.deviceCount / 16) }

  func byUnit(_ flat: [Double]) -> [[Double]] {
    (0..<table.unitCount).map { Array(flat[table.firstOption[$0]..<table.firstOption[$0 + 1]]) }
  }
}
