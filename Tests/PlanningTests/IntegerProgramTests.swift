import CostModel
import Graph
import Hardware
import Modeling
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// The program that is written out for other solvers.
@Suite struct IntegerProgramTests {
  /// Products and sums, wide enough to be worth a card.
  private func graph(seed: UInt64, hasTable: Bool = false) throws -> Graph {
    var random = SeededRandom(seed: seed)
    let width = 256 * Int.random(in: 1...6, using: &random)
    var builder = GraphBuilder(name: "program \(seed)")
    var values = [builder.input("input", .float32, [64, width])]
    if hasTable {
      let indices = builder.input("indices", .int64, [64 * 10])
      let lengths = builder.input("lengths", .int32, [64])
      let table = builder.constant("table", .float32, [1000, width])
      let sum = builder.add("SparseLengthsSum", [table, indices, lengths], domain: "glow", name: "lookup")
      builder.declare(sum, .float32, [64, width])
      values.append(sum)
    }
    for index in 0..<7 {
      let last = values[values.count - 1]
      let weights = builder.constant("weights\(index)", .float32, [width, width])
      values.append(
        Int.random(in: 0..<3, using: &random) == 0
          ? builder.add(
            "Add", [last, values[Int.random(in: 0..<values.count, using: &random)]], name: "sum\(index)")
          : builder.add("MatMul", [last, weights], name: "product\(index)"))
    }
    builder.output(values[values.count - 1])
    return try builder.build().graph
  }

  private func task(
    _ graph: Graph, system: System, objective: PlanObjective = .throughput,
    rules: [PlacementRules.Rule] = []
  ) throws -> PlanningTask {
    PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 24)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: .init(gap: 1e-7, threads: 1), rules: try PlanRules(rules, graph: graph, system: system))
  }

  /// GLPK's command decides by itself what the planner found in its own ways. Further commands of a batch, which the
  /// program leaves out, only add.
  @Test(
    .enabled(if: GLPSol.path != nil, "glpsol is not installed (Debian and Ubuntu: package glpk-utils)"),
    arguments: [PlanObjective.throughput, .energy], [false, true])
  func theLeastOfThePrograms(objective: PlanObjective, chargesCommands: Bool) throws {
    var onCards = 0
    for seed in 1...10 {
      let graph = try graph(seed: UInt64(seed))
      var system = try SystemCatalog.system(["nnpi", "h100", "a10"][seed % 3], cards: 1 + seed % 3)
      if !chargesCommands {
        system.uplink.commandSeconds = 0
        for card in system.cards.indices { system.cards[card].link.commandSeconds = 0 }
      }
      let whole = try task(graph, system: system, objective: objective)
      let planned = try Planner.plan(whole)
      let format = ProgramText.Format.allCases[seed % 2]
      // With fewer cards the others idle, which is another program; a batch all on the host is none.
      var least =
        Candidate(
          ModelPlacement(
            operators: graph.operators.map { _ in .host }, tables: [],
            sparseCores: system.cards.map { _ in 0 }), task: whole
        ).value(objective) * 1e6
      for cards in 1...system.cards.count {
        let text = try IntegerProgram(whole.using(cards: cards)).text.text(format)
        least = min(least, try #require(try GLPSol.optimum(of: text, format), "seed \(seed)"))
      }
      let value = Candidate(planned.placement, task: whole).value(objective) * 1e6
      let isRight = chargesCommands ? value >= least * (1 - 1e-5) : abs(value - least) <= 1e-5 * least
      #expect(isRight, "seed \(seed): \(value) where glpsol finds \(least)")
      if planned.placement.operators.contains(.everyCard) { onCards += 1 }
    }
    #expect(onCards > 3)
  }

  @Test func settingsAreNamed() throws {
    let system = try SystemCatalog.system("nnpi", cards: 2)
    let text = try IntegerProgram(try task(try graph(seed: 1), system: system, objective: .energy)).text.text(
      .lp)
    #expect(text.hasPrefix("\\ Partition: integer program of program 1 on "))
    #expect(text.contains("all 2 cards serve alike") && text.contains("microjoules a batch"))
    #expect(text.contains(": product0 on every card\n") || text.contains(": product1 on every card\n"))
  }

  @Test func whatNoProgramStatesIsRefused() throws {
    let alike = try SystemCatalog.system("nnpi", cards: 2)
    var mixed = alike
    mixed.cards[1] = try SystemCatalog.system("h100", cards: 1).cards[0]
    mixed.cards[1].name = "other"
    var small = alike
    for card in small.cards.indices {
      small.cards[card].reservedBytes = small.cards[card].processor.dram.bytes - 1000
    }
    let plain = try graph(seed: 1)
    for (task, word) in [
      (try task(plain, system: alike, objective: .latency), "latency"),
      (try task(try graph(seed: 1, hasTable: true), system: alike), "embedding tables"),
      (try task(plain, system: mixed), "not alike"), (try task(plain, system: small), "does not fit"),
    ] {
      let refusal = #expect(throws: IntegerProgram.Refusal.self) { _ = try IntegerProgram(task) }
      #expect(refusal?.reasons.contains { $0.contains(word) } == true, "\(word)")
    }
  }
}
