import Graph

/// Holds what a plan says of accuracy against its placement and its budget.
struct AccuracyCheck {
  private(set) var violations: [Violation] = []

  init(plan: PlanDocument, placement: ModelPlacement, graph: Graph) {
    for entry in plan.accuracy?.known ?? [] where !(entry.error >= 0 && entry.error.isFinite) {
      violations.append(
        Violation(
          .unusableFigure,
          "accuracy.known: the error \(entry.error) of table '\(entry.table)' in \(entry.precision.rawValue) must be finite "
            + "and at least 0"))
    }
    guard violations.isEmpty else { return }
    let errors = plan.tableErrors(graph: graph)
    let derived = PlanDocument.AccuracyEntry(placement.tables, errors: errors)
    if let stated = plan.accuracy { compare(stated, derived) }
    if let budget = plan.request.accuracyBudget {
      if !(budget >= 0) {
        violations.append(
          Violation(.unusableFigure, "request.accuracyBudget is \(budget); it must be at least 0"))
      } else if !AccuracyBudget(errors: errors, limit: budget).allows(derived.error) {
        violations.append(
          Violation(
            .accuracyBudget, "the error of the tables is \(derived.error), above the budget of \(budget)"))
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
    if !isSame {
      violations.append(
        Violation(.accuracyMismatch, "accuracy.precisions: is not what the placement of the tables makes"))
    }
  }
}
