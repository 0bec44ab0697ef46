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
  private var shardCounts: [Int]

  init(task: PlanningTask, kinds: CardKinds, shardCounts: [Int]) {
    self.shardCounts = shardCounts
    entries = task.graph.embeddingTables.enumerated().map { index, table in
      let sizes = Sizes(index, table, task)
      return TableChoice.all(
        for: table, precisions: task.tablePrecisions, kinds: kinds.representatives.count,
        shardCounts: shardCounts
      ).filter { task.rules.allows(table: index, option: $0.optionName) }.compactMap { choice in
        let effects = sizes.effects(choice, kinds)
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
    guard counts != shardCounts else { return self }
    var menu = self
    menu.shardCounts = counts
    for table in entries.indices {
      menu.entries[table] = entries[table].filter {
        $0.choice.split == .whole || counts.contains($0.choice.split.shards)
      }
    }
    return menu
  }

  /// The same with memory set aside for the requests in flight of another task.
  func reserving(_ task: PlanningTask) -> TableMenu {
    let (host, card) = (task.requestsReserved(on: .host), task.requestsReserved(on: .card(0)))
    var menu = self
    for table in entries.indices {
      for entry in entries[table].indices {
        let requests = entries[table][entry].choice.place == .host ? host : card
        for effect in entries[table][entry].effects.indices {
          menu.entries[table][entry].effects[effect] = entries[table][entry].effects[effect].reserving(
            requests)
        }
      }
    }
    return menu
  }

  /// What the shards of one table bring.
  private struct Sizes {
    private let index: Int
    private let table: EmbeddingTable
    private let costs: CostModel
    private let hasIndices: Bool
    private let requestsOnHost: Int
    private let requestsOnCard: Int

    init(_ index: Int, _ table: EmbeddingTable, _ task: PlanningTask) {
      self.index = index
      self.table = table
      costs = task.costs
      requestsOnHost = task.requestsReserved(on: .host)
      requestsOnCard = task.requestsReserved(on: .card(0))
      hasIndices = table.lookups.allSatisfy { lookup in
        task.graph[lookup].inputs.allSatisfy { input in
          input.map { task.graph[$0].role == .constant || task.graph[$0].producer == nil } ?? true
        }
      }
    }

    /// `nil` when a device that the choice needs cannot look the table up.
    func effects(_ choice: TableChoice, _ kinds: CardKinds) -> [ShardEffect]? {
      let known: [ShardEffect?]
      switch choice.place {
      case .host: known = [effect(choice, table.rows, table.dimension, .host)]
      case .everyCard:
        known = kinds.representatives.map { effect(choice, table.rows, table.dimension, .card($0)) }
      case .cards(let kind):
        known = choice.pieces(of: table).map {
          effect(choice, $0.rows.count, $0.columns.count, .card(kinds.representatives[kind]))
        }
      }
      let effects = known.compactMap { $0 }
      return effects.count == known.count ? effects : nil
    }

    private func effect(_ choice: TableChoice, _ rows: Int, _ columns: Int, _ location: Location)
      -> ShardEffect?
    {
      ShardEffect(
        choice, table: index, rows: rows, columns: columns, on: location, costs: costs,
        hasIndices: hasIndices,
        requests: location == .host ? requestsOnHost : requestsOnCard)
    }
  }
}
