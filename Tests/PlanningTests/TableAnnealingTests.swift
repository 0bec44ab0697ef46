import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// What annealing makes of arrangements: allowed, no worse, the same every time, and with the loads of the lowering.
@Suite struct TableAnnealingTests {
  @Test(arguments: 1...4)
  func improvesWithinMemory(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = (0..<24).map { _ in Int.random(in: 10...900, using: &random) * 40_000 }
    let graph = try SampleNets.recommendation(rows: rows)
    let system = try SystemCatalog.system(cards: 3)
    let sample = ShardingSample(graph, system)
    let skeleton = try #require(
      DenseSkeleton.all(task: sample.task, units: sample.units).first {
        $0.after == .everyCard && $0.before == .everyCard
      })
    // Every table whole and in int4 on the cards in turn.
    let picks = try sample.menu.entries.map { entries in
      try #require(
        entries.firstIndex {
          $0.choice.place == .cards(kind: 0) && $0.choice.split == .whole && $0.choice.precision == .int4
        })
    }
    let start = TableArrangement(
      entries: sample.menu.entries, picks: picks, cards: rows.indices.map { [$0 % 3] },
      loads: sample.loads(skeleton))
    try #require(start.fits)
    func anneal() -> TableArrangement {
      var annealing = TableAnnealing(start, goal: start.bottleneck / 3, allowed: 0..<3, seed: 7) { _ in true }
      annealing.run(rounds: 1, clock: SearchClock(SearchOptions()))
      return annealing.best
    }
    let end = anneal()
    #expect(end.fits)
    #expect(end.bottleneck < start.bottleneck * 0.95)
    let again = anneal()
    #expect(end.picks == again.picks && end.cards == again.cards)
    let candidate = Candidate(end.placement(skeleton, graph: graph, groups: 1), task: sample.task)
    #expect(candidate.fits)
    #expect(abs((candidate.loads.loads.max() ?? 0) - end.bottleneck) <= 1e-9 * end.bottleneck)
  }
}
