import Partitioner
import TestSupport
import Testing

@testable import Questions

@Suite struct ReplanTests {
  /// Every step keeps each device within its memory, and the end is what the new plan holds.
  static func checkMoves(_ replan: Replan, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(replan.moves.steps.allSatisfy { $0.bytes > 0 && $0.seconds >= 0 }, sourceLocation: sourceLocation)
    #expect(
      replan.moves.bytes == replan.moves.steps.filter { $0.kind == .load }.reduce(0) { $0 + $1.bytes },
      sourceLocation: sourceLocation)
  }

  @Test func nothingMovesWhereNothingChanged() throws {
    let (plan, model) = try ExplainerTests.planned()
    let replan = try Replan(plan, model: model, change: .init(), work: ExplainerTests.work)
    let first = try #require(replan.frontier.first)
    #expect(first.movedBytes == 0)
    #expect(Moves(from: (plan, model), to: (plan, model)).steps.isEmpty)
    #expect(Partitioner.check(replan.plan, model: model).isEmpty)
  }

  @Test func whatALostCardHadIsLoadedAgain() throws {
    let (plan, model) = try ExplainerTests.planned(cards: 3)
    var system = plan.system
    system.cards.remove(at: 1)
    let replan = try Replan(plan, model: model, change: .init(system: system), work: ExplainerTests.work)
    #expect(Partitioner.check(replan.plan, model: model).isEmpty)
    #expect(replan.plan.request.rules == plan.request.rules)
    #expect(!replan.moves.steps.contains { $0.from == "card1" || $0.to == "card1" })
    Self.checkMoves(replan)
    let points = replan.frontier
    for (a, b) in zip(points, points.dropFirst()) {
      #expect(a.movedBytes <= b.movedBytes && a.objective > b.objective)
    }
    #expect(points.count { $0.isChosen } == 1)
    #expect(ReplanSummary(replan).text.contains("chosen"))
  }

  /// A weight so high that no gain pays for a byte, and none at all.
  @Test func theWeightDecides() throws {
    let (plan, model) = try ExplainerTests.planned(cards: 2)
    var more = plan.system
    var card = try #require(more.cards.last)
    card.name = "card2"
    more.cards.append(card)
    func bytes(_ weight: Double) throws -> Int {
      try Replan(
        plan, model: model, change: .init(system: more), moveWeight: weight, work: ExplainerTests.work
      ).moves.bytes
    }
    #expect(try bytes(1e9) <= bytes(0))
  }

  /// Two tables change places between two devices that are nearly full: one has to go first.
  @Test func aSwapWithoutRoomDropsFirst() throws {
    let (plan, model) = try ExplainerTests.planned()
    var swapped = plan
    for table in swapped.tables.indices {
      for shard in swapped.tables[table].shards.indices {
        let site = swapped.tables[table].shards[shard].site
        swapped.tables[table].shards[shard].site =
          site == "card0" ? "card1" : site == "card1" ? "card0" : site
      }
    }
    var tight = swapped
    for index in tight.predicted.memory.indices {
      let memory = tight.predicted.memory[index]
      tight.predicted.memory[index].capacityBytes = memory.usedBytes
    }
    let moves = Moves(from: (plan, model), to: (tight, model))
    #expect(moves.bytes == Moves(from: (plan, model), to: (swapped, model)).bytes)
    if moves.bytes > 0 { #expect(moves.droppedBytes > 0) }
  }

  @Test func aRateIsServedWithTheFewestBytes() throws {
    let (plan, model) = try ExplainerTests.planned()
    let rate = plan.predicted.throughputPerSecond
    let same = try Replan(plan, model: model, change: .init(rate: rate * 0.5), work: ExplainerTests.work)
    #expect(same.servesRate == true && same.moves.bytes == 0)
    let tooMuch = try Replan(plan, model: model, change: .init(rate: rate * 100), work: ExplainerTests.work)
    #expect(tooMuch.servesRate == false)
  }

  @Test func survival() throws {
    let (plan, model) = try ExplainerTests.planned(cards: 3)
    let losses = try Survival.afterLosingAnyCard(plan, model: model, work: ExplainerTests.work)
    #expect(losses.count == 1)
    #expect(losses[0].batchesPerSecond > 0)
    let alone = Model(graph: try SampleNets.recommendation(rows: [20_000]))
    var system = try Partitioner.system(cards: 1)
    let kept = try Partitioner.plan(alone, on: system)
    #expect(try Survival.afterLosingAnyCard(kept, model: alone, work: ExplainerTests.work).count == 1)
    // A host without room for the table does not go on alone.
    system.host.reservedBytes = system.host.processor.dram.bytes - 100_000
    let one = try Partitioner.plan(alone, on: system)
    #expect(throws: PartitionError.self) {
      try Survival.afterLosingAnyCard(one, model: alone, work: ExplainerTests.work)
    }
  }
}
