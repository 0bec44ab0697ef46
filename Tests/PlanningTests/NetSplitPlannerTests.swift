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

  /// A request's states take what memory is there for one layer of two, or of three.
  @Test(arguments: [40, 75])
  func copiesLeaveTheStatesOnTheHostThatCardsHaveNoRoomFor(megabytes: Int) throws {
    var builder = GraphBuilder(name: "decode")
    builder.states = .named
    var hidden = builder.input("input", .float32, [8, 1, 512])
    for layer in 0..<3 {
      let weights = builder.constant("weights\(layer)", .float32, [512, 512])
      let key = builder.add("MatMul", [hidden, weights], name: "key\(layer)")
      let past = builder.input("past_\(layer)", .float32, [8, 1023, 512])
      let present = builder.add(
        "Concat", [past, key], name: "present_\(layer)", attributes: ["axis": .int(1)])
      builder.output(present)
      let axes = builder.constant("axes\(layer)", .int64, [1], values: .ints([1]))
      hidden = builder.add("ReduceMax", [present, axes], name: "read\(layer)")
    }
    builder.output(hidden)
    let graph = try builder.build().graph
    try #require(graph.states.count == 3)
    var system = try SystemCatalog.system(cards: 2)
    for card in system.cards.indices {
      system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + megabytes * 1_000_000
    }
    let task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 4)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.001, threads: 1))
    let planner = NetSplitPlanner(task: task)
    #expect(!planner.fitsEveryCard() && planner.fitsEveryCardWithoutStates())
    var incumbents = Incumbents(task)
    let proof = try planner.plan(clock: SearchClock(task.search), into: &incumbents)
    let units = planner.units.units
    var (least, onCards) = (Double.infinity, 0)
    for sites in 0..<(1 << units.count) {
      var operators = graph.operators.map { _ in PlacementSite.host }
      for (index, unit) in units.enumerated() where sites >> index & 1 == 1 {
        for op in unit.operators { operators[op.index] = .everyCard }
      }
      let candidate = Candidate(
        ModelPlacement(operators: operators, tables: [], sparseCores: [0, 0]), task: task)
      guard candidate.fits, candidate.value(.throughput) < least else { continue }
      least = candidate.value(.throughput)
      onCards = graph.states.count { operators[$0.owner.index] == .everyCard }
    }
    // Else the question would not tell states that have room from those that have not.
    #expect((1...2).contains(onCards))
    #expect(try #require(incumbents.best).value(.throughput) <= least * 1.001)
    #expect(proof.bound <= least * (1 + 1e-9))
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
