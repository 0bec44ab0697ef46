import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Chooses how to plan a model and answers its placement with a proven bound.
public enum Planner {
  /// - Throws: ``PlanningFailure``; `infeasible` only when it is proven.
  public static func plan(_ task: PlanningTask) throws(PlanningFailure) -> PlannedModel {
    let start = ContinuousClock.now
    let replicated = NetSplitPlanner(task: task)
    if !replicated.needsSingleCards {
      if replicated.fitsEveryCard() { return try replicated.plan(startedAt: start) }
      if !task.graph.embeddingTables.isEmpty, replicated.denseFitsEveryCard() {
        return try ShardingPlanner(task: task, startedAt: start).plan()
      }
    }
    return try PipelinePlanner(task: task, replicated: replicated, startedAt: start).plan()
  }
}
