import Solvers
import Testing

@testable import Placement

@Suite struct PieceCountBoundTests {
  /// The bounds at the relaxation's prices, before and after pieces are counted.
  private func bounds(_ problem: Problem, below ceiling: Double) throws -> (plain: Double, counted: Double?) {
    var builder = PackingModelBuilder(problem)
    let model = builder.build()
    let table = AggregateTable(model)
    let relaxation = AggregatedBound(model, table: table, solver: SolverName.standard.solver)
    let clock = SearchClock(SearchOptions())
    let result = try relaxation.solve(tolerance: 1e-6, enough: .infinity, clock: clock)
    let counting = PieceCountBound(
      model, table: table, relaxation: relaxation, prices: result.prices, below: ceiling)
    return (result.bound, counting?.raise(result.bound))
  }

  @Test(arguments: OptimizerTruthTests.shapes.indices)
  func neverExceedsTheOptimum(shape: Int) throws {
    var raised = 0
    for seed in 1...OptimizerTruthTests.seeds {
      var problem = SmallInstances.random(seed: UInt64(seed), shape: OptimizerTruthTests.shapes[shape])
      if seed.isMultiple(of: 2) { addFixedParts(&problem) }
      guard let optimum = SmallInstances.optimum(problem)?.bottleneck, optimum > 0 else { continue }
      for ceiling in [optimum, 1.3 * optimum] {
        let bounds = try bounds(problem, below: ceiling)
        guard let counted = bounds.counted else { continue }
        #expect(counted <= optimum * (1 + 1e-12), "seed \(seed)")
        #expect(counted >= bounds.plain || bounds.plain > ceiling, "seed \(seed)")
        if counted > bounds.plain * (1 + 1e-6), counted < ceiling { raised += 1 }
      }
    }
    #expect(raised > OptimizerTruthTests.seeds / 50)
  }

  /// Every load that is not zero becomes larger by the same amount, so that levels tell numbers of pieces apart.
  private func addFixedParts(_ problem: inout Problem) {
    for unit in problem.units.indices {
      for option in problem.units[unit].options.indices {
        for shard in problem.units[unit].options[option].shards.indices {
          for load in problem.units[unit].options[option].shards[shard].loads.indices
          where problem.units[unit].options[option].shards[shard].loads[load].seconds > 0 {
            problem.units[unit].options[option].shards[shard].loads[load].seconds += 20.5
          }
        }
      }
    }
  }

  private func alike(_ loads: [Double], devices: Int) -> Problem {
    let all = Array(0..<devices)
    return Problem(
      name: "counted", devices: all.map { .init(name: "d\($0)", group: 0, memory: 1, baseLoad: [0]) },
      lanes: ["time"],
      units: loads.enumerated().map { index, load in
        .init(
          name: "t\(index)",
          options: [.init(name: "whole", shards: [.init(devices: all, loads: [.init(0, load)], memory: 0)])])
      })
  }

  @Test func levelsDependOnTheNumberOfPieces() throws {
    // The even share is 40.27. A level is a multiple of ten and a tenth a piece; of 8 pieces one device holds 3 or more,
    // and 3 pieces are at 40.3, or at 30.3, which leaves the others more than 40.3.
    let loads = [20, 20, 10, 10, 10, 10, 20, 20].map { $0 + 0.1 }
    let bounds = try bounds(alike(loads, devices: 3), below: 60)
    #expect(bounds.plain < 40.3 && abs((bounds.counted ?? 0) - 40.3) < 1e-6)
  }

  @Test func aPlanWithoutBetterOnesIsProvenOptimal() throws {
    // Two sizes without a common multiple near the even share: too many packings to enumerate.
    let problem = alike(Array(repeating: 3.89, count: 65) + Array(repeating: 5.54, count: 33), devices: 6)
    let certificate = try Optimizer.solve(problem, options: SearchOptions(gap: 0)).certificate
    #expect(certificate.status == .optimal && certificate.provedBy == .pieceCounts)
  }
}
