import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Plan

@Suite struct PlanRulesTests {
  private let system: System
  private let graph: Graph

  init() throws {
    system = try SystemCatalog.system(cards: 3)
    graph = try SampleNets.recommendation(rows: [1000, 2000, 3000])
  }

  private func rules(_ rules: [PlacementRules.Rule]) throws -> PlanRules {
    try PlanRules(rules, graph: graph, system: system)
  }

  /// Everything on every card, and tables 0, 1, 2 on the given sites.
  private func placement(_ sites: [PlacementSite], precision: Precision = .int8) -> ModelPlacement {
    ModelPlacement(
      operators: graph.operators.map { _ in .everyCard },
      tables: zip(graph.embeddingTables, sites).map { table, site in
        TablePlacement(
          format: TableFormat(precision: precision), split: .whole,
          shards: [.init(site: site, rows: 0..<table.rows, columns: 0..<table.dimension)])
      }, sparseCores: [0, 0, 0])
  }

  private func breaches(_ list: [PlacementRules.Rule], _ sites: [PlacementSite]) throws -> Int {
    try rules(list).breaches(of: placement(sites), graph: graph).count
  }

  @Test func pinsAndBansKnowCopies() throws {
    let pinned = try rules([.pin(units: ["table?"], devices: ["card*"])]).tableSites[0]
    #expect(!pinned.host && pinned.everyCard && pinned.cards == [true, true, true])
    let some = try rules([.pin(units: ["table0"], devices: ["card0", "card2"])]).tableSites[0]
    #expect(!some.host && !some.everyCard && some.cards == [true, false, true])
    let copies = try rules([.pin(units: ["table0"], devices: ["every card"])]).tableSites[0]
    #expect(!copies.host && copies.everyCard && copies.cards == [false, false, false])
    let banned = try rules([.forbid(units: ["table0"], devices: ["card1"])]).tableSites[0]
    #expect(banned.host && !banned.everyCard && banned.cards == [true, false, true])
  }

  /// Without cards there is no rule, and no copy on every card.
  @Test func withoutCardsThereAreNoCopies() throws {
    let none = try SystemCatalog.system(cards: 0)
    let rules = PlanRules(graph: graph, system: none)
    #expect(rules.isEmpty && !rules.leavesAllSites)
    #expect(rules.operatorSites.allSatisfy { $0.host && !$0.everyCard })
    var placement = placement([.host, .host, .host])
    placement.sparseCores = []
    #expect(!rules.breaches(of: placement, graph: graph).isEmpty)
    placement.operators = placement.operators.map { _ in .host }
    #expect(rules.breaches(of: placement, graph: graph).isEmpty)
  }

  /// Of three cards, two in use: shards on both are where a copy on every card in use is.
  @Test func copiesAreOnTheCardsInUse() throws {
    var placement = placement([.everyCard, .everyCard, .host])
    let shards = [0..<500, 500..<1000].enumerated().map { card, rows in
      TableShard(site: .card(card), rows: rows, columns: 0..<graph.embeddingTables[0].dimension)
    }
    placement.tables[0].split = .rows(shards: 2)
    placement.tables[0].shards = shards
    let together = try rules([.together(units: ["table0", "table1"])])
    #expect(!together.breaches(of: placement, graph: graph).isEmpty)
    placement.sparseCores = [0, 0]
    #expect(together.breaches(of: placement, graph: graph).isEmpty)
    placement.sparseCores = [0]
    placement.tables[0].split = .whole
    placement.tables[0].shards = [
      .init(site: .card(0), rows: 0..<1000, columns: 0..<graph.embeddingTables[0].dimension)
    ]
    let joined = try rules([.together(units: ["table0", "top.matmul"])])
    #expect(joined.breaches(of: placement, graph: graph).isEmpty)
  }

  @Test func aLookUpStandsForItsTable() throws {
    let found = try rules([.pin(units: ["lookup1"], devices: ["host"])])
    #expect(!found.tableSites[1].everyCard && found.tableSites[0].everyCard)
  }

  @Test func everyKindOfBreachIsSeen() throws {
    let sites: [PlacementSite] = [.card(0), .card(1), .host]
    #expect(try breaches([.pin(units: ["table0"], devices: ["card0"])], sites) == 0)
    #expect(try breaches([.pin(units: ["table0"], devices: ["card1"])], sites) == 1)
    #expect(try breaches([.forbid(units: ["*"], devices: ["host"])], sites) == 1)
    #expect(try breaches([.together(units: ["table0", "table1"])], sites) == 1)
    #expect(try breaches([.together(units: ["top.*"])], sites) == 0)
    #expect(try breaches([.apart(units: ["table0", "table1", "table2"])], sites) == 0)
    #expect(try breaches([.apart(units: ["table0", "score"])], sites) == 1)
    #expect(try breaches([.options(units: ["*"], only: ["whole int8", "host*"], never: [])], sites) == 0)
    #expect(try breaches([.options(units: ["*"], only: nil, never: ["whole*"])], sites) == 2)
    #expect(try breaches([.count(units: ["*"], devices: ["card*"], most: 1)], sites) == 0)
    #expect(try breaches([.count(units: ["*"], devices: ["*"], most: 0)], sites) == 3)
    // A copy on every card counts on each.
    #expect(
      try breaches([.count(units: ["*"], devices: ["card*"], most: 1)], [.everyCard, .card(1), .host]) == 1)
  }

  /// Shards on all cards are not a copy on every card.
  @Test func aSplitTableIsNotTogetherWithAnOperatorOnEveryCard() throws {
    var split = placement([.everyCard, .everyCard, .host])
    split.tables[0].split = .rows(shards: 3)
    split.tables[0].shards = (0..<3).map {
      .init(site: .card($0), rows: 0..<1, columns: 0..<32)
    }
    let mixed = try rules([.together(units: ["table0", "score"])])
    #expect(mixed.breaches(of: split, graph: graph).count == 1)
    #expect(mixed.sites(ofTable: 0, operators: split.operators).cards == [false, false, false])
    #expect(try rules([.together(units: ["table0", "table1"])]).breaches(of: split, graph: graph).isEmpty)
  }

  @Test func memoryIsTakenInTheOrderOfTheRules() throws {
    let usable = Double(system.cards[0].usableBytes)
    let found = try rules([
      .reserve(devices: ["card0"], bytes: 1e9), .limit(devices: ["every card"], bytes: usable - 5e8),
      .limit(devices: ["host"], bytes: 7),
    ])
    #expect(found.capacities == [7, usable - 1e9, usable - 5e8, usable - 5e8])
    let reduced = found.reduced(system)
    #expect(reduced.host.usableBytes == 7)
    #expect(reduced.cards.map { Double($0.usableBytes) } == [usable - 1e9, usable - 5e8, usable - 5e8])
    #expect(found.tellCardsApart)
  }

  @Test func whatIsNotThereIsLocated() throws {
    #expect {
      try rules([
        .pin(units: ["table0", "nobody"], devices: ["card9"]),
        .options(units: ["score"], only: nil, never: ["int8"]),
        .count(units: ["score"], devices: ["card*"], most: 1),
      ])
    } throws: { error in
      (error as? FormatError)?.findings.map(\.location) == [
        "rules[0].units[1]", "rules[0].devices[0]", "rules[1].units", "rules[1].never[0]", "rules[2].units",
      ]
    }
  }
}
