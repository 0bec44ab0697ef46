import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// Plans under rules: they keep them, and their bounds hold for every placement that does.
@Suite struct RuleTests {
  private func task(
    _ graph: Graph, cards: Int, megabytes: Int, _ rules: [PlacementRules.Rule]
  ) throws -> PlanningTask {
    var system = try SystemCatalog.system(cards: cards)
    for card in system.cards.indices {
      system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + megabytes * 1_000_000
    }
    let resolved = try PlanRules(rules, graph: graph, system: system)
    let reduced = resolved.reduced(system)
    return PlanningTask(
      graph: graph, system: reduced,
      costs: CostModel(graph: graph, system: reduced, options: CostOptions(requestsInFlight: 2)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8],
      allowsSplits: true, search: SearchOptions(gap: 0.01, threads: 1), rules: resolved)
  }

  /// A few rules about operators, tables and cards, drawn at random.
  private func someRules(
    _ units: [String], tables: [String], cards: Int, _ random: inout SeededRandom
  ) -> [PlacementRules.Rule] {
    func some(_ names: [String], atLeast: Int = 1) -> [String] {
      let picked = names.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
      return picked.count >= atLeast ? picked : Array(names.prefix(atLeast))
    }
    let devices = ["host", "every card"] + (0..<cards).map { "card\($0)" }
    return (0..<Int.random(in: 1...2, using: &random)).map { _ in
      switch Int.random(in: 0..<(tables.isEmpty ? 4 : 7), using: &random) {
      case 0: .pin(units: some(units), devices: some(devices))
      case 1: .forbid(units: some(units), devices: some(devices))
      case 2: .together(units: some(units, atLeast: 2))
      case 3: .apart(units: Array(some(units, atLeast: 2).prefix(2)))
      case 4: .count(units: tables, devices: some(devices), most: Int.random(in: 0...2, using: &random))
      case 5:
        .options(
          units: some(tables), only: nil,
          never: [["whole*", "host*", "every*"][Int.random(in: 0..<3, using: &random)]])
      default: .apart(units: some(tables, atLeast: 2))
      }
    }
  }

  private func check(_ task: PlanningTask, _ name: String) throws -> Bool {
    let best = leastBottleneck(task)
    let planned: PlannedModel
    do { planned = try Planner.plan(task) } catch {
      if case .infeasible = error { #expect(best == .infinity, "\(name): proven, but there is a plan") }
      return false
    }
    let candidate = Candidate(planned.placement, task: task)
    #expect(candidate.fits, "\(name)")
    #expect(planned.bound <= candidate.loads.bottleneckSeconds * (1 + 1e-9), "\(name)")
    // The scopes of planners differ: single cards, copies or both. Each holds what the enumeration has in common with it.
    #expect(planned.bound <= best * (1 + 1e-9), "\(name): \(planned.bound) > \(best)")
    return true
  }

  /// Over the host and every card for operators, and for tables also single cards.
  private func leastBottleneck(_ task: PlanningTask) -> Double {
    let units = ModelUnits(
      graph: task.graph, costs: task.costs,
      cardKinds: CardKinds(system: task.system).representatives)
    // Whole on every site, and in two shards of rows on the first two cards.
    let tableSites: [[PlacementSite]] =
      [[.host], [.everyCard]] + task.system.cards.indices.map { [.card($0)] } + [[.card(0), .card(1)]]
    let radices =
      units.units.map { _ in 2 } + task.graph.embeddingTables.map { _ in tableSites.count }
    var digits = radices.map { _ in 0 }
    var best = Double.infinity
    while true {
      var operators = Array(repeating: PlacementSite.host, count: task.graph.operators.count)
      for (unit, digit) in zip(units.units, digits) where digit == 1 {
        for op in unit.operators { operators[op.index] = .everyCard }
      }
      let tables = zip(task.graph.embeddingTables, digits.dropFirst(units.units.count)).map {
        table, digit -> TablePlacement in
        let sites = tableSites[digit]
        let choice = TableChoice(
          precision: .int8, split: sites.count == 1 ? .whole : .rows(shards: sites.count), place: .host)
        return TablePlacement(
          format: TableFormat(precision: .int8), split: choice.split,
          shards: zip(sites, choice.pieces(of: table)).map {
            .init(site: $0, rows: $1.rows, columns: $1.columns)
          })
      }
      let placement = ModelPlacement(
        operators: operators, tables: tables, sparseCores: task.system.cards.map { _ in 0 })
      if task.rules.breaches(of: placement, graph: task.graph).isEmpty {
        let candidate = Candidate(placement, task: task)
        if candidate.fits, isInScope(operators, task) { best = min(best, candidate.loads.bottleneckSeconds) }
      }
      var position = 0
      while position < digits.count {
        digits[position] += 1
        if digits[position] < radices[position] { break }
        digits[position] = 0
        position += 1
      }
      if position == digits.count { return best }
    }
  }

  /// Net-splits take two turns at most where nothing forces more; the enumeration keeps to that.
  private func isInScope(_ operators: [PlacementSite], _ task: PlanningTask) -> Bool {
    guard task.graph.embeddingTables.isEmpty else {
      // Sharding plans have one site before the look-ups and one behind.
      return Set(operators.suffix(6)).count == 1
    }
    return zip([.host] + operators, operators).count { $0 != $1 } <= 2
  }

  @Test func chainsKeepRulesAndBoundsHold() throws {
    var planned = 0
    for seed in 0..<40 as Range<UInt64> {
      var random = SeededRandom(seed: seed)
      let graph = try SampleNets.chain(
        length: 5, width: 64 * Int.random(in: 1...12, using: &random), batch: 8)
      let rules = someRules(graph.operators.map(\.name), tables: [], cards: 2, &random)
      let task = try task(graph, cards: 2, megabytes: 8000, rules)
      if try check(task, "\(seed): \(rules)") { planned += 1 }
    }
    #expect(planned > 20)
  }

  @Test(arguments: [64, 40_000]) func tablesKeepRulesAndBoundsHold(megabytes: Int) throws {
    var planned = 0
    for seed in 0..<30 as Range<UInt64> {
      var random = SeededRandom(seed: seed &+ 1000)
      let graph = try SampleNets.recommendation(
        rows: (0..<3).map { _ in Int.random(in: 200_000...900_000, using: &random) })
      let rules = someRules(
        graph.embeddingTables.map(\.name) + ["top.matmul", "bottom.matmul"],
        tables: graph.embeddingTables.map(\.name), cards: 2, &random)
      let task = try task(graph, cards: 2, megabytes: megabytes, rules)
      if try check(task, "\(megabytes) \(seed): \(rules)") { planned += 1 }
    }
    #expect(planned > 12)
  }

  @Test func aPlanToStartFromIsKeptWhereItIsBetter() throws {
    let graph = try SampleNets.recommendation(rows: [500_000, 700_000, 600_000])
    var task = try task(graph, cards: 2, megabytes: 64, [])
    let first = try Planner.plan(task)
    task.start = first.placement
    let again = Candidate(try Planner.plan(task).placement, task: task)
    #expect(
      again.loads.bottleneckSeconds <= Candidate(first.placement, task: task).loads.bottleneckSeconds
        * (1 + 1e-9))
  }

  @Test func aPlanToStartFromIsTheAnswerWhereNoOtherIsFound() throws {
    let graph = try SampleNets.chain(length: 4)
    // No planner mixes copies on every card with single cards; somebody else's plan may.
    var task = try task(
      graph, cards: 2, megabytes: 8000,
      [
        .pin(units: ["matmul0"], devices: ["every card"]), .pin(units: ["matmul3"], devices: ["card1"]),
      ])
    #expect(throws: PlanningFailure.self) { try Planner.plan(task) }
    var operators = Array(repeating: PlacementSite.everyCard, count: graph.operators.count)
    for (index, op) in graph.operators.enumerated() where op.name == "matmul3" { operators[index] = .card(1) }
    let start = ModelPlacement(operators: operators, tables: [], sparseCores: [0, 0])
    task.start = start
    let planned = try Planner.plan(task)
    // What is proven holds for every placement, that of somebody else too.
    let objective = Candidate(start, task: task).loads.bottleneckSeconds
    #expect(planned.placement == start && planned.bound > 0 && planned.bound <= objective * (1 + 1e-9))
  }

  private func explanation(_ task: PlanningTask) throws -> String {
    do {
      _ = try Planner.plan(task)
      return "planned"
    } catch {
      let explainer = PlanExplainer(task, system: task.system)
      return switch error {
      case .infeasible(let reasons): explainer.explanation(reasons, isProven: true)
      case .noneFound(let reasons): explainer.explanation(reasons, isProven: false)
      default: "\(error)"
      }
    }
  }

  @Test func operatorsOfOneKernelAreNamedTogether() throws {
    let task = try task(
      SampleNets.chain(length: 4), cards: 2, megabytes: 8000,
      [.pin(units: ["matmul2"], devices: ["host"]), .pin(units: ["middle"], devices: ["every card"])])
    let reason =
      "operators 'matmul2', 'middle' run in one kernel and the rules leave them no device in common"
    #expect(throws: PlanningFailure.infeasible([reason])) { try Planner.plan(task) }
  }

  @Test func shortagesAndImpossibleRulesAreExplained() throws {
    let graph = try SampleNets.recommendation(rows: [500_000, 700_000, 600_000])
    let cases: [(Int, [PlacementRules.Rule])] = [
      (24, [.forbid(units: ["*"], devices: ["host"])]),
      (64, [.pin(units: ["table0"], devices: ["card0"]), .forbid(units: ["table0"], devices: ["card0"])]),
      (64, [.count(units: ["*"], devices: ["*"], most: 0), .apart(units: ["table0", "table1"])]),
      (
        64,
        [
          .together(units: ["top.matmul", "score"]), .pin(units: ["score"], devices: ["host"]),
          .pin(units: ["top.matmul"], devices: ["every card"]),
        ]
      ),
    ]
    var text = ""
    for (megabytes, rules) in cases {
      text += try explanation(task(graph, cards: 2, megabytes: megabytes, rules)) + "\n"
    }
    #expect(snapshotDifference(text, named: "rules.txt") == nil)
  }
}
