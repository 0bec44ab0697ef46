import Graph
import Plan

extension Partitioner {
  /// Checks a plan against its model: everything is derived again from model, system and placement.
  ///
  /// - Returns: What does not hold; empty for a plan that does.
  public static func check(_ plan: PlanDocument, model: Model) -> [Violation] {
    let model = model.asPlanned(in: plan)
    var violations: [Violation] = []
    if !plan.model.sha256.isEmpty, plan.model.sha256 != model.reference.sha256 {
      violations.append(
        Violation(
          .modelChanged,
          "the model's SHA-256 is \(model.reference.sha256.prefix(12))..., the plan was made for "
            + "\(plan.model.sha256.prefix(12))..."))
    }
    return violations + Verifier.check(plan, graph: model.graph, costs: costs(of: plan, part: model))
  }

  /// Refuses a plan that fails ``check(_:model:)``.
  ///
  /// - Parameter name: What the plan is called in errors, where that is not plain.
  /// - Throws: `violation` with everything that does not hold.
  public static func requireCheck(
    _ plan: PlanDocument, model: Model, name: String? = nil
  ) throws(PartitionError) {
    let violations = check(plan, model: model)
    guard violations.isEmpty else {
      let place = name.map { "\($0): " } ?? ""
      throw PartitionError(.violation, violations.map { "\(place)the plan fails its check: \($0.message)" })
    }
  }

  /// What one batch does under a plan, for the simulator.
  ///
  /// - Throws: `violation` when the plan fails its check, unless `isForced`.
  public static func program(
    of plan: PlanDocument, model: Model, isForced: Bool = false
  ) throws(PartitionError) -> ExecutionProgram {
    let model = model.asPlanned(in: plan)
    let violations = check(plan, model: model)
    guard violations.isEmpty || isForced else {
      throw PartitionError(.violation, violations.map { "the plan fails its check: \($0.message)" })
    }
    guard let placement = Verifier.placement(of: plan, graph: model.graph) else {
      throw PartitionError(.violation, violations.map { "the plan cannot be run: \($0.message)" })
    }
    return Lowering(
      graph: model.graph, system: plan.system, placement: placement,
      costs: costs(of: plan, part: model)
    ).program
  }
}
