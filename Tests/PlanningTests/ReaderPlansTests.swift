import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

@Suite struct ReaderPlansTests {
  /// Tables of the given megabytes in int8, on cards of 100 MB.
  private func task(_ megabytes: [Int], cards: Int, lacking: [Int] = []) throws -> PlanningTask {
    var builder = GraphBuilder(name: "tables")
    var read: [GraphBuilder.Value?] = [builder.input("dense", .float32, [16, 64])]
    for (index, size) in megabytes.enumerated() {
      let table = builder.constant("table\(index)", .float32, [size * 1_000_000 / 68, 64])
      let indices = builder.input("indices\(index)", .int64, [16 * 10])
      let lengths = builder.input("lengths\(index)", .int32, [16])
      let sum = builder.add(
        "SparseLengthsSum", [table, indices, lengths], domain: "glow", name: "lookup\(index)")
      builder.declare(sum, .float32, [16, 64])
      read.append(sum)
    }
    builder.output(builder.add("Concat", read, name: "join", attributes: ["axis": .int(1)]))
    let graph = try builder.build().graph
    var system = try SystemCatalog.system("nnpi", cards: cards)
    for card in system.cards.indices {
      system.cards[card].reservedBytes = system.cards[card].processor.dram.bytes - 100_000_000
      if lacking.contains(card) { system.cards[card].unsupportedOperators.append("SparseLengthsSum") }
    }
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: .latency, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true, search: .init(gap: 0.01, threads: 1))
  }

  private func cards(_ placement: ModelPlacement) -> [PlacementSite] {
    placement.tables.map { $0.shards[0].site }
  }

  @Test func theReaderHoldsWhatBringsMostForItsBytes() throws {
    let task = try task([90, 5, 5, 80], cards: 4)
    let plans = ReaderPlans(task: task).placements([.int8])
    #expect(plans.first.map(cards) == [.card(1), .card(0), .card(0), .card(0)])
    for plan in plans { #expect(Candidate(plan, task: task).fits) }
  }

  /// A card that cannot look tables up holds none.
  @Test func holdersLookUpWhatTheyHold() throws {
    let task = try task([90, 80, 70, 60], cards: 4, lacking: [2])
    let plans = ReaderPlans(task: task).placements([.int8, .int4])
    #expect(plans.contains { cards($0).contains(.card(3)) })
    for plan in plans {
      #expect(plan.isRun(task.costs))
      #expect(Candidate(plan, task: task).fits)
    }
    var moved = try #require(plans.first)
    for shard in moved.tables[0].shards.indices { moved.tables[0].shards[shard].site = .card(2) }
    #expect(!moved.isRun(task.costs) && !Candidate(moved, task: task).fits)
  }

  @Test func largeTablesAreNarrowerWhereTheyMustBe() throws {
    let task = try task([90, 80, 70, 60], cards: 2)
    #expect(ReaderPlans(task: task).placements([.int8]).isEmpty)
    let plans = ReaderPlans(task: task).placements([.int8, .int4])
    #expect(!plans.isEmpty)
    for plan in plans { #expect(Candidate(plan, task: task).fits) }
  }

  @Test(arguments: Array(1...24) as [UInt64])
  func noneIsFasterThanIsProven(seed: UInt64) throws {
    let task = try SmallQuestions.task(seed: seed, objective: .latency)
    guard task.hasTables else { return }
    let bound = ScopeFreeBound.prove(task).bound
    for placement in ReaderPlans(task: task).placements(task.tablePrecisions) {
      #expect(placement.tables.allSatisfy { $0.shards.count == 1 })
      #expect(Candidate(placement, task: task).loads.latencySeconds >= bound * (1 - 1e-9))
    }
  }

  /// For whatever objective.
  @Test(arguments: Array(1...24) as [UInt64], [PlanObjective.throughput, .energy])
  func noneIsBetterThanTheAnswer(seed: UInt64, objective: PlanObjective) throws {
    var task = try SmallQuestions.task(seed: seed, objective: objective)
    guard task.hasTables else { return }
    task.search.work = WorkBudget(effort: 0.01)
    let answer = Candidate(try Planner.plan(task).placement, task: task).value(objective)
    for placement in ReaderPlans(task: task).placements(task.tablePrecisions) {
      let plan = Candidate(placement, task: task)
      // A narrower precision must gain 1 %, and the gap is another.
      if plan.fits { #expect(answer <= plan.value(objective) * 1.021) }
    }
  }

  /// Where the gap is open.
  @Test(arguments: [PlanObjective.throughput, .energy])
  func theyAreTriedForWhateverObjective(objective: PlanObjective) throws {
    var task = try task([90, 80, 70, 60, 50], cards: 4)
    task.objective = objective
    task.search.gap = 0.0001
    var ways = Ways(task, clock: SearchClock(task.search))
    ways.run()
    let isClosed = ways.isClosed
    #expect(!isClosed && ways.hasReadOnOneCard)
  }
}
