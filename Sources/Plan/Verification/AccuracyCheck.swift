import Accuracy
import CostModel
import Graph

/// Holds what a plan says of accuracy against its placement and its budget.
struct AccuracyCheck {
  private(set) var violations: [Violation] = []

  /// - Parameters:
  ///   - costs: Of the plan.
  ///   - layerErrors: `nil` where the plan says nothing of layers.
  init(
    plan: PlanDocument, placement: ModelPlacement, graph: Graph, costs: CostModel, layerErrors: LayerErrors?
  ) {
    checkLayers(plan, graph)
    for entry in plan.accuracy?.known ?? [] where !(entry.error >= 0 && entry.error.isFinite) {
      violations.append(
        Violation(
          .unusableFigure,
          "accuracy.known: the error \(entry.error) of table '\(entry.table)' in \(entry.precision.rawValue) must be finite "
            + "and at least 0"))
    }
    for entry in plan.accuracy?.knownLayers ?? [] where !(entry.error >= 0 && entry.error.isFinite) {
      violations.append(
        Violation(
          .unusableFigure,
          "accuracy.knownLayers: the error \(entry.error) of layer '\(entry.layer)' in \(entry.precision.word) must be finite "
            + "and at least 0"))
    }
    guard violations.isEmpty else { return }
    let errors = plan.tableErrors(graph: graph)
    let derived =
      layerErrors.map {
        PlanDocument.AccuracyEntry(
          placement.tables, errors: errors,
          layers: PlacedLayers(placement, graph: graph, system: plan.system, options: costs.options),
          layerErrors: $0)
      } ?? PlanDocument.AccuracyEntry(placement.tables, errors: errors)
    if let stated = plan.accuracy { compare(stated, derived) }
    if let budget = plan.request.accuracyBudget {
      if !(budget >= 0) {
        violations.append(
          Violation(.unusableFigure, "request.accuracyBudget is \(budget); it must be at least 0"))
      } else if !AccuracyBudget(errors: errors, limit: budget).allows(derived.error) {
        violations.append(
          Violation(
            .accuracyBudget, "the error is \(derived.error), above the budget of \(budget)"))
      }
    }
  }

  /// Decisions must be about layers of the model, and be allowed.
  private mutating func checkLayers(_ plan: PlanDocument, _ graph: Graph) {
    guard let entries = plan.layers else { return }
    let layers = Set(graph.operators.filter { $0.work.kind == .matrix }.map(\.name))
    for entry in entries {
      for name in entry.operators where !layers.contains(name) {
        violations.append(
          Violation(.unknownOperator, "layers: the model has no operator '\(name)' with matrix work"))
      }
      if let allowed = plan.request.layerPrecisions, !allowed.contains(entry.precision) {
        violations.append(
          Violation(.accuracyMismatch, "layers: \(entry.precision.word) is not among request.layerPrecisions")
        )
      }
    }
  }

  private mutating func compare(_ stated: PlanDocument.AccuracyEntry, _ derived: PlanDocument.AccuracyEntry) {
    func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }
    if !isClose(stated.error, derived.error) {
      violations.append(
        Violation(
          .accuracyMismatch, "accuracy.error: the plan says \(stated.error), it is \(derived.error)"))
    }
    let isSame =
      stated.precisions.count == derived.precisions.count
      && zip(stated.precisions, derived.precisions).allSatisfy {
        $0.precision == $1.precision && $0.tables == $1.tables && $0.sources == $1.sources
          && isClose($0.lookupShare, $1.lookupShare) && isClose($0.error, $1.error)
      }
    let areLayersSame =
      (stated.layers ?? []).count == (derived.layers ?? []).count
      && zip(stated.layers ?? [], derived.layers ?? []).allSatisfy {
        $0.precision == $1.precision && $0.layers == $1.layers && $0.sources == $1.sources
          && isClose($0.share, $1.share) && isClose($0.error, $1.error)
      }
    if !areLayersSame {
      violations.append(
        Violation(.accuracyMismatch, "accuracy.layers: is not what the placement of the layers makes"))
    }
    if !isSame {
      violations.append(
        Violation(.accuracyMismatch, "accuracy.precisions: is not what the placement of the tables makes"))
    }
  }
}
