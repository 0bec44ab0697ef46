import CostModel
import Graph
import Hardware
import Plan

/// All choices of every table with what their pieces bring, worked out once for all cases.
struct TableMenu {
  struct Entry {
    var choice: TableChoice
    /// As rules name it.
    var name: String
    /// By shard; by card kind for a copy on every card.
    var pieces: [TablePiece]
    /// What a reader of all requests spends on adding up row shards: on the host, then by card kind. Empty where there is
    /// nothing to add.
    var sums: [DeviceWork]
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
        var readers: [Location] = []
        if case .rows = choice.split { readers = [.host] + kinds.representatives.map { .card($0) } }
        return sizes.pieces(choice, kinds).map {
          Entry(
            choice: choice, name: choice.optionName, pieces: $0,
            sums: readers.map {
              sizes.law.partialSums(of: index, split: choice.split, on: $0) ?? DeviceWork()
            })
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
        for piece in entries[table][entry].pieces.indices {
          menu.entries[table][entry].pieces[piece].requests = requests
        }
      }
    }
    return menu
  }

  /// What the pieces of one table bring.
  private struct Sizes {
    let law: LoadLaw
    private let index: Int
    private let table: EmbeddingTable
    /// Whether its indices come with the request: those that operators make may be made where they are needed.
    private let hasIndices: Bool
    private let task: PlanningTask

    init(_ index: Int, _ table: EmbeddingTable, _ task: PlanningTask) {
      self.index = index
      self.table = table
      law = LoadLaw(task.costs)
      self.task = task
      hasIndices = table.lookups.allSatisfy { lookup in
        task.graph[lookup].inputs.allSatisfy { input in
          input.map { task.graph[$0].role == .constant || task.graph[$0].producer == nil } ?? true
        }
      }
    }

    /// `nil` when a device that the choice needs cannot look the table up.
    func pieces(_ choice: TableChoice, _ kinds: CardKinds) -> [TablePiece]? {
      let known: [TablePiece?]
      switch choice.place {
      case .host: known = [piece(choice, table.rows, table.dimension, .host)]
      case .everyCard:
        known = kinds.representatives.map { piece(choice, table.rows, table.dimension, .card($0)) }
      case .cards(let kind):
        known = choice.pieces(of: table).map {
          piece(choice, $0.rows.count, $0.columns.count, .card(kinds.representatives[kind]))
        }
      }
      let pieces = known.compactMap { $0 }
      return pieces.count == known.count ? pieces : nil
    }

    private func piece(_ choice: TableChoice, _ rows: Int, _ columns: Int, _ location: Location)
      -> TablePiece?
    {
      var piece = law.piece(
        of: index, TableFormat(precision: choice.precision), split: choice.split, rows: rows,
        columns: columns, on: location, task)
      if !hasIndices { piece?.indexBytes = 0 }
      return piece
    }
  }
}

extension LoadLaw {
  /// A piece of a table with the requests in flight that a task sets memory aside for.
  func piece(
    of table: Int, _ format: TableFormat, split: TableSplit = .whole, rows: Int? = nil, columns: Int? = nil,
    on location: Location, _ task: PlanningTask
  ) -> TablePiece? {
    var piece = piece(of: table, format, split: split, rows: rows, columns: columns, on: location)
    piece?.requests = task.requestsReserved(on: location)
    return piece
  }
}
