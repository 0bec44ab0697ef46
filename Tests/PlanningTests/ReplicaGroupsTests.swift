import CostModel
import Graph
import Hardware
import Placement
import Plan
import TestSupport
import Testing

@testable import Planning

/// Plans on several alike groups of cards.
@Suite struct ReplicaGroupsTests {
  private func task(_ graph: Graph, cards: Int, megabytes: Int, isOnCards: Bool = false) throws
    -> PlanningTask
  {
    var system = try SystemCatalog.system(cards: cards)
    for card in system.cards.indices {
      system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + megabytes * 1_000_000
      system.cards[card].link.bytesPerSecond *= 20
    }
    system.uplink.bytesPerSecond *= 20
    if isOnCards { system.host.processor.launchSeconds = 1 }
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true, search: SearchOptions(gap: 0.01, threads: 1))
  }

  @Test func twoPipelinesOfTwoCardsBeatOneOfFour() throws {
    // Five like products on four cards leave one with two of five, on two cards with three of five for half of the requests.
    let graph = try SampleNets.chain(length: 5, width: 2048, batch: 512, middle: "Softmax")
    let task = try task(graph, cards: 4, megabytes: 26, isOnCards: true)
    let planned = try Planner.plan(task)
    let candidate = Candidate(planned.placement, task: task)
    #expect(planned.placement.groups == 2)
    #expect(candidate.fits)
    #expect(planned.bound <= candidate.value(.throughput) * (1 + 1e-9))
    var alone = planned.placement
    alone.groups = 1
    let half = Candidate(alone, task: task)
    #expect(candidate.value(.throughput) < half.value(.throughput) * 0.75)
    #expect(planned.notes.contains { $0.contains("2 groups") })
  }

  /// More cards than a pipeline needs are never the reason that none is found.
  @Test func moreCardsServeMoreGroups() throws {
    let graph = try SampleNets.chain(length: 5, width: 2048, batch: 512, middle: "Softmax")
    let values = try [2, 4, 8].map { cards in
      let task = try task(graph, cards: cards, megabytes: 26, isOnCards: true)
      return Candidate(try Planner.plan(task).placement, task: task).value(.throughput)
    }
    #expect(values[1] <= values[0] * 0.51)
    #expect(values[2] <= values[1] * 0.51)
  }

  @Test(arguments: 1...6)
  func noGroupedPlacementIsBelowTheBound(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let rows = (0..<4).map { _ in Int.random(in: 1...40, using: &random) * 20_000 }
    let task = try task(SampleNets.recommendation(rows: rows), cards: 4, megabytes: 60)
    let planned = try Planner.plan(task)
    for trial in 0..<200 {
      let cards = trial % 2 == 0 ? 2 : 4
      let sites = [PlacementSite.host, .everyCard] + (0..<cards).map { PlacementSite.card($0) }
      let operators = Bool.random(using: &random) ? PlacementSite.everyCard : .host
      let placement = ModelPlacement(
        operators: task.graph.operators.indices.map {
          task.costs.supports(OperatorID($0), card: 0) ? operators : .host
        },
        tables: task.graph.embeddingTables.map { table in
          TablePlacement(
            format: .int8, split: .whole,
            shards: [
              .init(
                site: sites[Int.random(in: 0..<sites.count, using: &random)], rows: 0..<table.rows,
                columns: 0..<table.dimension)
            ])
        }, sparseCores: (0..<cards).map { _ in 0 }, groups: 4 / cards)
      let candidate = Candidate(placement, task: task)
      guard candidate.fits else { continue }
      #expect(planned.bound <= candidate.value(.throughput) * (1 + 1e-9))
    }
  }
}
