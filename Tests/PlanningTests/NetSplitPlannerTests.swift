import CostModel
import Graph
import Hardware
import Plan
import Solvers
import TestSupport
import Testing

@testable import Placement
@testable import Planning

/// Copies with cores set apart for look-ups, against every one of them.
@Suite struct NetSplitPlannerTests {
  private func task(seed: UInt64, objective: PlanObjective) throws -> PlanningTask {
    let graph = try SmallQuestions.graph(seed: seed)
    let system = try SystemCatalog.system(["nnpi", "cloud-ai-100-standard"][Int(seed % 2)], cards: 2)
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.001, threads: 1), rules: PlanRules(graph: graph, system: system))
  }

  @Test(
    arguments: [1, 4, 5, 7, 10] as [UInt64], [PlanObjective.throughput, .energy])
  func noDivisionOfTheCoresIsBelowTheBound(seed: UInt64, objective: PlanObjective) throws {
    let task = try task(seed: seed, objective: objective)
    let planner = NetSplitPlanner(task: task)
    #expect(planner.fitsEveryCard() && planner.setsCoresApart)
    var incumbents = Incumbents(task)
    let proof = try planner.plan(clock: SearchClock(task.search), into: &incumbents)
    let planned = try Planner.plan(task)
    let units = planner.units.units
    let tables = task.graph.embeddingTables.count
    var least = Double.infinity
    for sites in 0..<(1 << (units.count + tables)) {
      func site(_ index: Int) -> PlacementSite { sites >> index & 1 == 1 ? .everyCard : .host }
      var operators = task.graph.operators.map { _ in PlacementSite.host }
      for (index, unit) in units.enumerated() {
        for op in unit.operators { operators[op.index] = site(index) }
      }
      let placed = task.graph.embeddingTables.enumerated().map { index, table in
        TablePlacement(
          format: TableFormat(precision: .int8), split: .whole,
          shards: [
            .init(site: site(units.count + index), rows: 0..<table.rows, columns: 0..<table.dimension)
          ])
      }
      for sparse in [0, 1, 2, 4, 7] {
        let candidate = Candidate(
          ModelPlacement(
            operators: operators, tables: placed, sparseCores: task.system.cards.map { _ in sparse }),
          task: task)
        if candidate.fits { least = min(least, candidate.value(objective)) }
      }
    }
    #expect(proof.bound <= least * (1 + 1e-9))
    #expect(Candidate(planned.placement, task: task).value(objective) <= least * 1.01)
  }

  @Test func divisionsOfTheCoresAreHalvedUntilOneIsLeft() {
    var open = [CoreDivision(sparse: 0...11, cores: 12)]
    var single: [Int] = []
    while let division = open.popLast() {
      if division.halves.isEmpty { single.append(division.sparse.lowerBound) }
      open += division.halves
    }
    #expect(single.sorted() == Array(0...11))
    #expect(CoreDivision(sparse: 0...11, cores: 12).halves.first?.shares == true)
    #expect(CoreDivision.shared.leastDense == 1 && CoreDivision.shared.halves.isEmpty)
  }
}
