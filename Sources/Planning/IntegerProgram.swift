import Modeling
import Placement
import Plan

/// The integer program that decides a question by itself, stated for another solver.
///
/// Groups and settings are fixed: every card serves alike, with all its cores for what runs there, and each unit is on the
/// host or on every card (``NetSplitPlanner``). No such program states a question whose plans choose among more.
public struct IntegerProgram: Sendable {
  public let text: ProgramText

  /// - Throws: why no such program exists, a sentence each.
  public init(_ task: PlanningTask) throws(Refusal) {
    let planner = NetSplitPlanner(task: task)
    let reasons = planner.reasonsAgainstProgram
    guard reasons.isEmpty else { throw Refusal(reasons: reasons) }
    let problem = planner.problem(.bound, turns: .fewest)
    let blend = task.objective == .throughput ? nil : planner.blend(task.objective)
    guard problem.units.allSatisfy({ !$0.options.isEmpty }), NetSplit.accepts(problem),
      let statement = NetSplitStatement(problem, blend: blend)
    else { throw Refusal(reasons: ["the rules leave an operator neither the host nor every card"]) }
    let unit = task.objective == .throughput ? "microseconds a batch" : "microjoules a batch"
    let budget = task.latencyBudgetMilliseconds.map { ["the latency budget of \($0) ms is no part of it"] }
    text = ProgramText(
      statement.program,
      comments: [
        "Partition: integer program of \(task.graph.name) on \(task.system.name)",
        "minimises \(task.objective == .throughput ? "the bottleneck" : "the energy") in \(unit)",
        "settings: all \(task.system.cards.count) cards serve alike, cores undivided, cards compute in "
          + task.costs.options.cardMatrixPrecision.rawValue,
        "memory for activations and further commands of a batch are left out",
      ] + (budget ?? []) + statement.legend)
  }

  /// No integer program states the question.
  public struct Refusal: Error, Sendable, Hashable {
    public var reasons: [String]
  }
}

extension NetSplitPlanner {
  /// Sentences; none where plans are copies on every card and the objective is a sum of their loads.
  fileprivate var reasonsAgainstProgram: [String] {
    var reasons: [String] = []
    if task.objective == .latency {
      reasons.append("the latency is the longest way through a batch, which is no sum of loads")
    }
    if task.hasTables {
      reasons.append(
        "the model has embedding tables, whose shards and the cores that read them are chosen in several programs"
      )
    }
    if kinds.representatives.count > 1 {
      reasons.append("cards are not alike, so that which of them serve is chosen as well")
    }
    if needsSingleCards || rulesWantSingleCards {
      reasons.append("some operators run on single cards alone")
    } else if !fitsEveryCard() {
      reasons.append("a copy of all operators does not fit every card, so that plans are pipelines")
    }
    return reasons
  }
}
