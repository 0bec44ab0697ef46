import Solvers
import TestSupport
import Testing

@testable import Placement

@Suite struct SplitLadderTests {
  /// The plain greedy: the largest tables are cut over all devices, the rest goes longest first to the least loaded.
  private func plain(_ problem: Problem, cuts: Int) -> Double {
    let whole = problem.units.map { $0.options[0].shards[0].loads[0].seconds }
    let order = whole.indices.sorted { (whole[$0], $1) > (whole[$1], $0) }
    var loads = problem.devices.map { $0.baseLoad[0] }
    for unit in order.prefix(cuts) {
      for device in loads.indices {
        loads[device] += problem.units[unit].options[1].shards[device].loads[0].seconds
      }
    }
    for unit in order.dropFirst(cuts) {
      let device = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      loads[device] += whole[unit]
    }
    return loads.max() ?? 0
  }

  private func random(_ seed: Int) -> Problem {
    var random = SeededRandom(seed: UInt64(seed))
    let devices = [8, 24, 64][seed % 3]
    let large = (0..<Int.random(in: devices...devices * 3 / 2, using: &random)).map { _ in
      (1, Double.random(in: 0.5...2, using: &random), Double.random(in: 0.02...0.05, using: &random))
    }
    return PinnedStepBoundTests.fewLarge(
      large: large, small: (Int.random(in: 0...500, using: &random), 0.01), devices: devices)
  }

  @Test func firstPackingsAreNearThePlainGreedysBest() {
    for seed in 1...12 {
      let problem = random(seed)
      var builder = PackingModelBuilder(problem)
      let model = builder.build()
      let options = SearchOptions()
      let clock = SearchClock(options)
      let incumbent = Incumbent(problem, options, clock)
      SplitLadder(model, offers: PackingOffers(incumbent), clock: clock).run()
      let best = (0...problem.units.count).map { plain(problem, cuts: $0) }.min() ?? 0
      #expect(incumbent.objective <= best * 1.02, "seed \(seed)")
    }
  }

  @Test func theAnswerBeatsThePlainGreedy() throws {
    for seed in 1...6 {
      let problem = random(seed)
      let best = (0...problem.units.count).map { plain(problem, cuts: $0) }.min() ?? 0
      let solution = try Optimizer.solve(
        problem, options: SearchOptions(work: WorkBudget(ticks: 1_000_000_000)))
      #expect((solution.certificate.objective ?? .infinity) <= best * (1 + 1e-12), "seed \(seed)")
    }
  }

  @Test func amongEqualUnitsEachOptionKeepsItsShare() {
    let problem = PinnedStepBoundTests.fewLarge(large: [(20, 1, 0.1)], small: (10, 0.01), devices: 4)
    var builder = PackingModelBuilder(problem)
    let model = builder.build()
    let table = AggregateTable(model)
    var fractions = Array(repeating: 0.0, count: table.optionCount)
    for unit in model.units.indices {
      let first = table.firstOption[unit]
      fractions[first] = unit < 20 ? 0.4 : 1
      if unit < 20 { fractions[first + 1] = 0.6 }
    }
    let rounding = SystematicRounding(model, table: table, fractions: fractions)
    #expect(rounding.options(extra: 0).count { $0 == 1 } == 12)
    #expect(rounding.options(extra: 2).count { $0 == 1 } > 12)
  }
}
