import CostModel
import Graph
import Plan
import Planning

/// What rows on chip are worth to a plan, in words.
struct HotRowsNote {
  /// `nil` where no row is hotter than others.
  let text: String?

  /// - Parameter objective: Of the plan.
  init(_ placement: ModelPlacement, task: PlanningTask, objective: Double) {
    guard task.costs.options.access != nil else {
      text = nil
      return
    }
    var (found, all) = (0.0, 0.0)
    for (index, table) in task.graph.embeddingTables.enumerated() {
      let entry = placement.tables[index]
      guard let shard = entry.shards.first else { continue }
      // Shards are alike but for where they are; the first stands for all.
      found +=
        table.averageLookups
        * task.costs.hotShare(table: index, format: entry.format, on: shard.site.representative)
      all += table.averageLookups
    }
    let cold = LoadSummary(
      Lowering(
        graph: task.graph, system: task.system, placement: placement,
        costs: task.costs.with(access: nil)
      ).program)
    let other =
      switch task.objective {
      case .throughput: cold.bottleneckSeconds
      case .latency: cold.latencySeconds
      case .energy: cold.energyJoules
      }
    let percent = all > 0 ? (found / all * 1000).rounded() / 10 : 0
    let worth = objective > 0 ? ((other / objective - 1) * 1000).rounded() / 10 : 0
    text =
      "hot rows on chip serve \(percent) % of the look-ups; read from DRAM as well, the same placement would take \(worth) % more"
  }
}
