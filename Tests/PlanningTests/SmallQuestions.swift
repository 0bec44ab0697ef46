import CostModel
import Graph
import Hardware
import Plan
import TestSupport

@testable import Planning

/// Seeded models small enough that every placement can be tried.
enum SmallQuestions {
  /// A few operators over a request and up to two tables, joined at random.
  static func graph(seed: UInt64) throws -> Graph {
    var random = SeededRandom(seed: seed)
    let batch = 1 << Int.random(in: 0...5, using: &random)
    let width = 32 << Int.random(in: 0...3, using: &random)
    var builder = GraphBuilder(name: "small \(seed)")
    var values = [builder.input("dense", .float32, [batch, width])]
    for index in 0..<Int(seed % 3) {
      let rows = Int.random(in: 1...200, using: &random) * 100_000
      let perSample = Int.random(in: 1...40, using: &random)
      let indices = builder.input("indices\(index)", .int64, [batch * perSample])
      let lengths = builder.input("lengths\(index)", .int32, [batch])
      let table = builder.constant("table\(index)", .float32, [rows, width])
      let sum = builder.add(
        "SparseLengthsSum", [table, indices, lengths], domain: "glow", name: "lookup\(index)")
      builder.declare(sum, .float32, [batch, width])
      values.append(sum)
    }
    let tables = Int(seed % 3)
    for index in 0..<(5 - tables) {
      let last = values[values.count - 1]
      let other = values[Int.random(in: 0..<values.count, using: &random)]
      switch Int.random(in: 0...3, using: &random) {
      case 0:
        let weights = builder.constant("weights\(index)", .float32, [width, width])
        values.append(builder.add("MatMul", [other, weights], name: "product\(index)"))
      case 1: values.append(builder.add("Softmax", [last], name: "softmax\(index)"))
      default: values.append(builder.add("Add", [last, other], name: "sum\(index)"))
      }
    }
    var joined: [GraphBuilder.Value?] = []
    joined = values.dropFirst().map { $0 }
    builder.output(builder.add("Concat", joined, name: "join", attributes: ["axis": .int(1)]))
    return try builder.build().graph
  }

  /// 1 to 3 cards, alike or not, with or without much memory, some with links of their own to each other.
  static func system(seed: UInt64) throws -> System {
    var random = SeededRandom(seed: seed &* 77)
    let names = ["nnpi", "h100", "mtia2i", "a10"]
    let count = 1 + Int(seed % 2) + (seed % 5 == 0 ? 1 : 0)
    var system = try SystemCatalog.system(names[Int.random(in: 0..<4, using: &random)], cards: count)
    if seed % 4 == 1 {
      let other = try SystemCatalog.system(names[Int.random(in: 0..<4, using: &random)], cards: 1)
      var card = other.cards[0]
      card.name = "other"
      system.cards[count - 1] = card
    }
    if seed % 5 == 2 { system.cards[0].unsupportedOperators += ["Softmax"] }
    if seed % 3 == 1 {
      for card in system.cards.indices {
        let free = Int.random(in: 1...2000, using: &random) * 1_000_000
        system.cards[card].reservedBytes = max(0, system.cards[card].processor.dram.bytes - free)
      }
    }
    if seed % 7 == 3 { system.peerToPeer = false }
    switch seed / 4 % 6 {
    case 1: system.linkCards(timesAsFast: 0.3)
    case 3: system.linkCards(timesAsFast: 1000, slowing: 100)
    case 5: system.linkCards(timesAsFast: 100, slowing: 10)
    default: break
    }
    return system
  }

  static func task(
    seed: UInt64, objective: PlanObjective, rules: [PlacementRules.Rule] = []
  ) throws -> PlanningTask {
    let graph = try graph(seed: seed)
    let system = try system(seed: seed)
    let costs = CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1))
    return PlanningTask(
      graph: graph, system: system, costs: costs, objective: objective, latencyBudgetMilliseconds: nil,
      tablePrecisions: [.int8, .int4], allowsSplits: true, search: .init(gap: 0.001, threads: 1),
      rules: try PlanRules(rules, graph: graph, system: system))
  }

  /// Calls `body` with every placement: each operator and table anywhere, tables also in two shards, cores also divided;
  /// with as many drawn at random where there are more than `most`.
  static func forEachPlacement(_ task: PlanningTask, most: Int = 2000, _ body: (ModelPlacement) -> Void) {
    let served = ServedLookups(graph: task.graph)
    let cards = task.system.cards.indices
    let sites: [PlacementSite] = [.host] + cards.map { .card($0) } + (cards.count > 1 ? [.everyCard] : [])
    let operators = task.graph.operators.indices.filter { served.table[$0] == nil }
    let tables = task.graph.embeddingTables.map { table in
      task.tablePrecisions.flatMap { precision -> [TablePlacement] in
        let format = TableFormat(precision: precision)
        var options = sites.map {
          TablePlacement(
            format: format, split: .whole,
            shards: [.init(site: $0, rows: 0..<table.rows, columns: 0..<table.dimension)])
        }
        let (half, middle) = (table.rows / 2, table.dimension / 2)
        options.append(
          .init(
            format: format, split: .rows(shards: 2),
            shards: [
              .init(site: .card(0), rows: 0..<half, columns: 0..<table.dimension),
              .init(
                site: .card(cards.count - 1), rows: half..<table.rows, columns: 0..<table.dimension),
            ]))
        options.append(
          .init(
            format: format, split: .columns(shards: 2),
            shards: [
              .init(site: .card(0), rows: 0..<table.rows, columns: 0..<middle),
              .init(site: .host, rows: 0..<table.rows, columns: middle..<table.dimension),
            ]))
        return options
      }
    }
    let cores = [cards.map { _ in 0 }, cards.map { max(1, task.system.cards[$0].processor.cores / 3) }]
    var digits = Array(repeating: 0, count: operators.count + tables.count + 1)
    let bases = operators.map { _ in sites.count } + tables.map(\.count) + [tables.isEmpty ? 1 : 2]
    var placement = ModelPlacement(
      operators: task.graph.operators.map { _ in .host }, tables: tables.map { $0[0] },
      sparseCores: cores[0])
    let count = bases.reduce(1, *)
    var random = SeededRandom(seed: UInt64(count))
    for number in 0..<min(count, most) {
      var rest = count > most ? Int.random(in: 0..<count, using: &random) : number
      for position in digits.indices {
        digits[position] = rest % bases[position]
        rest /= bases[position]
      }
      for (digit, op) in operators.enumerated() { placement.operators[op] = sites[digits[digit]] }
      for table in tables.indices {
        placement.tables[table] = tables[table][digits[operators.count + table]]
      }
      placement.sparseCores = cores[digits[digits.count - 1]]
      let isSupported = operators.allSatisfy { op in
        cards.allSatisfy { card in
          let runs =
            placement.operators[op] == .card(card) || placement.operators[op] == .everyCard
          return !runs || task.costs.supports(OperatorID(op), card: card)
        }
      }
      if isSupported { body(placement) }
    }
  }
}
