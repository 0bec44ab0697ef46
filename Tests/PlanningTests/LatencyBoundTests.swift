import CostModel
import Graph
import Hardware
import Placement
import Plan
import TestSupport
import Testing

@testable import Planning

/// No placement of operators on the host, single cards and copies is faster than the bound.
@Suite struct LatencyBoundTests {
  private func task(_ graph: Graph, _ system: System) -> PlanningTask {
    PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: .latency, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: false,
      search: SearchOptions(gap: 0.01, threads: 1))
  }

  /// Branches that run side by side on cards of their own are faster than one card.
  @Test(arguments: 1...24) func noPlacementIsFaster(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed * 97))
    let graph = try SampleNets.branches(
      Int.random(in: 1...4, using: &random), length: Int.random(in: 1...3, using: &random),
      width: 1 << Int.random(in: 6...12, using: &random), batch: 1 << Int.random(in: 0...5, using: &random))
    var system = try SystemCatalog.system(
      ["nnpi", "t4", "h100"][seed % 3], cards: Int.random(in: 1...4, using: &random))
    system.peerToPeer = Bool.random(using: &random)
    let task = task(graph, system)
    let bound = LatencyBound(task: task, kinds: CardKinds(system: system)).bound
    #expect(bound > 0)
    let sites: [PlacementSite] = [.host, .everyCard] + system.cards.indices.map { .card($0) }
    var operators = graph.operators.map { _ in PlacementSite.host }
    func latency(_ operators: [PlacementSite]) -> Double {
      let placement = ModelPlacement(
        operators: operators, tables: [], sparseCores: system.cards.map { _ in 0 })
      return Candidate(placement, task: task).loads.latencySeconds
    }
    var best = latency(operators)
    for site in sites { best = min(best, latency(graph.operators.map { _ in site })) }
    for _ in 0..<400 {
      var next = operators
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        next[Int.random(in: next.indices, using: &random)] =
          sites[Int.random(in: sites.indices, using: &random)]
      }
      let value = latency(next)
      if value <= best { (best, operators) = (value, next) }
    }
    #expect(bound <= best * (1 + 1e-9))
  }
}
