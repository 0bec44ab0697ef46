import CostModel
import Graph
import Hardware
import Plan

/// What options make of a machine, costs and budget.
extension PlanOptions {
  /// A machine as plans may use it.
  func machine(_ system: System) -> System {
    var system = system
    if without.contains(.peerToPeer) { system.peerToPeer = false }
    return system
  }

  func costOptions(for model: Model, on system: System) -> CostOptions {
    CostOptions(
      cardMatrixPrecision: precision,
      requestsInFlight: requestsInFlight ?? Self.usualRequestsInFlight,
      measured: model.stated(on: system, precision: precision, besides: measured), without: without,
      compiler: compiler, access: spread(of: model), kept: kept,
      layers: PlanDocument.layers(toldLayers ?? [], in: model.graph))
  }

  /// Milliseconds: the option's, else the model's own; `nil` for none.
  func budget(for graph: Graph) -> Double? {
    let budget = latencyBudgetMilliseconds ?? graph.serving.latencyBudgetMilliseconds
    return budget.flatMap { $0.isFinite ? $0 : nil }
  }
}
