import CostModel
import Graph
import Hardware
import Plan

/// All choices of every table with what their shards bring, worked out once for all cases.
struct TableMenu {
  struct Entry {
    var choice: TableChoice
    /// As rules name it.
    var name: String
    /// By shard; by card kind for a copy on every card.
    var effects: [ShardEffect]
    /// What a reader of all requests spends on adding up row shards: on the host, then by card kind. Empty where there is
    /// nothing to add.
    var sums: [PartialSum]
  }

  struct PartialSum {
    /// Seconds.
    var cores: Double
    var dram: Double

    init(table: Int, split: TableSplit, on location: Location, costs: CostModel) {
      let cost = costs.partialSum(table: table, split: split, on: location)
      cores = cost?.seconds ?? 0
      dram = cost?.dramSeconds ?? 0
    }
  }

  /// By table.
  private(set) var entries: [[Entry]]

  init(task: PlanningTask, kinds: CardKinds, shardCounts: [Int]) {
    entries = task.graph.embeddingTables.enumerated().map { index, table in
      TableChoice.all(
        for: table, precisions: task.tablePrecisions, kinds: kinds.representatives.count,
        shardCounts: shardCounts
      ).filter { task.rules.allows(table: index, option: $0.optionName) }.compactMap { choice in
        let effects = Self.effects(choice, index: index, table: table, task: task, kinds: kinds)
        var readers: [Location] = []
        if case .rows = choice.split { readers = [.host] + kinds.representatives.map { .card($0) } }
        return effects.map {
          Entry(
            choice: choice, name: choice.optionName, effects: $0,
            sums: readers.map { .init(table: index, split: choice.split, on: $0, costs: task.costs) })
        }
      }
    }
  }

  /// The choices of tables whole, or in one of the given numbers of shards.
  func limited(toShards counts: [Int]) -> TableMenu {
    var menu = self
    for table in entries.indices {
      menu.entries[table] = entries[table].filter {
        $0.choice.split == .whole || counts.contains($0.choice.split.shards)
      }
    }
    return menu
  }

  /// `nil` when a device that the choice needs cannot look the table up.
  private static func effects(
    _ choice: TableChoice, index: Int, table: EmbeddingTable, task: PlanningTask, kinds: CardKinds
  ) -> [ShardEffect]? {
    func effect(_ rows: Int, _ columns: Int, _ location: Location) -> ShardEffect? {
      ShardEffect(choice, table: index, rows: rows, columns: columns, on: location, task: task)
    }
    let effects: [ShardEffect?] =
      switch choice.place {
      case .host: [effect(table.rows, table.dimension, .host)]
      case .everyCard: kinds.representatives.map { effect(table.rows, table.dimension, .card($0)) }
      case .cards(let kind):
        choice.pieces(of: table).map {
          effect($0.rows.count, $0.columns.count, .card(kinds.representatives[kind]))
        }
      }
    let known = effects.compactMap { $0 }
    return known.count == effects.count ? known : nil
  }
}
