import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Plan

@Suite struct PartitionGraphTests {
  private func tables(_ graph: Graph, _ sites: [PlacementSite]) -> [TablePlacement] {
    zip(graph.embeddingTables, sites).map { table, site in
      TablePlacement(
        format: .int8, split: .whole,
        shards: [.init(site: site, rows: 0..<table.rows, columns: 0..<table.dimension)])
    }
  }

  /// Whatever the placement, what a partition reads is made before it: no two wait for each other.
  @Test(arguments: 1...40)
  func partitionsComeAfterWhatTheyRead(seed: Int) throws {
    let graph = try SeededModel.graph(seed: UInt64(seed), operators: 40)
    let system = try SystemCatalog.system(cards: 2)
    let costs = CostModel(graph: graph, system: system)
    var random = SeededRandom(seed: UInt64(seed))
    let sites: [PlacementSite] = [.host, .card(0), .card(1), .everyCard]
    func site() -> PlacementSite { sites[Int.random(in: 0..<sites.count, using: &random)] }
    let placement = ModelPlacement(
      operators: graph.operators.map { _ in site() },
      tables: tables(graph, graph.embeddingTables.map { _ in site() }), sparseCores: [0, 0])
    let partitions = PartitionGraph(graph: graph, placement: placement, costs: costs)
    for transfer in partitions.transfers {
      if let source = transfer.source { #expect(transfer.receivers.allSatisfy { source < $0 }) }
    }
    for (index, before) in partitions.localPredecessors.enumerated() {
      #expect(before.allSatisfy { $0 < index })
    }
    for (table, entry) in graph.embeddingTables.enumerated() {
      let served = partitions.partitions.flatMap(\.shards).filter { $0.table == table }.flatMap(\.lookups)
      #expect(served.sorted() == entry.lookups.sorted())
    }
  }

  /// A table whose second look-up takes its indices from what came of the first: two rounds, one copy of the table.
  @Test func aTableIsLookedUpInRounds() throws {
    var builder = GraphBuilder(name: "rounds")
    let table = builder.constant("table", .float32, [20_000, 64])
    let first = builder.add("Gather", [table, builder.input("ids", .int64, [8])], name: "first")
    let best = builder.add(
      "ArgMax", [builder.add("MatMul", [first, builder.constant("w", .float32, [64, 64])])],
      attributes: ["axis": .int(1), "keepdims": .int(0)])
    builder.output(builder.add("Gather", [table, best], name: "second"))
    let graph = try builder.build().graph
    let costs = CostModel(graph: graph, system: try SystemCatalog.system(cards: 1))
    let lowering = Lowering(
      graph: graph, system: costs.system,
      placement: ModelPlacement(
        operators: graph.operators.map { _ in .host }, tables: tables(graph, [.card(0)]), sparseCores: [0]),
      costs: costs)
    let tasks = try #require(lowering.program.variants.first).tasks.filter {
      $0.kind == .dense || $0.kind == .sparse
    }
    #expect(lowering.partitions.partitions.map(\.role) == [.sparse, .dense, .sparse])
    #expect(tasks.count == 2)
    // Each round takes half of the table's time, and the table is stored once.
    let cost = try #require(costs.lookup(table: 0, format: .int8, on: .card(0)))
    let cores = Double(costs.system.cards[0].processor.cores)
    for task in tasks {
      #expect(abs(task.legs[0].seconds - (cost.coreSeconds + cost.launchSeconds) / cores / 2) < 1e-15)
    }
    #expect(lowering.program.devices[1].staticBytes == costs.tableBytes(0, format: .int8))
    // The second round waits for the first's result to come to the host and back.
    let latency = LoadSummary(lowering.program).latencySeconds
    #expect(latency > tasks.reduce(0) { $0 + $1.legs[0].seconds } + lowering.time(ofPartition: 1).cores)
  }
}
