import CostModel
import Graph
import Hardware
import Plan

@testable import Planning

/// A task over tables with what the sharding search prepares for it.
struct ShardingSample {
  let task: PlanningTask
  let kinds: CardKinds
  let units: ModelUnits
  let share: [Double]
  let menu: TableMenu

  init(_ graph: Graph, _ system: System) {
    task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true, search: .init())
    kinds = CardKinds(system: system)
    units = ModelUnits(graph: graph, costs: task.costs, cardKinds: kinds.representatives)
    share = ReplicaShares.shares(graph: graph, cards: Array(system.cards.indices), costs: task.costs)
    menu = TableMenu(task: task, kinds: kinds, shardCounts: [2, 3])
  }

  /// Without any table.
  func loads(_ skeleton: DenseSkeleton) -> TableLoads {
    TableLoads(task: task, kinds: kinds, skeleton: skeleton, share: share)
  }
}
