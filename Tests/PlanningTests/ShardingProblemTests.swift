import CostModel
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// The problem of a family never charges a placement of that family more than its lowering does.
@Suite struct ShardingProblemTests {
  @Test(arguments: 1...6)
  func theMenuOfFewerCardsIsAPartOfThatOfAll(cards: Int) throws {
    let graph = try SampleNets.recommendation(rows: [40_000, 3_000, 900_000], lookups: [1, 20, 3])
    let task = ShardingSample(graph, try SystemCatalog.system(cards: 6)).task
    let part = task.using(cards: cards)
    let clock = SearchClock(task.search)
    let whole = ShardingPlanner(task: task, clock: clock).menu
    let limited = ShardingPlanner(task: part, clock: clock, menu: whole).menu
    let own = ShardingPlanner(task: part, clock: clock).menu
    for (taken, made) in zip(limited.entries, own.entries) {
      #expect(taken.map(\.choice) == made.map(\.choice))
      #expect(taken.map(\.pieces) == made.map(\.pieces))
    }
  }

  /// - Parameter linked: How many times as fast as the others links between cards are; 0 for none, and -1 for the way through the host.
  @Test(arguments: [1, 2, 3, 4, 5, 6], [0, -1, 0.3, 20])
  func noFamilyChargesMoreThanThePlacement(seed: Int, linked: Double) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let rows = (0..<6).map { _ in Int.random(in: 1...40, using: &random) * 100_000 }
    let graph = try SampleNets.recommendation(
      rows: rows, lookups: rows.map { _ in Int.random(in: 1...40, using: &random) })
    let cards = Int.random(in: 2...5, using: &random)
    var system = try SystemCatalog.system(cards: cards)
    system.peerToPeer = linked >= 0
    if linked > 0 { system.linkCards(timesAsFast: linked) }
    let task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    let kinds = CardKinds(system: system)
    let units = ModelUnits(graph: graph, costs: task.costs, cardKinds: kinds.representatives)
    let share = ReplicaShares.shares(graph: graph, cards: Array(system.cards.indices), costs: task.costs)
    let menu = TableMenu(task: task, kinds: kinds, shardCounts: [2])
    var checks = 0
    for skeleton in DenseSkeleton.all(task: task, units: units) {
      for _ in 0..<4 {
        let sparse = Int.random(in: 0...cards, using: &random)
        let picks = menu.entries.map { offers -> (TableMenu.Entry, [Int]) in
          let offer = offers[Int.random(in: offers.indices, using: &random)]
          guard case .cards = offer.choice.place else { return (offer, []) }
          guard sparse > 0 else { return (offers[0], []) }
          return (offer, offer.pieces.map { _ in Int.random(in: 0..<sparse, using: &random) })
        }
        let placement = ModelPlacement(
          operators: skeleton.operators,
          tables: zip(graph.embeddingTables, picks).map { $1.0.choice.placement(of: $0, cards: $1.1) },
          sparseCores: system.cards.map { _ in 0 })
        let used = Set(picks.flatMap(\.1)).count
        // Only placements on the first cards are in a family, as cards are alike.
        guard used == sparse else { continue }
        let bottleneck = Candidate(placement, task: task).loads.bottleneckSeconds
        for sites in families(.all(cards: cards)) where contains(sites, picks, used: used) {
          let sharding = ShardingProblem(
            task: task, skeleton: skeleton, kinds: kinds, share: share, sites: sites, menu: menu)
          guard let assignment = assignment(sharding, picks) else { continue }
          let charged = ProblemEvaluator.evaluate(sharding.problem, assignment).objective
          #expect(charged <= bottleneck * (1 + 1e-9), "\(sites) with \(used) cards")
          checks += 1
        }
      }
    }
    #expect(checks > 0)
  }

  private func families(_ sites: TableSites) -> [TableSites] {
    [sites] + sites.branches(countsCards: true).flatMap { families($0) }
  }

  private func contains(_ sites: TableSites, _ picks: [(TableMenu.Entry, [Int])], used: Int) -> Bool {
    func agrees(_ use: TableSites.Use, _ place: TableChoice.Place) -> Bool {
      let isUsed = picks.contains { $0.0.choice.place == place }
      return use == .either || (use == .always) == isUsed
    }
    return sites.cards.contains(used) && agrees(sites.host, .host) && agrees(sites.everyCard, .everyCard)
  }

  /// `nil` where the family leaves an option out: a table split into more shards than there are cards.
  private func assignment(_ sharding: ShardingProblem, _ picks: [(TableMenu.Entry, [Int])]) -> Assignment? {
    var choices = [Assignment.Choice(option: 0, devices: [0])]
    for ((offer, cards), (entries, unit)) in zip(
      picks, zip(sharding.entries, sharding.problem.units.dropFirst()))
    {
      guard let option = entries.firstIndex(where: { $0.choice == offer.choice }) else { return nil }
      let pinned = unit.options[option].shards.map { $0.devices[0] }
      choices.append(.init(option: option, devices: cards.isEmpty ? pinned : cards.map { $0 + 1 }))
    }
    return Assignment(choices: choices)
  }
}
