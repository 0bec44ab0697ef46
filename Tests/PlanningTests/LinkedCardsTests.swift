import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// Cards that have quick links of their own to each other, and slow ones to the host: what goes between cards must count nothing there.
@Suite struct LinkedCardsTests {
  private func task(
    _ graph: Graph, _ system: System, objective: PlanObjective = .throughput
  ) throws -> PlanningTask {
    PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: .init(gap: 0.001, threads: 1), rules: PlanRules(graph: graph, system: system))
  }

  /// One look-up a sample of wide rows: results are many times as many bytes as indices. Each card has room for one of them, the host for
  /// none.
  private func recommendation(isUnlike: Bool) throws -> (graph: Graph, system: System) {
    let graph = try SampleNets.recommendation(
      rows: [400_000, 400_000, 400_000], width: 512, batch: 1024, lookups: [1])
    var system = try SystemCatalog.system("a10", cards: 3)
    if isUnlike { system.cards[0].processor.lookupsPerCorePerSecond *= 0.9 }
    for card in system.cards.indices {
      system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + 300_000_000
    }
    system.host.processor.dram.bytes = system.host.reservedBytes + 100_000_000
    system.linkCards(timesAsFast: 1e5, slowing: 300)
    return (graph, system)
  }

  /// Every table on a card of its own, and what reads them on all.
  private func spread(_ task: PlanningTask, _ site: PlacementSite = .everyCard) -> Candidate {
    let tables = task.graph.embeddingTables.enumerated().map { index, table in
      TablePlacement(
        format: TableFormat(precision: .int8), split: .whole,
        shards: [.init(site: .card(index), rows: 0..<table.rows, columns: 0..<table.dimension)])
    }
    return Candidate(
      ModelPlacement(
        operators: task.graph.operators.map { _ in site }, tables: tables,
        sparseCores: task.system.cards.map { _ in 0 }), task: task)
  }

  @Test(arguments: [false, true]) func noBoundIsAboveTablesThatAreSpread(isUnlike: Bool) throws {
    let (graph, system) = try recommendation(isUnlike: isUnlike)
    for objective in PlanObjective.allCases {
      let task = try task(graph, system, objective: objective)
      let kinds = CardKinds(system: system)
      for plan in [spread(task), spread(task, .card(1))] {
        #expect(plan.fits)
        let value = plan.value(objective) * (1 + 1e-9)
        #expect(ScopeFreeBound.prove(task).bound <= value, "\(objective)")
        if objective == .latency {
          #expect(ResultInflow(task: task, kinds: kinds).seconds(isOnHost: false) <= value)
          #expect(LatencyBound(task: task, kinds: kinds).bound <= value)
        } else if isUnlike {
          let question = PlacementQuestion(
            graph: graph, system: system, costs: task.costs, objective: objective,
            tablePrecisions: task.tablePrecisions, rules: task.rules)
          let answer = SiteProgram.solve(
            question, solver: task.search.solver, allowsSplits: false, enough: .infinity,
            workLimit: 2_000_000_000, isCancelled: { false })
          #expect(answer.bound > 0 && answer.bound <= value, "\(objective)")
        }
      }
    }
  }

  /// With the same bytes over the switch it takes far longer, so that the bounds above have something to be wrong about.
  @Test func whatGoesBetweenCardsTakesTheirLinks() throws {
    let (graph, system) = try recommendation(isUnlike: false)
    var without = system
    without.peerToPeer = true
    for card in without.cards.indices { without.cards[card].peerLink = nil }
    let (linked, switched) = (spread(try task(graph, system)), spread(try task(graph, without)))
    #expect(linked.loads.bottleneckSeconds < 0.2 * switched.loads.bottleneckSeconds)
    #expect(linked.loads.latencySeconds < 0.5 * switched.loads.latencySeconds)
  }

  /// Little comes in and goes out, and much is in between.
  private func wideInside(_ count: Int) throws -> Graph {
    var builder = GraphBuilder(name: "wide inside")
    func product(_ value: GraphBuilder.Value, _ name: String, _ rows: Int, _ columns: Int)
      -> GraphBuilder.Value
    {
      builder.add("MatMul", [value, builder.constant("\(name).w", .float32, [rows, columns])], name: name)
    }
    var value = product(builder.input("input", .float32, [64, 8]), "in", 8, 2048)
    for index in 0..<count { value = product(value, "inside\(index)", 2048, 2048) }
    builder.output(product(value, "out", 2048, 8))
    return try builder.build().graph
  }

  /// A problem of single cards never charges more than the lowering of the same placement does.
  @Test(arguments: 1...30) func noPipelineIsChargedMoreThanThePlacement(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let graph = try wideInside(Int.random(in: 2...5, using: &random))
    var system = try SystemCatalog.system(seed % 2 == 0 ? "nnpi" : "a10", cards: 3)
    if seed % 3 > 0 { system.linkCards(timesAsFast: seed % 3 == 1 ? 1e5 : 0.3, slowing: 300) }
    let task = try task(graph, system)
    let kinds = CardKinds(system: system)
    let units = ModelUnits(graph: graph, costs: task.costs, cardKinds: kinds.representatives)
    let pipeline = PipelineProblem(
      task: task, units: units, kinds: kinds, flows: ModelFlows(task: task, units: units), order: .free,
      reserve: Array(repeating: 0, count: 4))
    for round in 0..<40 {
      let assignment = Assignment(
        choices: pipeline.problem.units.map { unit in
          let all = unit.options.indices.filter { !unit.options[$0].shards[0].devices.isEmpty }
          let onCards = all.filter { unit.options[$0].shards[0].devices != [0] }
          let ways = round % 2 == 0 || onCards.isEmpty ? all : onCards
          let option = ways[Int.random(in: ways.indices, using: &random)]
          let devices = unit.options[option].shards[0].devices
          return .init(option: option, devices: [devices[Int.random(in: devices.indices, using: &random)]])
        })
      let charged = ProblemEvaluator.evaluate(pipeline.problem, assignment).objective
      let placed = Candidate(pipeline.placement(of: assignment), task: task)
      #expect(charged <= (placed.loads.loads.max() ?? 0) * (1 + 1e-9))
    }
  }
}
