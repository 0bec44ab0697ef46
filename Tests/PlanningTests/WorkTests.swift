import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// A limit of work ends planning in the same place, whatever the number of threads.
@Suite struct WorkTests {
  private func plan(tables: Int, cards: Int, work: WorkBudget, threads: Int) throws -> PlannedModel {
    let graph = try SampleNets.recommendation(
      rows: (0..<tables).map { 100_000 * (1 + $0 % 3) }, lookups: (0..<tables).map { 4 + 9 * ($0 % 2) })
    let system = try SystemCatalog.system(cards: cards)
    return try Planner.plan(
      PlanningTask(
        graph: graph, system: system,
        costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
        objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
        allowsSplits: true, search: SearchOptions(gap: 0.001, work: work, threads: threads)))
  }

  /// Many like tables that every card holds: nothing tells their placements apart, so a proof alone would never end.
  @Test(arguments: [1, 2_000_000, 40_000_000])
  func theSamePlanForAnyNumberOfThreads(ticks: Int) throws {
    let one = try plan(tables: 12, cards: 2, work: WorkBudget(ticks: ticks), threads: 1)
    #expect(one.bound > 0)
    for threads in [2, 4] {
      let more = try plan(tables: 12, cards: 2, work: WorkBudget(ticks: ticks), threads: threads)
      #expect(one.placement == more.placement && one.bound == more.bound)
      #expect(one.provedBy == more.provedBy)
    }
  }
}
