import Accuracy
import CostModel
import Graph
import Hardware
import Placement
import Plan
import Planning
import Rules

extension Partitioner {
  /// Plans a model on a system.
  ///
  /// - Parameters:
  ///   - isCancelled: Polled often; the best plan so far is returned soon after it answers true.
  ///   - progress: Called when the incumbent or the bound improves, from any thread.
  /// - Returns: A plan that passes ``check(_:model:)``.
  /// - Throws: `infeasible` with the reasons in prose; `usage` for options out of range.
  public static func plan(
    _ model: Model, on system: System, options: PlanOptions = PlanOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil
  ) throws(PartitionError) -> PlanDocument {
    if let sizing = options.sizing {
      return try MachineSearch(
        model: model, system: system, sizing: sizing, options: options, isCancelled: isCancelled,
        progress: progress
      ).plan()
    }
    guard let weighing = options.uncertainty else {
      return try HeatSearch(
        model: model, system: system, options: options, isCancelled: isCancelled, progress: progress
      ).plan()
    }
    return try UncertainPlanning(
      model: model, system: system, options: options, weighing: weighing, isCancelled: isCancelled,
      progress: progress
    ).run()
  }

  /// Plans a model as it is, without teams of cards.
  static func planAsGiven(
    _ model: Model, on system: System, options: PlanOptions, isCancelled: @escaping @Sendable () -> Bool,
    progress: (@Sendable (SearchOptions.Progress) -> Void)?
  ) throws(PartitionError) -> (planned: PlannedModel, document: PlanDocument) {
    let system = options.machine(system)
    let task = try task(model, on: system, options: options, isCancelled: isCancelled, progress: progress)
    let planned: PlannedModel
    do {
      planned = try Planner.plan(task)
    } catch {
      switch error {
      case .infeasible(let reasons):
        var error =
          options.explainsFailure
          ? infeasible(PlanExplainer(task, system: system).explanation(reasons, isProven: true))
          : PartitionError(.infeasible, reasons)
        error.isProven = true
        throw error
      case .noneFound(let reasons):
        guard options.explainsFailure else { throw PartitionError(.infeasible, reasons) }
        throw infeasible(PlanExplainer(task, system: system).explanation(reasons, isProven: false))
      case .limit(let reason): throw PartitionError(.infeasible, reason)
      case .refused(let reason):
        throw PartitionError(.internalError, "the optimiser refused the problem: \(reason)")
      }
    }
    return (
      planned, try document(of: planned, model: model, on: system, options: options, task: task)
    )
  }

  /// The document of a plan, checked.
  ///
  /// - Throws: `infeasible` where it misses the latency budget.
  static func document(
    of planned: PlannedModel, model: Model, on system: System, options: PlanOptions, task: PlanningTask
  ) throws(PartitionError) -> PlanDocument {
    let explainer = PlanExplainer(task, system: system)
    var task = task
    var costOptions = options.costOptions(for: model, on: system)
    costOptions.layers = planned.placement.layers
    costOptions.requestsInFlight = planned.requestsInFlight
    task.costs =
      task.system == system
      ? task.costs.with { $0 = costOptions }
      : CostModel(graph: model.graph, system: system, options: costOptions)
    task.system = system
    let errors = task.layers?.errors ?? LayerErrors(graph: model.graph, known: options.layerErrors)
    let (plan, evaluated) = compose(planned, model: model, task: task, options: options, errors)
    let violations = Verifier.check(
      plan, graph: model.graph, costs: task.costs, known: evaluated, layerErrors: errors)
    guard violations.isEmpty else {
      throw PartitionError(.internalError, violations.map { "the plan fails its own check: \($0.message)" })
    }
    if let budget = task.latencyBudgetMilliseconds, plan.predicted.latencySeconds * 1000 > budget {
      guard options.explainsFailure else {
        let shortest = (plan.predicted.latencySeconds * 1e5).rounded(.up) / 100
        throw PartitionError(.infeasible, "the shortest plan found takes \(shortest) ms for one batch")
      }
      throw infeasible(
        explainer.explanation(shortest: plan.predicted.latencySeconds, budgetMilliseconds: budget))
    }
    return plan
  }

  private static func compose(
    _ planned: PlannedModel, model: Model, task: PlanningTask, options: PlanOptions,
    _ layerErrors: LayerErrors
  ) -> (PlanDocument, EvaluatedProgram) {
    let composer = PlanComposer(
      graph: task.graph, system: task.system, placement: planned.placement, costs: task.costs)
    let lowering = Lowering(
      graph: task.graph, system: task.system, placement: planned.placement, costs: task.costs)
    let summary = LoadSummary(lowering.program, known: planned.evaluated)
    let (objective, unit): (Double, PlanDocument.CertificateEntry.Unit) =
      switch task.objective {
      case .throughput: (summary.bottleneckSeconds, .seconds)
      case .latency: (summary.latencySeconds, .seconds)
      case .energy: (summary.energyJoules, .joules)
      }
    // A bound above the objective was dropped by the planner; this is what rounding leaves.
    let bound = min(planned.bound, objective)
    let gap = objective > 0 ? (objective - bound) / objective : 0
    let incomplete = IncompleteFigures(task.graph)
    var plan = composer.document(
      model: model.reference,
      request: .init(
        objective: task.objective, latencyBudgetMilliseconds: task.latencyBudgetMilliseconds,
        requestedGap: options.gap, precision: options.precision,
        tablePrecisions: options.tablePrecisions, requestsInFlight: planned.requestsInFlight,
        batch: model.graph.serving.batch, rules: options.rules.isEmpty ? nil : options.rules.rules,
        without: options.without, accuracyBudget: task.layers?.limit ?? task.accuracy?.limit),
      certificate: .init(
        unit: unit, objective: objective, bound: bound, gap: gap,
        status: incomplete != nil ? .incomplete : gap <= options.gap + 1e-12 ? .proven : .open,
        provedBy: planned.provedBy, scope: planned.scope, reason: incomplete?.sentence,
        priceProof: planned.priceProof, solver: options.solver.solver.name),
      notes: planned.notes, known: (lowering, summary))
    if let heat = model.heat { plan.access = heat.whole }
    if let note = HotRowsNote(planned.placement, task: task, objective: objective).text {
      plan.notes.append(note)
    }
    if !options.kept.isEmpty { plan.request.kept = options.kept }
    if let layers = task.layers, layers.told == nil, layers.choices.count > 1 {
      plan.request.layerPrecisions = layers.choices
    }
    plan.layers = PlanDocument.layerEntries(planned.placement.layers, in: task.graph)
    if !task.graph.embeddingTables.isEmpty || !layerErrors.operators.isEmpty {
      plan.accuracy = .init(
        planned.placement.tables, errors: TableErrors(graph: task.graph, known: options.tableErrors),
        layers: PlacedLayers(
          planned.placement, graph: task.graph, system: task.system, options: task.costs.options),
        layerErrors: layerErrors)
    }
    return (plan, EvaluatedProgram(program: lowering.program, summary: summary))
  }

  private static func infeasible(_ explanation: String) -> PartitionError {
    PartitionError(.infeasible, explanation.split(separator: "\n").joined(separator: "\n"))
  }
}
