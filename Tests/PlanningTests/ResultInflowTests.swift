import CostModel
import Graph
import Hardware
import Placement
import Plan
import TestSupport
import Testing

@testable import Planning

/// No placement is faster than the bounds on the latency of its family: each is sought by a climb against the bound.
@Suite struct ResultInflowTests {
  private enum Cards: CaseIterable { case alike, unlike, joined }

  private struct Case {
    var task: PlanningTask
    var kinds: CardKinds
    var menu: TableMenu
    var objective: ShardingObjective
    var skeletons: [DenseSkeleton]

    init(_ task: PlanningTask) {
      self.task = task
      kinds = CardKinds(system: task.system)
      let units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
      menu = TableMenu(
        task: task, kinds: kinds, shardCounts: [2, 3].filter { $0 <= task.system.cards.count })
      let share = ReplicaShares.shares(
        graph: task.graph, cards: Array(task.system.cards.indices), costs: task.costs)
      objective = ShardingObjective(task: task, kinds: kinds, units: units, share: share, menu: menu)
      skeletons = DenseSkeleton.all(task: task, units: units)
    }

    func bound(_ skeleton: DenseSkeleton, leastCards: Int? = nil) -> Double {
      objective.bound(
        bottleneck: 0, skeleton: skeleton, sites: .all(cards: task.system.cards.count), leastCards: leastCards
      )
    }
  }

  private func task(
    _ random: inout SeededRandom, _ cards: Cards, objective: PlanObjective = .latency
  ) throws -> PlanningTask {
    let rows = (0..<7).map { _ in Int.random(in: 1...40, using: &random) * 50_000 }
    let graph = try SampleNets.recommendation(
      rows: rows, batch: 1 << Int.random(in: 0...7, using: &random),
      lookups: rows.map { _ in Int.random(in: 1...60, using: &random) })
    var system = try SystemCatalog.system(cards: cards == .joined ? 4 : Int.random(in: 1...4, using: &random))
    system.peerToPeer = Bool.random(using: &random)
    // All tables in int8 take 32 bytes a row and some more: room for a part of them.
    let bytes = rows.reduce(0, +) * 40
    for card in system.cards.indices {
      let part = Int.random(in: 2...9, using: &random)
      system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + bytes * part / 10
      if cards != .unlike { system.cards[card].processor.dram.bytes = system.cards[0].processor.dram.bytes }
    }
    if cards == .unlike {
      system.cards[0].processor.cores = 2
      system.cards[0].link.bytesPerSecond /= 3
    }
    if Bool.random(using: &random) {
      system.linkCards(
        timesAsFast: Bool.random(using: &random) ? 200 : 0.3, slowing: Bool.random(using: &random) ? 20 : 1)
    }
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
  }

  /// The same task with the costs of its system, which was changed.
  private func costed(_ task: PlanningTask) -> PlanningTask {
    PlanningTask(
      graph: task.graph, system: task.system,
      costs: CostModel(graph: task.graph, system: task.system, options: task.costs.options),
      objective: .latency, latencyBudgetMilliseconds: nil, tablePrecisions: task.tablePrecisions,
      allowsSplits: true, search: task.search)
  }

  /// The fastest placement that a climb over single tables finds.
  private func fastest(
    _ skeleton: DenseSkeleton, _ own: Case, allowed: (TableChoice.Place) -> Bool, _ random: inout SeededRandom
  ) -> Double {
    let task = own.task
    let cards = task.system.cards.count
    let offers = own.menu.entries.map { $0.filter { allowed($0.choice.place) } }
    func pick(_ table: Int) -> (TableMenu.Entry, [Int]) {
      let offer = offers[table][Int.random(in: offers[table].indices, using: &random)]
      guard case .cards(let kind) = offer.choice.place else { return (offer, []) }
      let sites = (0..<cards).filter { own.kinds.kindOfCard[$0] == kind }
      return (offer, offer.pieces.map { _ in sites[Int.random(in: sites.indices, using: &random)] })
    }
    func latency(_ picks: [(TableMenu.Entry, [Int])], sparse: Int) -> Double {
      let placement = ModelPlacement(
        operators: skeleton.operators,
        tables: zip(task.graph.embeddingTables, picks).map { $1.0.choice.placement(of: $0, cards: $1.1) },
        sparseCores: task.system.cards.map { min(sparse, $0.processor.cores - 1) })
      let candidate = Candidate(placement, task: task)
      return candidate.fits ? candidate.loads.latencySeconds : .infinity
    }
    var picks = offers.indices.map { table in
      (offers[table].first { $0.choice.place == .host } ?? offers[table][0], [Int]())
    }
    var best = latency(picks, sparse: 0)
    for _ in 0..<250 {
      var next = picks
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let table = Int.random(in: offers.indices, using: &random)
        next[table] = pick(table)
      }
      let value = latency(next, sparse: Int.random(in: 0...2, using: &random))
      if value <= best { (best, picks) = (value, next) }
    }
    return best
  }

  @Test(arguments: 1...6, Cards.allCases)
  private func noPlacementIsFasterThanItsBound(seed: Int, cards: Cards) throws {
    var random = SeededRandom(seed: UInt64(seed * 31))
    let own = Case(try task(&random, cards))
    for skeleton in own.skeletons where skeleton.freeBytes.allSatisfy({ $0 >= 0 }) {
      let value = fastest(skeleton, own, allowed: { _ in true }, &random)
      #expect(own.bound(skeleton) <= value * (1 + 1e-9), "\(skeleton.before), \(skeleton.after)")
    }
  }

  /// A bound over numbers of cards holds for each.
  @Test(arguments: 1...6) func noPlacementOnFewerCardsIsFaster(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed * 77))
    let whole = try task(&random, .joined)
    let own = Case(whole)
    for count in 1...whole.system.cards.count {
      let part = Case(whole.using(cards: count))
      for (skeleton, ofAll) in zip(part.skeletons, own.skeletons)
      where skeleton.freeBytes.allSatisfy({ $0 >= 0 }) {
        let value = fastest(skeleton, part, allowed: { _ in true }, &random)
        #expect(own.bound(ofAll, leastCards: 1) <= value * (1 + 1e-9), "on \(count): \(skeleton.after)")
      }
    }
  }

  /// The bound that looks at the ways of a model, whatever is copied, single or on the host.
  @Test(arguments: 1...6, Cards.allCases)
  private func noPlacementIsFasterThanItsWays(seed: Int, cards: Cards) throws {
    var random = SeededRandom(seed: UInt64(seed * 13))
    let own = Case(try task(&random, cards))
    let bound = LatencyBound(task: own.task, kinds: own.kinds).bound
    #expect(bound > 0)
    let cards = own.task.system.cards.count
    for skeleton in own.skeletons where skeleton.freeBytes.allSatisfy({ $0 >= 0 }) {
      let value = fastest(skeleton, own, allowed: { _ in true }, &random)
      #expect(bound <= value * (1 + 1e-9), "\(skeleton.before), \(skeleton.after)")
      let card = Int.random(in: 0..<cards, using: &random)
      var single = reading(skeleton, on: card)
      for (index, site) in single.operators.enumerated() where site == .card(card) {
        if Int.random(in: 0..<8, using: &random) == 0 { single.operators[index] = .host }
      }
      let ofSingle = fastest(single, own, allowed: { $0 != .everyCard }, &random)
      #expect(bound <= ofSingle * (1 + 1e-9), "on card \(card)")
    }
  }

  /// One card serves, and what it does not hold is beside it.
  private func reading(_ skeleton: DenseSkeleton, on card: Int) -> DenseSkeleton {
    var single = skeleton
    single.operators = skeleton.operators.map { $0 == .everyCard ? .card(card) : $0 }
    return single
  }

  /// Results that come in by a slow link are what a batch waits for, and the bound says so.
  @Test func theBoundIsNearWhereResultsCountMost() throws {
    var random = SeededRandom(seed: 5)
    var slow = try task(&random, .joined)
    for card in slow.system.cards.indices { slow.system.cards[card].link.bytesPerSecond /= 100 }
    let own = Case(costed(slow))
    for skeleton in own.skeletons where skeleton.after == .everyCard && skeleton.before == .everyCard {
      let value = min(
        fastest(skeleton, own, allowed: { _ in true }, &random),
        fastest(reading(skeleton, on: 0), own, allowed: { $0 != .everyCard }, &random))
      #expect(own.bound(skeleton) <= value * (1 + 1e-9))
      #expect(own.bound(skeleton) >= value * 0.7)
    }
  }

  /// Systems where indices' way from the host counts, as do a card's copies and what it has alone, two partitions: one is read
  /// while the indices of the other come in.
  private func indicesCount(_ seed: Int, _ random: inout SeededRandom) throws -> Case {
    var whole = try task(&random, seed % 3 == 0 ? .unlike : .joined)
    whole.system.uplink.bytesPerSecond *= [0.1, 0.5, 1, 4][seed % 4]
    whole.system.host.processor.cores = 1
    for card in whole.system.cards.indices { whole.system.cards[card].processor.dram.bytes *= 4 }
    return Case(costed(whole))
  }

  @Test(arguments: 1...12) func noPlacementIsFasterThanIndicesLeaveTheHost(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed * 57))
    let own = try indicesCount(seed, &random)
    for skeleton in own.skeletons {
      let value = fastest(skeleton, own, allowed: { _ in true }, &random)
      #expect(own.bound(skeleton) <= value * (1 + 1e-9))
    }
  }

  /// Where indices take long to leave the host, what a batch waits for is little else.
  @Test(arguments: 1...3) func theBoundIsNearWhereIndicesTakeLongToLeave(cards: Int) throws {
    var random = SeededRandom(seed: 3)
    let graph = try SampleNets.recommendation(
      rows: Array(repeating: 50_000, count: 6), batch: 64, lookups: [40], hidden: 1)
    var system = try SystemCatalog.system(cards: cards)
    system.uplink.bytesPerSecond /= 20
    system.host.processor.lookupsPerCorePerSecond /= 1e4
    let own = Case(
      PlanningTask(
        graph: graph, system: system,
        costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
        objective: .latency, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: false,
        search: SearchOptions(gap: 0.01, threads: 1)))
    for skeleton in own.skeletons {
      let value = fastest(skeleton, own, allowed: { _ in true }, &random)
      #expect(own.bound(skeleton) <= value * (1 + 1e-9))
      #expect(own.bound(skeleton) >= value * 0.85)
    }
  }
}
