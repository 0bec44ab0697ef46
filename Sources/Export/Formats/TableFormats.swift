import CostModel
import Graph
import Plan

/// Sharding plans of recommendation systems.
package enum TableFormats {
  private static func check(_ context: FormatContext, _ format: String) throws(ExportError) {
    try context.refuseGroups(format)
    if context.graph.embeddingTables.isEmpty {
      throw ExportError(.unsupported, "\(format): places embedding tables, and the model has none")
    }
  }

  /// `{table: {sharding_type, compute_kernel, ranks, sizes, data_type}}`: cards are ranks. Sizes are rows or columns of the
  /// shards; tables on the host are computed there (`device` is `cpu`).
  package static func torchrec(_ context: FormatContext) throws(ExportError) -> FormattedPlan {
    let format = "torchrec"
    try check(context, format)
    var problems: [String] = []
    var members: [(String, JSONLines)] = []
    var names: Set<String> = []
    for (table, placed) in zip(context.graph.embeddingTables, context.placement.tables) {
      // TorchRec knows tables by the name of their module's weight.
      let name = table.name.hasSuffix(".weight") ? String(table.name.dropLast(7)) : table.name
      if !names.insert(name).inserted { problems.append("\(format): two tables are called '\(name)'") }
      let cards = placed.shards.map { context.card(of: $0.site) }
      var entry: [(String, JSONLines)] = []
      let isQuantised = placed.format.precision.isInteger
      let kernel = isQuantised ? "quant" : "fused"
      func add(_ type: String, kernel: String, ranks: [Int], sizes: [Int], device: String = "cuda") {
        entry = [
          ("sharding_type", .string(type)), ("compute_kernel", .string(kernel)), ("device", .string(device)),
          ("ranks", .numbers(ranks)), ("sizes", .numbers(sizes)),
          ("data_type", .string(placed.format.precision.rawValue)),
        ]
      }
      switch placed.split {
      case .whole where placed.shards.first?.site == .everyCard:
        add(
          "data_parallel", kernel: isQuantised ? "quant" : "dense", ranks: context.placement.usedCards,
          sizes: [table.rows])
      case .whole:
        let rank = cards.first.flatMap { $0 }
        add(
          "table_wise", kernel: kernel, ranks: [rank ?? 0], sizes: [table.rows],
          device: rank == nil ? "cpu" : "cuda")
      case .rows, .columns:
        let isRows = if case .rows = placed.split { true } else { false }
        let ranks = cards.compactMap { $0 }
        if ranks.count < cards.count || placed.shards.contains(where: { $0.site == .everyCard }) {
          problems.append(
            "\(format): table '\(table.name)' has shards on the host or copied to every card, which it cannot say; forbid those options with a rule"
          )
        } else if isRows, ranks != ranks.sorted() || Set(ranks).count < ranks.count {
          problems.append(
            "\(format): table '\(table.name)' has its rows on cards \(ranks.map(String.init).joined(separator: ", ")); there they must be on one card each, in the cards' order"
          )
        } else {
          add(
            isRows ? "row_wise" : "column_wise", kernel: kernel, ranks: ranks,
            sizes: placed.shards.map { isRows ? $0.rows.count : $0.columns.count })
        }
      }
      members.append((name, .object(entry)))
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
    return FormattedPlan(
      text: JSONLines.object(members).text,
      losses: context.graph.operators.count
        > context.graph.embeddingTables.reduce(0) { $0 + $1.lookups.count }
        ? ["torchrec: where the operators that are no look-ups run is not said; it runs them on every rank"]
        : [])
  }

  /// `shard_matrix`, tables by GPU, and `shard_strategy`, tables by kind.
  package static func hugectr(_ context: FormatContext) throws(ExportError) -> FormattedPlan {
    let format = "hugectr"
    try check(context, format)
    let cards = context.placement.usedCards
    var matrix: [[String]] = Array(repeating: [], count: cards.count)
    var isParallel: [String] = []
    var isCopied: [String] = []
    var problems: [String] = []
    var isUneven = false
    for (table, placed) in zip(context.graph.embeddingTables, context.placement.tables) {
      if case .columns = placed.split {
        problems.append("\(format): table '\(table.name)' is split by columns, which it cannot say")
        continue
      }
      if placed.shards.contains(where: { $0.site == .host }) {
        problems.append("\(format): table '\(table.name)' is on the host, which it cannot say")
        continue
      }
      let holders = placed.shards.map(\.site)
      if holders == [.everyCard] {
        isCopied.append(table.name)
        for index in matrix.indices { matrix[index].append(table.name) }
        continue
      }
      let indices = holders.compactMap { context.card(of: $0).flatMap(cards.firstIndex) }
      if Set(indices).count < indices.count {
        problems.append(
          "\(format): table '\(table.name)' has several shards on one card, which it cannot say")
        continue
      }
      let sizes = placed.shards.map(\.rows.count)
      if (sizes.max() ?? 0) - (sizes.min() ?? 0) > 1 { isUneven = true }
      isParallel.append(table.name)
      for index in indices { matrix[index].append(table.name) }
    }
    for (index, tables) in matrix.enumerated() where tables.isEmpty {
      problems.append(
        "\(format): \(context.system.cards[cards[index]].name) holds no table, and no GPU may be empty")
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
    var strategy: [JSONLines] = []
    for (kind, tables) in [("mp", isParallel), ("dp", isCopied)] where !tables.isEmpty {
      strategy.append(.array([.string(kind), .strings(tables)]))
    }
    return FormattedPlan(
      text: JSONLines.object([
        ("shard_matrix", .array(matrix.map(JSONLines.strings))), ("shard_strategy", .array(strategy)),
      ]).text,
      losses: context.lossOfPrecision(format)
        + (isUneven
          ? ["\(format): rows are dealt out evenly over the cards of a table; uneven shards cannot be said"]
          : []))
  }
}
