import CostModel
import Graph
import Hardware
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// The integer program for unlike cards against every placement of small models.
@Suite struct SiteProgramTests {
  /// Questions on cards of two kinds, some of which lack memory or operators.
  private func task(seed: UInt64, objective: PlanObjective) throws -> PlanningTask {
    // Of `SmallQuestions`, those whose last card is another one, with two or three cards.
    var task = try SmallQuestions.task(seed: seed * 4 + 1, objective: objective)
    var random = SeededRandom(seed: seed)
    var system = task.system
    for name in ["t4", "cloud-ai-100-pro"].prefix(Int.random(in: 1...2, using: &random)) {
      var card = try SystemCatalog.system(name, cards: 1).cards[0]
      card.name = name
      system.cards.append(card)
    }
    system.cards = Array(system.cards.suffix(3))
    task = PlanningTask(
      graph: task.graph, system: system,
      costs: CostModel(graph: task.graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: task.tablePrecisions,
      allowsSplits: true, search: .init(gap: 0.001, threads: 1),
      rules: PlanRules(graph: task.graph, system: system))
    return task
  }

  private func answer(_ task: PlanningTask) -> SiteProgram.Answer {
    SiteProgram.solve(
      PlacementQuestion(
        graph: task.graph, system: task.system, costs: task.costs, objective: task.objective,
        tablePrecisions: task.tablePrecisions, rules: task.rules), solver: task.search.solver,
      allowsSplits: task.allowsSplits, enough: .infinity, workLimit: 2_000_000_000, isCancelled: { false })
  }

  @Test(arguments: Array(1...24) as [UInt64], [PlanObjective.throughput, .energy])
  func noPlacementIsBelowIt(seed: UInt64, objective: PlanObjective) throws {
    let task = try task(seed: seed, objective: objective)
    let answer = answer(task)
    var least = Double.infinity
    SmallQuestions.forEachPlacement(task) { placement in
      let candidate = Candidate(placement, task: task)
      if candidate.fits { least = min(least, candidate.value(objective)) }
    }
    #expect(answer.bound <= least * (1 + 1e-9))
    // What it stands for is one of them.
    if let found = answer.placement, case let candidate = Candidate(found, task: task), candidate.fits {
      #expect(answer.bound <= candidate.value(objective) * (1 + 1e-9))
    }
  }

  /// Copies are on the cards that can run them, and the others idle.
  @Test(arguments: [PlanObjective.throughput, .energy])
  func copiesAreWhereTheyCanRun(objective: PlanObjective) throws {
    // An odd number of products: two cards one after the other are no match for copies.
    let graph = try SampleNets.chain(length: 5, width: 4096, batch: 64)
    var system = try SystemCatalog.system("h100", cards: 3)
    system.cards[1] = try SystemCatalog.system("t4", cards: 1).cards[0]
    system.cards[1].name = "card1"
    system.cards[1].unsupportedOperators.append("MatMul")
    let task = PlanningTask(
      graph: graph, system: system, costs: CostModel(graph: graph, system: system, options: CostOptions()),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: .init(gap: 0.01, threads: 1), rules: PlanRules(graph: graph, system: system))
    let placement = try #require(answer(task).placement)
    for (op, site) in placement.operators.enumerated() {
      for location in placement.locations(at: site) {
        #expect(
          task.costs.supports(OperatorID(op), on: location), "\(graph.operators[op].name) on \(location)")
      }
    }
    if objective == .throughput { #expect(placement.cards == [0, 2]) }
  }

  /// Two kinds of card, each of which lacks an operator that the other has: prices do not see what goes from card to card.
  @Test func whatGoesBetweenKindsCounts() throws {
    var builder = GraphBuilder(name: "alternating")
    var value = builder.input("input", .float32, [64, 4096])
    for index in 0..<4 {
      value = builder.add(index % 2 == 0 ? "Sin" : "Cos", [value], name: "wave\(index)")
    }
    builder.output(value)
    let graph = try builder.build().graph
    var system = try SystemCatalog.system("nnpi", cards: 2)
    system.cards[0].unsupportedOperators += ["Cos"]
    system.cards[1].unsupportedOperators += ["Sin"]
    system.cards[1].model = "other"
    let rules = try PlanRules(
      [.forbid(units: ["*"], devices: ["host"])], graph: graph, system: system)
    let task = PlanningTask(
      graph: graph, system: system, costs: CostModel(graph: graph, system: system, options: CostOptions()),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: .init(gap: 0.01, threads: 1), rules: rules)
    let proven = ScopeFreeBound.prove(task)
    #expect(proven.bound > 1.5 * proven.proof.bound)
    let planned = try Planner.plan(task)
    #expect(planned.bound > 0.95 * Candidate(planned.placement, task: task).value(.throughput))
  }

  @Test func alikeCardsHaveNone() throws {
    let task = try SmallQuestions.task(seed: 3, objective: .throughput)
    #expect(answer(task).bound == 0)
  }
}
