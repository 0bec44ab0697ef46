import CostModel
import Graph
import Hardware
import Placement
import Plan
import Planning

/// Holds a plan against the errors of its costs; see ``PlanOptions/uncertainty``.
struct UncertainPlanning {
  /// Draws that are planned for, to find alternatives, each with its part of the question's own work.
  private static let plannedDraws = 4

  let model: Model
  let system: System
  let options: PlanOptions
  let weighing: UncertaintyOptions
  let isCancelled: @Sendable () -> Bool
  let progress: (@Sendable (SearchOptions.Progress) -> Void)?

  /// The best plan for the costs as they are, or the robust one, with what the errors do to it.
  func run() throws(PartitionError) -> PlanDocument {
    try options.validate()
    var first = options
    first.uncertainty = nil
    // Half of the time is for the question itself.
    first.timeLimitSeconds = options.timeLimitSeconds.map { $0 / 2 }
    let best = try Partitioner.plan(
      model, on: system, options: first, isCancelled: isCancelled, progress: progress)
    // With operators cut over cards that act as one, where that is best.
    let (part, machine) = (model.asPlanned(in: best), best.system)
    guard let placement = Verifier.placement(of: best, graph: part.graph) else {
      throw PartitionError(.internalError, "a plan cannot be read back")
    }
    var plans = [(document: best, placement: placement)]
    // Draws are of costs, and layers stay in what the plan has them in.
    var told = options
    told.toldLayers = best.layers
    let costs = CostModel(
      graph: part.graph, system: machine, options: told.costOptions(for: part, on: machine)
    ).with(requestsInFlight: best.request.requestsInFlight)
    let errors = CostErrors(costs, seed: options.seed)
    for index in 0..<Self.plannedDraws where !isCancelled() {
      let draw = errors.draw(-1 - index)
      var drawn = told
      drawn.uncertainty = nil
      drawn.measured = draw.options.measured
      drawn.start = placement
      drawn.timeLimitSeconds = options.timeLimitSeconds.map { $0 / Double(2 * Self.plannedDraws) }
      drawn.work = workOfDraw
      // A draw may have no plan within the budget, and the plan of a draw none for the costs as they are.
      guard
        let other = try? Partitioner.planAsGiven(
          part, on: draw.system, options: drawn, isCancelled: isCancelled, progress: nil),
        let document = try? document(other.planned, like: best, part, machine),
        !plans.contains(where: { $0.document.isAlike(document) })
      else { continue }
      plans.append((document, other.planned.placement))
    }
    let outcomes = DrawnOutcomes(
      of: plans.map { ($0.placement, $0.document.request.requestsInFlight) }, costs: costs,
      objective: options.objective, draws: weighing.draws, seed: options.seed)
    let tails = outcomes.tails
    let chosen = weighing.isRobust ? tails.indices.min { (tails[$0], $0) < (tails[$1], $1) } ?? 0 : 0
    var answer = plans[chosen].document
    answer.uncertainty = outcomes.entry(
      of: chosen, isRobust: weighing.isRobust,
      latencyBudgetMilliseconds: answer.request.latencyBudgetMilliseconds)
    return answer
  }

  /// A plan that was made for a draw as one for the costs as they are, with what is proven of those.
  private func document(
    _ drawn: PlannedModel, like best: PlanDocument, _ model: Model, _ system: System
  ) throws(PartitionError) -> PlanDocument {
    var planned = drawn
    (planned.bound, planned.provedBy) = (best.certificate.bound, best.certificate.provedBy)
    (planned.scope, planned.priceProof) = (best.certificate.scope, best.certificate.priceProof)
    planned.notes = ["chosen for the least 90th percentile over draws of the costs' errors"]
    let task = try Partitioner.task(
      model, on: system, options: options, isCancelled: { false }, progress: nil)
    return try Partitioner.document(of: planned, model: model, on: system, options: options, task: task)
  }

  /// `nil` for no limit but time.
  private var workOfDraw: WorkBudget? {
    guard let work = options.work ?? (options.timeLimitSeconds == nil ? .standard : nil) else { return nil }
    return WorkBudget(ticks: work.ticks.map { max(1, $0 / Self.plannedDraws) })
  }
}

extension PlanDocument {
  /// Whether both put everything in the same places.
  fileprivate func isAlike(_ other: PlanDocument) -> Bool {
    partitions.map(\.site) == other.partitions.map(\.site) && tables == other.tables
      && partitions.map(\.operators) == other.partitions.map(\.operators) && groups == other.groups
      && cores == other.cores && request.requestsInFlight == other.request.requestsInFlight
  }
}
