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

  private func ways(_ task: PlanningTask) -> Double {
    PathBound(
      PlacementQuestion(
        graph: task.graph, system: task.system, costs: task.costs, objective: .latency,
        tablePrecisions: task.tablePrecisions, rules: task.rules)
    ).seconds
  }

  /// Where nothing comes back in time from elsewhere, what runs side by side takes turns on one device.
  @Test func shortBranchesTakeTurns() throws {
    let graph = try SampleNets.branches(4, length: 2, width: 64, batch: 1)
    let system = try SystemCatalog.system("h100", cards: 4)
    let task = task(graph, system)
    let onOne = ModelPlacement(
      operators: graph.operators.map { _ in .card(0) }, tables: [], sparseCores: system.cards.map { _ in 0 })
    let turns = graph.operators.indices.reduce(0.0) {
      $0 + (task.costs.cost(of: OperatorID($1), on: .card(0))?.seconds ?? 0)
    }
    let latency = Candidate(onOne, task: task).loads.latencySeconds
    #expect(turns > 0.3 * latency)
    #expect(
      ways(task) > 0.99 * min(latency, LatencyBound(task: task, kinds: CardKinds(system: system)).bound))
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
    if seed % 4 == 3 {
      system.linkCards(timesAsFast: seed % 8 == 3 ? 200 : 0.3, slowing: seed % 3 == 0 ? 20 : 1)
    }
    try expectNoneFaster(graph, system, &random)
  }

  /// Ways of any shape, without narrow places, and with tables on the way.
  @Test(arguments: 1...40) func noPlacementOfAnyGraphIsFaster(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed * 131))
    let graph = try SeededModel.graph(seed: UInt64(seed), operators: 25)
    var system = try SystemCatalog.system(
      ["nnpi", "l4", "h100"][seed % 3], cards: Int.random(in: 1...4, using: &random))
    system.peerToPeer = Bool.random(using: &random)
    // Crossings as short as an operator, where it pays to be on several devices.
    let quick = Bool.random(using: &random) ? 1 : 0.1
    system.uplink.commandSeconds *= quick
    for card in system.cards.indices { system.cards[card].link.commandSeconds *= quick }
    if seed % 4 == 3 {
      system.linkCards(timesAsFast: seed % 8 == 3 ? 200 : 0.3, slowing: seed % 3 == 0 ? 20 : 1)
    }
    try expectNoneFaster(graph, system, &random)
  }

  /// Nor is one that rules allow, where they keep some operators from the host and others from the cards.
  @Test(arguments: 1...40) func noAllowedPlacementIsFaster(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed * 173))
    let graph = try SeededModel.graph(seed: UInt64(seed), operators: 25)
    var system = try SystemCatalog.system(
      ["nnpi", "l4", "h100"][seed % 3], cards: Int.random(in: 1...4, using: &random))
    if seed % 2 == 0 {
      system.uplink.commandSeconds *= 0.1
      for card in system.cards.indices { system.cards[card].link.commandSeconds *= 0.1 }
    }
    let lookups = Set(graph.embeddingTables.flatMap(\.lookups))
    var rules: [PlacementRules.Rule] = []
    for (index, op) in graph.operators.enumerated() where !lookups.contains(OperatorID(index)) {
      let isOnCards = system.cards.allSatisfy { !$0.unsupportedOperators.contains(op.type) }
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where isOnCards: rules.append(.forbid(units: [op.name], devices: ["host"]))
      case 1: rules.append(.forbid(units: [op.name], devices: system.cards.map(\.name)))
      default: break
      }
    }
    try expectNoneFaster(graph, system, &random, rules)
  }

  /// What only one side may run is charged there, however little it takes on the other.
  @Test func operatorsThatTheHostMustNotRunAreChargedOnCards() throws {
    let graph = try SampleNets.chain(length: 6, width: 16, batch: 1)
    let system = try SystemCatalog.system("h100", cards: 2)
    var task = task(graph, system)
    let free = LatencyBound(task: task, kinds: CardKinds(system: system)).bound
    task.rules = try PlanRules(
      [.forbid(units: ["*"], devices: ["host"])], graph: graph, system: system)
    let onCards = graph.operators.indices.reduce(0.0) {
      $0 + (task.costs.cost(of: OperatorID($1), on: .card(0))?.seconds ?? 0)
    }
    #expect(free < onCards)
    #expect(LatencyBound(task: task, kinds: CardKinds(system: system)).bound >= onCards)
    #expect(ways(task) >= onCards)
  }

  /// - Parameter random: Draws moves of operators and whole tables, of which those that are no slower are kept.
  private func expectNoneFaster(
    _ graph: Graph, _ system: System, _ random: inout SeededRandom, _ rules: [PlacementRules.Rule] = []
  ) throws {
    var task = task(graph, system)
    task.rules = try PlanRules(rules, graph: graph, system: system)
    let bound = max(LatencyBound(task: task, kinds: CardKinds(system: system)).bound, ways(task))
    #expect(bound > 0)
    let sites: [PlacementSite] = [.host, .everyCard] + system.cards.indices.map { .card($0) }
    let count = graph.operators.count
    func latency(_ places: [PlacementSite]) -> Double {
      let tables = zip(graph.embeddingTables, places[count...]).map { table, site in
        TablePlacement(
          format: TableFormat(precision: .int8), split: .whole,
          shards: [.init(site: site, rows: 0..<table.rows, columns: 0..<table.dimension)])
      }
      let placement = ModelPlacement(
        operators: Array(places.prefix(count)), tables: tables, sparseCores: system.cards.map { _ in 0 })
      let plan = Candidate(placement, task: task)
      return plan.keepsRules ? plan.loads.latencySeconds : .infinity
    }
    func all(_ site: PlacementSite) -> [PlacementSite] {
      Array(repeating: site, count: count + graph.embeddingTables.count)
    }
    var places = all(.host)
    var best = latency(places)
    for site in sites {
      let value = latency(all(site))
      if value < best { (best, places) = (value, all(site)) }
    }
    for _ in 0..<400 {
      var next = places
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        next[Int.random(in: next.indices, using: &random)] =
          sites[Int.random(in: sites.indices, using: &random)]
      }
      let value = latency(next)
      if value <= best { (best, places) = (value, next) }
    }
    #expect(bound <= best * (1 + 1e-9))
  }
}
