import CostModel
import Hardware

/// Time of one sparse partition: all its shards' look-ups spread over the cores that serve them.
struct SparseTime {
  /// Seconds that the group of cores is busy.
  private(set) var cores = 0.0
  /// Seconds that the DRAM is busy.
  private(set) var dram = 0.0
  /// Share of each table in the work, ascending by table.
  private(set) var parts: [ExecutionProgram.TablePart] = []

  init(_ partition: Partition, on location: Location, placement: ModelPlacement, costs: CostModel) {
    let group: Double =
      switch location {
      case .host: Double(costs.system.host.processor.cores)
      case .card(let index):
        Double(
          placement.sparseCores(ofCard: index) > 0
            ? placement.sparseCores(ofCard: index) : costs.system.cards[index].processor.cores)
      }
    var work: [Int: Double] = [:]
    for reference in partition.shards {
      let entry = placement.tables[reference.table]
      let cost = costs.lookup(
        table: reference.table, format: entry.format, split: entry.split, on: location)
      guard let cost else { continue }
      let share =
        Double(reference.lookups.count)
        / Double(costs.graph.embeddingTables[reference.table].lookups.count)
      let busy = cost.busySeconds(cores: group)
      cores += share * busy
      dram += share * cost.dramSeconds
      work[reference.table, default: 0] += share * (cost.coreSeconds / group + cost.dramSeconds)
    }
    let total = cores + dram
    if total > 0 {
      parts = work.sorted { $0.key < $1.key }.map {
        .init(table: $0.key, fraction: min(1, $0.value / total))
      }
    }
  }
}
