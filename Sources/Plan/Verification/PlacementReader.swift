import CostModel
import Graph
import Hardware

/// Reads the placement out of a plan document and collects everything that keeps it from being one.
struct PlacementReader {
  private let graph: Graph
  private let plan: PlanDocument
  private(set) var violations: [Violation] = []
  private var served: ServedLookups

  init(plan: PlanDocument, graph: Graph) {
    self.plan = plan
    self.graph = graph
    served = ServedLookups(graph: graph)
  }

  /// `nil` when operators, tables, sites or cores cannot be made sense of; ``violations`` says why.
  mutating func read() -> ModelPlacement? {
    let operators = readOperators()
    let tables = readTables()
    let used = readCores()
    guard let operators, let tables, let used, let groups = readGroups(used) else { return nil }
    let isFirst = used.enumerated().allSatisfy { $0 == $1.card }
    var placement = ModelPlacement(
      operators: operators, tables: tables, sparseCores: used.prefix(used.count / groups).map(\.sparse),
      groups: groups, cards: isFirst ? nil : used.map(\.card))
    placement.layers = plan.layers(in: graph)
    return usesIdleCards(placement) ? nil : placement
  }

  // MARK: Operators

  private mutating func readOperators() -> [PlacementSite]? {
    var sites: [PlacementSite?] = Array(repeating: nil, count: graph.operators.count)
    let indexOfName = Dictionary(
      graph.operators.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var isWhole = true
    for entry in plan.partitions {
      guard let site = PlacementSite(name: entry.site, in: plan.system) else {
        report(.unknownSite, "partition \(entry.id): no device '\(entry.site)' in \(plan.system.name)")
        isWhole = false
        continue
      }
      for name in entry.operators {
        guard let index = indexOfName[name] else {
          report(.unknownOperator, "partition \(entry.id): the model has no operator '\(name)'")
          isWhole = false
          continue
        }
        if sites[index] != nil {
          report(.duplicateOperator, "operator '\(name)' is in more than one partition")
          isWhole = false
        }
        sites[index] = site
      }
    }
    for index in sites.indices where sites[index] == nil && served.table[index] == nil {
      report(.missingOperator, "operator '\(graph.operators[index].name)' is in no partition")
      isWhole = false
    }
    return isWhole ? sites.map { $0 ?? .host } : nil
  }

  // MARK: Tables

  private mutating func readTables() -> [TablePlacement]? {
    let before = violations.count
    var entries: [TablePlacement?] = Array(repeating: nil, count: graph.embeddingTables.count)
    let indexOfName = Dictionary(
      graph.embeddingTables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    for entry in plan.tables {
      guard let index = indexOfName[entry.name] else {
        report(.unknownTable, "the model has no embedding table '\(entry.name)'")
        continue
      }
      if entries[index] != nil {
        report(.duplicateTable, "table '\(entry.name)' is placed more than once")
        continue
      }
      entries[index] = readTable(entry, table: graph.embeddingTables[index])
    }
    for index in entries.indices where entries[index] == nil && before == violations.count {
      report(.missingTable, "table '\(graph.embeddingTables[index].name)' is not in the plan")
    }
    let found = entries.compactMap { $0 }
    return violations.count == before && found.count == entries.count ? found : nil
  }

  private mutating func readTable(
    _ entry: PlanDocument.TableEntry, table: EmbeddingTable
  ) -> TablePlacement? {
    var shards: [TableShard] = []
    for (index, shard) in entry.shards.enumerated() {
      guard let site = PlacementSite(name: shard.site, in: plan.system) else {
        report(.unknownSite, "table '\(entry.name)' shard \(index): no device '\(shard.site)'")
        return nil
      }
      let lastRow = shard.firstRow.addingReportingOverflow(shard.rows)
      let lastColumn = shard.firstColumn.addingReportingOverflow(shard.columns)
      guard shard.firstRow >= 0, shard.rows > 0, shard.firstColumn >= 0, shard.columns > 0,
        !lastRow.overflow, !lastColumn.overflow, lastRow.partialValue <= table.rows,
        lastColumn.partialValue <= table.dimension
      else {
        report(
          .shardOutOfRange,
          "table '\(entry.name)' shard \(index): rows \(shard.firstRow)+\(shard.rows), columns "
            + "\(shard.firstColumn)+\(shard.columns) of a table of \(table.rows) x \(table.dimension)")
        return nil
      }
      shards.append(
        TableShard(
          site: site, rows: shard.firstRow..<lastRow.partialValue,
          columns: shard.firstColumn..<lastColumn.partialValue))
    }
    let count = shards.count
    let split: TableSplit
    switch entry.split {
    case .whole:
      split = .whole
      checkCover(entry.name, "rows", shards.map(\.rows), of: table.rows, mustBeOne: true)
      checkCover(entry.name, "columns", shards.map(\.columns), of: table.dimension, mustBeOne: true)
    case .rows:
      split = .rows(shards: count)
      checkCover(entry.name, "rows", shards.map(\.rows), of: table.rows, mustBeOne: false)
      checkFull(entry.name, "columns", shards.map(\.columns), of: table.dimension)
    case .columns:
      split = .columns(shards: count)
      checkCover(entry.name, "columns", shards.map(\.columns), of: table.dimension, mustBeOne: false)
      checkFull(entry.name, "rows", shards.map(\.rows), of: table.rows)
    }
    return TablePlacement(
      format: TableFormat(precision: entry.precision, scaleBytes: entry.rowScaleBytes), split: split,
      shards: shards)
  }

  private mutating func checkCover(
    _ table: String, _ axis: String, _ ranges: [Range<Int>], of extent: Int, mustBeOne: Bool
  ) {
    if ranges.isEmpty || (mustBeOne && ranges.count != 1) {
      report(.shardCount, "table '\(table)' is not split but has \(ranges.count) shards")
      return
    }
    var covered = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > covered {
        report(.shardGap, "table '\(table)': \(axis) \(covered)..<\(range.lowerBound) are on no device")
      } else if range.lowerBound < covered {
        report(
          .shardOverlap,
          "table '\(table)': \(axis) \(range.lowerBound)..<\(min(covered, range.upperBound)) are in two shards"
        )
      }
      covered = max(covered, range.upperBound)
    }
    if covered < extent {
      report(.shardGap, "table '\(table)': \(axis) \(covered)..<\(extent) are on no device")
    }
  }

  private mutating func checkFull(_ table: String, _ axis: String, _ ranges: [Range<Int>], of extent: Int) {
    for (index, range) in ranges.enumerated() where range != 0..<extent {
      report(.shardGap, "table '\(table)' shard \(index) has \(axis) \(range), not all \(extent)")
    }
  }

  // MARK: Cores

  /// The cards in use, which have cores for look-ups or dense partitions, ascending.
  private mutating func readCores() -> [(card: Int, sparse: Int)]? {
    let before = violations.count
    let indexOfName = Dictionary(
      plan.system.cards.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var cores: [Int?] = Array(repeating: nil, count: plan.system.cards.count)
    for entry in plan.cores {
      guard let index = indexOfName[entry.card] else {
        report(.unknownSite, "core allocation: no card '\(entry.card)'")
        continue
      }
      let total = entry.isInUse ? plan.system.cards[index].processor.cores : 0
      if entry.sparseCores < 0 || entry.denseCores < 0
        || entry.sparseCores.addingReportingOverflow(entry.denseCores) != (total, false)
      {
        report(
          .coreAllocation,
          "\(entry.card): \(entry.sparseCores) sparse + \(entry.denseCores) dense cores, the card has \(total)"
        )
        continue
      }
      cores[index] = entry.sparseCores
    }
    for index in cores.indices where cores[index] == nil && violations.count == before {
      report(.coreAllocation, "\(plan.system.cards[index].name) has no core allocation")
    }
    let isInUse = Dictionary(
      plan.cores.map { ($0.card, $0.isInUse) }, uniquingKeysWith: { first, _ in first })
    let found = cores.compactMap { $0 }
    guard violations.count == before, found.count == cores.count else { return nil }
    return found.enumerated().filter { isInUse[plan.system.cards[$0.offset].name] ?? false }.map {
      ($0.offset, $0.element)
    }
  }

  /// How many groups the cards in use form.
  private mutating func readGroups(_ used: [(card: Int, sparse: Int)]) -> Int? {
    let groups = plan.groups ?? 1
    guard groups != 1 else { return 1 }
    guard groups > 1, !used.isEmpty, used.count % groups == 0, used.enumerated().allSatisfy({ $0 == $1.card })
    else {
      report(
        .coreAllocation, "\(used.count) cards in use do not make \(groups) alike groups of the first cards")
      return nil
    }
    let kinds = CardKinds(system: plan.system).kindOfCard
    let count = used.count / groups
    for card in used.indices
    where kinds[card] != kinds[card % count] || used[card].sparse != used[card % count].sparse {
      report(
        .coreAllocation,
        "\(plan.system.cards[card].name) is not like \(plan.system.cards[card % count].name), its counterpart in the first "
          + "of \(groups) groups")
      return nil
    }
    return groups
  }

  /// Whether something is on a card, or on every card, that is not in use or not of the first group.
  private mutating func usesIdleCards(_ placement: ModelPlacement) -> Bool {
    func isIdle(_ site: PlacementSite) -> Bool {
      switch site {
      case .host: false
      case .card(let index):
        placement.position(ofCard: index).map { $0 >= placement.cardsPerGroup } ?? true
      case .everyCard: placement.cardsInUse == 0
      }
    }
    let before = violations.count
    let reason = placement.groups > 1 ? "which is not of the first group" : "which is not in use"
    for (op, site) in zip(graph.operators, placement.operators) where isIdle(site) {
      report(
        .coreAllocation, "operator '\(op.name)' is on \(site.name(in: plan.system)), \(reason)")
    }
    for (table, entry) in zip(graph.embeddingTables, placement.tables) {
      for shard in entry.shards where isIdle(shard.site) {
        report(
          .coreAllocation,
          "table '\(table.name)' is on \(shard.site.name(in: plan.system)), \(reason)")
      }
    }
    return violations.count > before
  }

  private mutating func report(_ kind: Violation.Kind, _ message: String) {
    violations.append(Violation(kind, message))
  }
}
