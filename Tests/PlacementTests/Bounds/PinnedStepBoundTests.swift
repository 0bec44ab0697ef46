import Solvers
import TestSupport
import Testing

@testable import Placement

@Suite struct PinnedStepBoundTests {
  private struct Parts {
    var model: PackingModel
    var table: AggregateTable
    var result: AggregatedBound.Result
    var counting: PinnedStepBound?
    let clock = SearchClock(SearchOptions())

    init(_ problem: Problem, lane: Int = 0) throws {
      var builder = PackingModelBuilder(problem)
      model = builder.build()
      table = AggregateTable(model)
      let relaxation = AggregatedBound(model, table: table, solver: SolverName.standard.solver)
      result = try relaxation.solve(tolerance: 1e-6, enough: .infinity, clock: clock)
      counting = PinnedStepBound(
        model, table: table, relaxation: relaxation, lane: lane, solver: SolverName.standard.solver)
    }
  }

  @Test(arguments: OptimizerTruthTests.shapes.indices) func neverExcludesTheOptimum(shape: Int) throws {
    for seed in 1...max(1, OptimizerTruthTests.seeds / 4) {
      let problem = SmallInstances.random(seed: UInt64(seed), shape: OptimizerTruthTests.shapes[shape])
      guard let optimum = SmallInstances.optimum(problem)?.bottleneck, optimum > 0 else { continue }
      for lane in problem.lanes.indices {
        var parts = try Parts(problem, lane: lane)
        guard !parts.model.units.contains(where: \.options.isEmpty) else { continue }
        for limit in [optimum, optimum * 1.001, optimum * 1.2] {
          let clock = parts.clock
          let verdict = try parts.counting?.excludes(limit, clock: clock)
          if case .excluded = verdict { Issue.record("seed \(seed), lane \(lane)") }
        }
      }
    }
  }

  /// Tables of a few sizes on devices fewer than the large of them; each may be cut over all devices instead.
  static func fewLarge(
    large: [(count: Int, seconds: Double, cut: Double)], small: (count: Int, seconds: Double), devices: Int
  ) -> Problem {
    let all = Array(0..<devices)
    var units: [Problem.Unit] = []
    func add(_ seconds: Double, _ cut: Double) {
      units.append(
        Problem.Unit(
          name: "t\(units.count)",
          options: [
            .init(name: "whole", shards: [.init(devices: all, loads: [.init(0, seconds)], memory: 1)]),
            .init(
              name: "cut", shards: all.map { .init(devices: [$0], loads: [.init(0, cut)], memory: 0.1) }),
          ]))
    }
    for kind in large { for _ in 0..<kind.count { add(kind.seconds, kind.cut) } }
    for _ in 0..<small.count { add(small.seconds, small.seconds) }
    return Problem(
      name: "few large", devices: all.map { .init(name: "d\($0)", group: 0, memory: 100, baseLoad: [0]) },
      lanes: ["time"], units: units)
  }

  /// Twelve tables of 7 on eight devices: at most eight are whole, one each, or two of them are 14. Four are cut: 7 + 4 x 1.5. In
  /// sum a cut table takes more than a whole one, so the average says 84 / 8.
  @Test func largePiecesStandAlone() throws {
    let problem = Self.fewLarge(large: [(12, 7, 1.5)], small: (0, 0), devices: 8)
    let parts = try Parts(problem)
    #expect(parts.result.bound < 10.6)
    var counting = try #require(parts.counting)
    let (bound, choice) = try counting.raise(parts.result.bound, below: 14, gap: 0, clock: parts.clock)
    #expect(bound <= 13 && bound > 12.99 && !choice.isEmpty)
    let certificate = try Optimizer.solve(problem, options: SearchOptions(gap: 0.001)).certificate
    #expect(certificate.objective == 13 && certificate.status == .optimal)
  }

  /// Sixty-four devices, 75 large tables: proven within the gap although no search could enumerate it.
  @Test func manyDevicesAreProven() throws {
    let problem = Self.fewLarge(
      large: [(15, 1.03, 0.028), (26, 0.94, 0.025), (14, 0.85, 0.023), (20, 0.75, 0.02)], small: (300, 0.015),
      devices: 64)
    let certificate = try Optimizer.solve(
      problem, options: SearchOptions(gap: 0.01, work: WorkBudget(ticks: 3_000_000_000))
    ).certificate
    #expect(certificate.status == .optimal && certificate.provedBy == .largePieces)
  }

  @Test func weightsOfPiecesThatFitAddUpToOne() throws {
    var found = 0
    for seed in 1...200 {
      var random = SeededRandom(seed: UInt64(seed))
      let sizes = (0..<Int.random(in: 2...40, using: &random)).map { _ in
        Double.random(in: 0.1...1, using: &random)
      }
      let weights = try SlotWeights.against(
        sizes.map { ($0, 1) }, room: 1, devices: Double(sizes.count) * 0.4,
        solver: SolverName.standard.solver,
        clock: SearchClock(SearchOptions()))
      guard let weights else { continue }
      found += 1
      #expect(sizes.reduce(0) { $0 + weights.weight($1) } > Double(sizes.count) * 0.4)
      #expect(weights.most(within: 1) <= 1 + 1e-9)
      for _ in 0..<200 {
        var (sum, weight) = (0.0, 0.0)
        while true {
          let size =
            Bool.random(using: &random)
            ? sizes.randomElement(using: &random) ?? 1 : Double.random(in: 0.01...1, using: &random)
          sum += size
          if sum > 1 { break }
          weight += weights.weight(size)
        }
        #expect(weight <= 1 + 1e-9, "seed \(seed)")
      }
    }
    #expect(found > 30)
  }
}
