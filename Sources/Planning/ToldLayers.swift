import Accuracy
import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans with layers in precisions that are told, within what tables and layers may lose together.
struct ToldLayers {
  let task: PlanningTask
  let question: LayerQuestion
  /// The task without a question about layers.
  let free: PlanningTask
  let losses: LayerLosses

  /// What operators are in on cards, by operator; `nil` for what costs say.
  typealias Choice = [LayerPrecision?]

  init(_ task: PlanningTask, _ question: LayerQuestion) {
    self.task = task
    self.question = question
    var free = task
    free.layers = nil
    free.start?.layers = []
    self.free = free
    losses = LayerLosses(task, question)
  }

  func plan(_ choice: Choice, clock: SearchClock) throws(PlanningFailure) -> PlannedModel {
    var part = costed(choice)
    part.accuracy = tablesLimit(lost: losses.loss(choice))
    guard part.accuracy.map({ $0.limit >= 0 }) ?? true else { throw .noneFound(reasons) }
    var planned = try Planner.plan(part, clock: clock)
    planned.placement.layers = choice
    guard isAllowed(planned.placement, part) else { throw .noneFound(reasons) }
    return planned
  }

  /// All layers in one precision.
  func everywhere(_ precision: LayerPrecision) -> Choice {
    var choice = Choice(repeating: nil, count: task.graph.operators.count)
    for op in losses.layers { choice[op.index] = precision }
    return choice
  }

  func costed(_ choice: Choice) -> PlanningTask { free.costed { $0.layers = choice } }

  /// What is left to tables where layers lose so much.
  func tablesLimit(lost: Double) -> AccuracyBudget? {
    guard var budget = task.accuracy, let limit = question.limit else { return task.accuracy }
    budget.limit = limit - lost
    return budget
  }

  /// - Parameter part: of the placement's precisions.
  func isAllowed(_ placement: ModelPlacement, _ part: PlanningTask) -> Bool {
    question.allows(placement, tables: task.accuracy?.errors, costs: part.costs)
  }

  // MARK: Words

  var words: String { question.choices.map(\.word).joined(separator: " or ") }

  /// Why there is no plan.
  var reasons: [String] {
    guard let limit = question.limit else { return ["no plan was found with layers in \(words)"] }
    let tables =
      leastOfTables.map { "tables lose \(ErrorText.percent($0)) in the best of the precisions allowed, and " }
      ?? ""
    return [
      "no plan was found within the accuracy budget of \(ErrorText.percent(limit)): \(tables)layers lose "
        + "\(ErrorText.percent(losses.leastLoss)) where all are on cards; allow wider ones (--layer-precision, --table-precision), or more loss"
    ]
  }

  /// What tables lose at least; `nil` where there are none.
  private var leastOfTables: Double? {
    task.accuracy?.errors.least(of: task.tablePrecisions)
  }
}
