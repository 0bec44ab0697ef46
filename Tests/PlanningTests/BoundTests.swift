import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// Bounds and plans against every placement there is, lowered and added up as the verifier does it.
@Suite struct BoundTests {
  private func task(
    _ graph: Graph, cards: Int, objective: PlanObjective = .throughput, gap: Double = 0.001,
    _ change: (inout System) -> Void = { _ in }
  ) throws -> PlanningTask {
    var system = try SystemCatalog.system(cards: cards)
    change(&system)
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true, search: SearchOptions(gap: gap, threads: 1))
  }

  /// Every choice of host, copies and single cards for each table, under every dense skeleton.
  private func leastShardingValue(_ task: PlanningTask) -> Double {
    let kinds = CardKinds(system: task.system)
    let units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    var sites: [PlacementSite] = [.host, .everyCard]
    sites += task.system.cards.indices.map { .card($0) }
    let perTable = sites.flatMap { site in task.tablePrecisions.map { (site, $0) } }
    let tables = task.graph.embeddingTables
    var best = Double.infinity
    for skeleton in DenseSkeleton.all(task: task, units: units) {
      var picks = Array(repeating: 0, count: tables.count)
      var isDone = false
      while !isDone {
        let placed = zip(tables, picks).map { table, pick in
          TablePlacement(
            format: TableFormat(precision: perTable[pick].1), split: .whole,
            shards: [.init(site: perTable[pick].0, rows: 0..<table.rows, columns: 0..<table.dimension)])
        }
        let candidate = Candidate(
          ModelPlacement(
            operators: skeleton.operators, tables: placed,
            sparseCores: task.system.cards.map { _ in 0 }), task: task)
        if candidate.fits { best = min(best, candidate.value(task.objective)) }
        var position = 0
        while position < picks.count {
          picks[position] += 1
          if picks[position] < perTable.count { break }
          picks[position] = 0
          position += 1
        }
        isDone = position == picks.count
      }
    }
    return best
  }

  @Test(arguments: [1, 2, 3], PlanObjective.allCases)
  func shardingBoundsHoldAndPlansAreNearTheBest(seed: Int, objective: PlanObjective) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let rows = (0..<3).map { _ in Int.random(in: 1...60, using: &random) * 1_000_000 }
    let graph = try SampleNets.recommendation(rows: rows, lookups: [1 + seed * 3, 8, 20])
    let task = try task(graph, cards: 2, objective: objective) { system in
      for card in system.cards.indices { system.cards[card].processor.dram.bytes = 4_000_000_000 }
    }
    let planner = ShardingPlanner(task: task, clock: SearchClock(task.search))
    var incumbents = Incumbents(task)
    let proof = try planner.plan(into: &incumbents)
    let value = try #require(incumbents.best).value(objective)
    let best = leastShardingValue(task)
    #expect(best.isFinite)
    #expect(proof.bound <= best * (1 + 1e-9))
    #expect(proof.bound > 0)
    // The relaxation holds for one card in use as well.
    let fewest = min(best, leastShardingValue(task.using(cards: 1)))
    #expect(planner.relaxation(leastCards: 1) <= fewest * (1 + 1e-9))
    #expect(planner.relaxation() <= best * (1 + 1e-9))
    // Splits and divided cores are beyond the enumeration, so the plan may be better than its best.
    if objective == .throughput { #expect(value <= best * 1.02) }
  }

  /// Many look-ups of small tables, whose results fill the links: the fewer cards, the less each of them takes in at most.
  ///
  /// - Parameter linked: How many times as fast as the others links between cards are; 0 for none, and -1 for the way through the host.
  @Test(arguments: [1, 2, 3, 4], [0, -1, 0.3, 20])
  func relaxationHoldsFromTwoCardsOn(seed: Int, linked: Double) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let rows = (0..<2).map { _ in Int.random(in: 40...60, using: &random) * 1_000_000 }
    let graph = try SampleNets.recommendation(rows: rows, lookups: [1, 2])
    let task = try task(graph, cards: 4, objective: .throughput) { system in
      system.peerToPeer = linked >= 0
      for card in system.cards.indices {
        system.cards[card].link.bytesPerSecond /= 50
        system.cards[card].processor.dram.bytes = 4_000_000_000
      }
      if linked > 0 { system.linkCards(timesAsFast: linked) }
    }
    let planner = ShardingPlanner(task: task, clock: SearchClock(task.search))
    let least = (2...4).map { leastShardingValue(task.using(cards: $0)) }.min() ?? 0
    let bound = planner.relaxation(leastCards: 2)
    #expect(least.isFinite && bound <= least * (1 + 1e-9))
    #expect(bound >= planner.relaxation(leastCards: 1))
  }

  /// Every division of a chain between host and cards with at most so many turns.
  private func leastChainValue(_ task: PlanningTask, turns: Int) -> Double {
    let count = task.graph.operators.count
    var best = Double.infinity
    for mask in 0..<(1 << count) {
      let sites = (0..<count).map { mask >> $0 & 1 == 1 ? PlacementSite.everyCard : .host }
      let taken = zip([.host] + sites, sites).count { $0 != $1 }
      let isSupported = sites.indices.allSatisfy {
        sites[$0] == .host || task.costs.supports(OperatorID($0), card: 0)
      }
      guard taken <= turns, isSupported else { continue }
      let candidate = Candidate(
        ModelPlacement(operators: sites, tables: [], sparseCores: task.system.cards.map { _ in 0 }),
        task: task)
      if candidate.fits { best = min(best, candidate.value(task.objective)) }
    }
    return best
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6], [1, 3])
  func netSplitBoundsHold(seed: Int, cards: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let isSupported = seed % 2 == 0
    let graph = try SampleNets.chain(
      length: 6, width: 64 * Int.random(in: 1...20, using: &random),
      batch: 1 << Int.random(in: 0...6, using: &random),
      middle: "Softmax")
    let task = try task(graph, cards: cards) { system in
      for card in system.cards.indices where !isSupported {
        system.cards[card].unsupportedOperators = ["Softmax"]
      }
    }
    let planned = try Planner.plan(task)
    let value = Candidate(planned.placement, task: task).value(.throughput)
    let best = leastChainValue(task, turns: isSupported ? 2 : 4)
    #expect(planned.bound <= best * (1 + 1e-9))
    #expect(value <= best * 1.01)
  }

  /// What makes up its input, or is read by nobody, needs no command on a link.
  @Test(arguments: [true, false], [true, false])
  func whatIsNotSentIsNotCharged(reads: Bool, isRead: Bool) throws {
    var builder = GraphBuilder(name: "closed")
    var value = builder.input("input", .float32, [2, 2])
    if !reads { value = builder.add("RandomUniform", [], attributes: ["shape": .ints([2, 2])]) }
    for _ in 0..<2 { value = builder.add("Relu", [value]) }
    if isRead { builder.output(value) }
    let task = try task(builder.build().graph, cards: 2)
    let planned = try Planner.plan(task)
    let best = leastChainValue(task, turns: 2)
    #expect(planned.bound <= best * (1 + 1e-9))
    #expect(Candidate(planned.placement, task: task).value(.throughput) <= best * 1.01)
  }

  @Test func aShortageIsToldWithNumbersAndRemedies() throws {
    let graph = try SampleNets.recommendation(rows: [4_000_000_000, 2_000_000_000])
    let task = try task(graph, cards: 2)
    #expect {
      try Planner.plan(task)
    } throws: { error in
      guard case .infeasible(let reasons) = error as? PlanningFailure else { return false }
      return snapshotDifference(reasons.joined(separator: "\n") + "\n", named: "shortage.txt") == nil
    }
  }

  /// Every card holds all tables, but which of them to copy, to keep on the host or to store smaller is a question that
  /// whole copies alone leave open.
  @Test(arguments: 1...3)
  func copiesOfManyTablesAreProvenNearTheBest(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = (0..<200).map { _ in Int.random(in: 1...200, using: &random) * 10_000 }
    let lookups = (0..<200).map { _ in Int.random(in: 1...120, using: &random) }
    let graph = try SampleNets.recommendation(rows: rows, width: 64, batch: 64, lookups: lookups)
    let system = try SystemCatalog.system("h100")
    let task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true, search: SearchOptions(gap: 0.01, threads: 1))
    let planned = try Planner.plan(task)
    let value = Candidate(planned.placement, task: task).value(.throughput)
    #expect(planned.bound <= value * (1 + 1e-9))
    #expect(value - planned.bound <= 0.01 * value)
  }

  /// Ids of all tables in one tensor, cut apart where they are looked up.
  @Test func indicesThatOperatorsMakeAreNotChargedTwice() throws {
    var builder = GraphBuilder(name: "stacked ids")
    let (tables, batch, width) = (8, 64, 64)
    let ids = builder.input("ids", .int64, [tables, batch * 32])
    let lengths = builder.input("lengths", .int32, [batch])
    let sums = (0..<tables).map { index -> GraphBuilder.Value? in
      let row = builder.constant("row\(index)", .int64, [])
      let indices = builder.add("Gather", [ids, row], name: "cut\(index)", attributes: ["axis": .int(0)])
      builder.declare(indices, .int64, [batch * 32])
      let table = builder.constant("table\(index)", .float32, [10_000, width])
      let sum = builder.add(
        "SparseLengthsSum", [table, indices, lengths], domain: "glow", name: "sum\(index)")
      builder.declare(sum, .float32, [batch, width])
      return sum
    }
    let joined = builder.add("Concat", sums, name: "join", attributes: ["axis": .int(1)])
    let weights = builder.constant("weights", .float32, [tables * width, 8])
    builder.output(builder.add("MatMul", [joined, weights], name: "top"))
    let graph = try builder.build().graph
    let system = try SystemCatalog.system(cards: 6)
    let task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 24)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    #expect(graph.embeddingTables.count == tables)
    var least = Double.infinity
    for cores in 0..<system.cards[0].processor.cores {
      let placement = ModelPlacement(
        operators: graph.operators.map { _ in .everyCard },
        tables: graph.embeddingTables.map { table in
          .init(
            format: .int8, split: .whole,
            shards: [.init(site: .everyCard, rows: 0..<table.rows, columns: 0..<table.dimension)])
        }, sparseCores: system.cards.map { _ in cores })
      least = min(least, Candidate(placement, task: task).value(.throughput))
    }
    let relaxation = ShardingPlanner(task: task, clock: SearchClock(task.search)).relaxation()
    #expect(relaxation <= least * (1 + 1e-9))
    let planned = try Planner.plan(task)
    #expect(planned.defect == nil)
    #expect(planned.bound <= least * (1 + 1e-9))
  }
}
