import CostModel
import Hardware

/// Time of one sparse partition: all its shards' look-ups spread over the cores that serve them.
struct SparseTime {
  /// Of the group of cores, and of the DRAM.
  private(set) var work = DeviceWork()
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
    let law = LoadLaw(costs)
    var scaling: [Int: Double] = [:]
    for reference in partition.shards {
      let entry = placement.tables[reference.table]
      guard let piece = law.piece(of: reference.table, entry.format, split: entry.split, on: location) else {
        continue
      }
      let share =
        Double(reference.lookups.count)
        / Double(costs.graph.embeddingTables[reference.table].lookups.count)
      work += share * piece.work(cores: group)
      scaling[reference.table, default: 0] += share * (piece.lookupSeconds / group + piece.dramSeconds)
    }
    let total = work.cores + work.dram
    if total > 0 {
      parts = scaling.sorted { $0.key < $1.key }.map {
        .init(table: $0.key, fraction: min(1, $0.value / total))
      }
    }
  }
}
