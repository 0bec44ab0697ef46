import CostModel
import Graph
import Hardware
import Placement
import Plan
import TestSupport
import Testing

@testable import Planning

@Suite struct PlacementPolishTests {
  /// A card with room for the constants of one product, which has the lesser one: neither move by itself is any better.
  @Test func whatHasNoRoomBesideAnotherTakesItsPlace() throws {
    var builder = GraphBuilder(name: "two")
    let input = builder.input("input", .float32, [256, 2048])
    let long = builder.add(
      "MatMul", [input, builder.constant("long.weights", .float32, [2048, 2048])], name: "long")
    let row = builder.add("ReduceMax", [long], name: "row", attributes: ["axes": .ints([0])])
    builder.output(
      builder.add("MatMul", [row, builder.constant("short.weights", .float32, [2048, 2048])], name: "short"))
    let graph = try builder.build().graph
    var system = try SystemCatalog.system("nnpi", cards: 1)
    // In int8 4.2 MB each.
    system.cards[0].processor.dram.bytes = system.cards[0].reservedBytes + 8_000_000
    let task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    func candidate(long: PlacementSite, short: PlacementSite) -> Candidate {
      let sites = graph.operators.map { $0.name == "short" ? short : long }
      return Candidate(ModelPlacement(operators: sites, tables: [], sparseCores: [0]), task: task)
    }
    let start = candidate(long: .host, short: .card(0))
    let best = candidate(long: .card(0), short: .host)
    #expect(start.fits && best.fits)
    #expect(!candidate(long: .card(0), short: .card(0)).fits)
    #expect(candidate(long: .host, short: .host).value(.throughput) >= start.value(.throughput))
    #expect(best.value(.throughput) < 0.5 * start.value(.throughput))
    var polish = PlacementPolish(start, precisions: [.int8], task: task, clock: SearchClock(task.search))
    polish.run()
    #expect(polish.best.value(.throughput) <= best.value(.throughput) * (1 + 1e-9))
  }

  /// Without cards in use copies on every one of them would be nowhere, and cost nothing.
  @Test func tablesOfAPlanWithoutCardsAreSomewhere() throws {
    let graph = try SampleNets.recommendation(rows: [400_000, 200_000])
    let system = try SystemCatalog.system(cards: 2)
    let task = PlanningTask(
      graph: graph, system: system, costs: CostModel(graph: graph, system: system, options: CostOptions()),
      objective: .latency, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    let tables = graph.embeddingTables.map { table in
      TablePlacement(
        format: .init(precision: .int8), split: .whole,
        shards: [.init(site: .host, rows: 0..<table.rows, columns: 0..<table.dimension)])
    }
    let start = Candidate(
      ModelPlacement(operators: graph.operators.map { _ in .host }, tables: tables, sparseCores: []),
      task: task)
    var polish = PlacementPolish(start, precisions: [.int8], task: task, clock: SearchClock(task.search))
    polish.run()
    #expect(polish.best.placement.tables.allSatisfy { $0.shards.allSatisfy { $0.site != .everyCard } })
  }
}
