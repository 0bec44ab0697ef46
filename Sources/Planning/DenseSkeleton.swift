import CostModel
import Graph
import Hardware
import Plan

/// Where the operators before and after the look-ups run, and what that loads by itself.
struct DenseSkeleton {
  /// Operators that no look-up result reaches.
  var before: PlacementSite
  /// Operators behind a look-up.
  var after: PlacementSite
  /// Sites by operator; unsupported operators stay on the host.
  var operators: [PlacementSite]
  /// By resource of the lowering: seconds per batch without any table.
  var base: [Double]
  /// By device (0 is the host): bytes left for tables and their buffers.
  var freeBytes: [Double]

  /// The four combinations of host and every card, each lowered without its tables.
  static func all(task: PlanningTask, units: ModelUnits) -> [DenseSkeleton] {
    let isAfter = operatorsAfterLookups(task.graph, units.served)
    let sites: [PlacementSite] = [.everyCard, .host]
    return sites.flatMap { after in
      sites.map { before in
        DenseSkeleton(before: before, after: after, isAfter: isAfter, task: task, units: units)
      }
    }
  }

  private init(
    before: PlacementSite, after: PlacementSite, isAfter: [Bool], task: PlanningTask, units: ModelUnits
  ) {
    self.before = before
    self.after = after
    var sites = Array(repeating: PlacementSite.host, count: task.graph.operators.count)
    for unit in units.units where unit.isSupportedOnCards {
      for op in unit.operators { sites[op.index] = isAfter[op.index] ? after : before }
    }
    operators = sites
    let empty = task.graph.embeddingTables.map { _ in
      TablePlacement(
        format: TableFormat(precision: task.tablePrecisions[0]), split: .whole, shards: [])
    }
    let program = Lowering(
      graph: task.graph, system: task.system,
      placement: ModelPlacement(
        operators: sites, tables: empty, sparseCores: task.system.cards.map { _ in 0 }),
      costs: task.costs
    ).program
    let summary = LoadSummary(program)
    base = summary.loads
    freeBytes = zip(program.devices, summary.memoryBytes).map { Double($0.memoryBytes) - Double($1) }
  }

  private static func operatorsAfterLookups(_ graph: Graph, _ served: ServedLookups) -> [Bool] {
    var isAfter = Array(repeating: false, count: graph.operators.count)
    for (index, op) in graph.operators.enumerated() {
      isAfter[index] =
        served.table[index] != nil
        || op.inputs.contains { input in
          input.flatMap { graph[$0].producer }.map { isAfter[$0.index] } ?? false
        }
    }
    return isAfter
  }
}
