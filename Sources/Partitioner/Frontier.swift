import CostModel
import Planning

extension Partitioner {
  /// Budgets between the least and the plan without one.
  private static let frontierSteps = 6

  /// As ``plan(_:on:options:isCancelled:progress:)``, with the frontier of throughput against error: plans within budgets from the
  /// least error of the allowed precisions to the error of the plan without a budget, those that no other beats in both.
  public static func frontier(
    _ model: Model, on system: System, options: PlanOptions = PlanOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil
  ) throws(PartitionError) -> PlanDocument {
    guard
      !model.graph.embeddingTables.isEmpty
        || model.graph.operators.contains(where: { $0.work.kind == .matrix })
    else {
      throw PartitionError(
        .usage, "the frontier is one of precisions of embedding tables and layers, and the model has neither")
    }
    var free = options
    free.accuracyBudget = nil
    free.timeLimitSeconds = options.timeLimitSeconds.map { $0 / Double(frontierSteps + 2) }
    let loose = try plan(model, on: system, options: free, isCancelled: isCancelled, progress: progress)
    let most = loose.accuracy?.error ?? 0
    let least =
      TableErrors(graph: model.graph, known: options.tableErrors).least(of: options.tablePrecisions)
      + leastOfLayers(model.graph, on: system, options)
    var plans = [(budget: most, plan: loose)]
    for step in 0..<frontierSteps where least < most && !isCancelled() {
      var within = free
      let budget = least + (most - least) * Double(step) / Double(frontierSteps)
      within.accuracyBudget = .error(budget)
      // A budget may leave no plan.
      do {
        plans.append(
          (budget, try plan(model, on: system, options: within, isCancelled: isCancelled, progress: progress))
        )
      } catch {
        guard error.kind == .infeasible else { throw error }
      }
    }
    var answer = loose
    if options.accuracyBudget != nil {
      var within = free
      within.accuracyBudget = options.accuracyBudget
      answer = try plan(model, on: system, options: within, isCancelled: isCancelled, progress: progress)
      plans.append((answer.request.accuracyBudget ?? most, answer))
    }
    answer.accuracy?.frontier = front(plans)
    return answer
  }

  /// What layers lose where all are on cards in what loses least.
  private static func leastOfLayers(_ graph: Graph, on system: System, _ options: PlanOptions) -> Double {
    var within = options
    within.accuracyBudget = .error(0)
    guard let question = within.accuracyQuestions(of: graph, on: system).layers else { return 0 }
    return question.errors.operators.reduce(0) { sum, op in
      sum + (question.choices.map { question.errors.weighted(op, in: $0) }.min() ?? 0)
    }
  }

  /// Those that no other beats in error and objective, by error.
  private static func front(
    _ plans: [(budget: Double, plan: PlanDocument)]
  ) -> [PlanDocument.AccuracyEntry.FrontierPoint] {
    let points = plans.map { budget, plan in
      PlanDocument.AccuracyEntry.FrontierPoint(
        budget: budget, error: plan.accuracy?.error ?? 0, objective: plan.certificate.objective,
        bound: plan.certificate.bound, throughputPerSecond: plan.predicted.throughputPerSecond)
    }.sorted { ($0.error, $0.objective, $0.budget) < ($1.error, $1.objective, $1.budget) }
    var front: [PlanDocument.AccuracyEntry.FrontierPoint] = []
    for point in points where front.last.map({ point.objective < $0.objective }) ?? true {
      front.append(point)
    }
    return front
  }
}
