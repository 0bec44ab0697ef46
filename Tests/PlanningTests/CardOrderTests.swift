import CostModel
import Graph
import Hardware
import Placement
import Plan
import TestSupport
import Testing

@testable import Planning

/// Unlike cards in any order.
@Suite struct CardOrderTests {
  private func task(_ cards: [Card], _ graph: Graph, _ objective: PlanObjective) throws -> PlanningTask {
    var system = try SystemCatalog.system(cards: 1)
    system.cards = cards.enumerated().map { index, card in
      var card = card
      card.name = "card\(index)"
      return card
    }
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 24)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1), choosesInFlight: true)
  }

  @Test(arguments: PlanObjective.allCases)
  func theOrderOfCardsChangesNoPlan(objective: PlanObjective) throws {
    let slow = try SystemCatalog.system("nnpi", cards: 1).cards[0]
    let fast = try SystemCatalog.system("h100", cards: 1).cards[0]
    let graph = try SampleNets.recommendation(rows: [9_000_000, 4_000_000, 20_000_000])
    var values: [Double] = []
    for cards in [[slow, fast, slow], [fast, slow, slow], [slow, slow, fast]] {
      let task = try task(cards, graph, objective)
      let planned = try Planner.plan(task)
      let candidate = Candidate(planned.placement, task: task)
      #expect(candidate.fits)
      #expect(planned.bound <= candidate.value(objective) * (1 + 1e-9))
      values.append(candidate.value(objective))
    }
    for value in values { #expect(abs(value - values[0]) <= 1e-9 * values[0], "\(values)") }
  }

  /// Rules go with their cards.
  @Test func rulesAreOfCardsInAnyOrder() throws {
    let slow = try SystemCatalog.system("nnpi", cards: 1).cards[0]
    let fast = try SystemCatalog.system("h100", cards: 1).cards[0]
    let graph = try SampleNets.recommendation(rows: [9_000_000, 4_000_000, 20_000_000])
    var task = try task([slow, fast, slow], graph, .throughput)
    let free = CardOrder.all(task).map(\.cards)
    task.rules = try PlanRules(
      [
        .forbid(units: ["top.matmul", "table0"], devices: ["card1"]),
        .reserve(devices: ["card2"], bytes: 1e9),
        .count(units: ["table*"], devices: ["card0", "host"], most: 1),
      ], graph: graph, system: task.system)
    let orders = CardOrder.all(task)
    #expect(orders.map(\.cards) == free)
    for order in orders {
      let sorted = order.sorted(task)
      for card in 0..<3 {
        let placement = ModelPlacement(
          operators: graph.operators.map { _ in .card(card) },
          tables: graph.embeddingTables.map { table in
            .init(
              format: .int8, split: .whole,
              shards: [.init(site: .card(card), rows: 0..<table.rows, columns: 0..<table.dimension)])
          }, sparseCores: [0, 0, 0])
        #expect(sorted.rules.capacities[card + 1] == task.rules.capacities[order.cards[card] + 1])
        #expect(
          sorted.rules.breaches(of: placement, graph: graph).count
            == task.rules.breaches(of: placement.moved(to: order.cards), graph: graph).count)
      }
    }
    let planned = try Planner.plan(task)
    #expect(Candidate(planned.placement, task: task).fits)
  }

  /// Cards that only differ in their memory are called alike by a proof whatever comes first.
  @Test(arguments: [PlanObjective.throughput, .energy])
  func theOrderOfCardsChangesNoProof(objective: PlanObjective) throws {
    var roomy = try SystemCatalog.system("nnpi", cards: 1).cards[0]
    let small = roomy
    roomy.reservedBytes /= 2
    let other = try SystemCatalog.system("h100", cards: 1).cards[0]
    let graph = try SampleNets.recommendation(rows: [9_000_000, 4_000_000, 20_000_000])
    let task = try task([small, other, roomy], graph, objective)
    func question(_ task: PlanningTask) -> PlacementQuestion {
      PlacementQuestion(
        graph: graph, system: task.system, costs: task.costs, objective: objective,
        tablePrecisions: task.tablePrecisions, rules: task.rules)
    }
    for order in [[2, 0, 1], [1, 2, 0]] {
      let proof = ScopeFreeBound.prove(CardOrder(cards: order).sorted(task)).proof
      #expect(proof.bound > 0)
      #expect(abs(question(task).value(of: proof) - proof.bound) <= 1e-9 * proof.bound)
    }
  }

  /// A plan whose cards in use are not the first ones, written down and read again.
  @Test func cardsInTheMiddleMayIdle() throws {
    let card = try SystemCatalog.system("nnpi", cards: 1).cards[0]
    let graph = try SampleNets.recommendation(rows: [1_000_000, 2_000_000])
    let task = try task([card, card, card], graph, .throughput)
    var placement = ModelPlacement(
      operators: graph.operators.map { _ in .everyCard },
      tables: graph.embeddingTables.enumerated().map { index, table in
        .init(
          format: .int8, split: .whole,
          shards: [.init(site: .card(index == 0 ? 0 : 2), rows: 0..<table.rows, columns: 0..<table.dimension)]
        )
      }, sparseCores: [0, 4], cards: [0, 2])
    let program = Lowering(graph: graph, system: task.system, placement: placement, costs: task.costs).program
    #expect(program.variants.map(\.card) == [1, 3])
    #expect(LoadSummary(program).memoryBytes[2] == 0)
    let composer = PlanComposer(graph: graph, system: task.system, placement: placement, costs: task.costs)
    var document = composer.document(
      model: .init(name: "m", path: "", sha256: "", dimensions: [:]),
      request: .init(
        objective: .throughput, requestedGap: 0.01, precision: .int8, tablePrecisions: [.int8],
        requestsInFlight: 24),
      certificate: .init(
        unit: .seconds, objective: LoadSummary(program).bottleneckSeconds, bound: 0, gap: 1, status: .open,
        provedBy: "", scope: ""), notes: [])
    let read = try #require(Verifier.placement(of: document, graph: graph))
    #expect(read.usedCards == [0, 2])
    #expect(read.sparseCores == placement.sparseCores)
    #expect(read.tables == placement.tables)
    #expect(Verifier.check(document, graph: graph, costs: task.costs) == [])
    // What is on the idle card is found.
    document.tables[0].shards[0].site = "card1"
    #expect(
      Verifier.check(document, graph: graph, costs: task.costs).contains { $0.message.contains("not in use") }
    )
    placement = placement.moved(to: [2, 0, 1])
    #expect(placement.usedCards == [1, 2])
    #expect(placement.sparseCores == [4, 0])
  }
}
