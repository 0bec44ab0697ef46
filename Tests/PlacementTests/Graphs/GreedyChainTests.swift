import Solvers
import Testing

@testable import Placement

@Suite struct GreedyChainTests {
  /// A chain that no single device holds, on devices of two kinds.
  private func chain(units: Int, memory: Double) -> Problem {
    let entries = (0..<units).map { index in
      Problem.Unit(
        name: "u\(index)",
        options: [
          .init(name: "card", shards: [.init(devices: [0, 1, 2], loads: [.init(0, 1)], memory: 1)]),
          .init(name: "host", shards: [.init(devices: [3], loads: [.init(0, 9)], memory: 1)]),
        ], colour: index % 10 == 0 ? index / 20 : nil)
    }
    let nets = (0..<units - 1).map {
      Problem.Net(producer: $0, consumers: [$0 + 1], out: [[], []], incoming: [[], []])
    }
    return Problem(
      name: "chain",
      devices: (0..<4).map {
        .init(name: "d\($0)", group: $0 / 3, memory: $0 == 3 ? 10 : memory, baseLoad: [0])
      }, lanes: ["time"], units: entries, nets: nets, order: .acyclicQuotient)
  }

  @Test func thePlansFit() {
    let problem = chain(units: 300, memory: 120)
    let values = GreedyChain.assignments(problem).map { ProblemEvaluator.evaluate(problem, $0) }
      .filter(\.isFeasible).map(\.objective)
    #expect(values.min().map { $0 <= 120 } ?? false)
  }

  /// Even a search without any time or work answers with one of them.
  @Test(arguments: [SearchOptions(timeLimit: 0), SearchOptions(work: WorkBudget(ticks: 0))])
  func aLargeModelHasAPlanAtOnce(options: SearchOptions) throws {
    let problem = chain(units: GraphEngine.largestLatticeModel + 1, memory: 2_000)
    let solution = try GraphEngine.solve(problem, options: options)
    let assignment = try #require(solution.assignment)
    #expect(ProblemEvaluator.evaluate(problem, assignment).isFeasible)
  }

  @Test func unitsWithoutRoomMakeNoPlan() {
    #expect(
      GreedyChain.assignments(chain(units: 300, memory: 50)).allSatisfy {
        !ProblemEvaluator.evaluate(chain(units: 300, memory: 50), $0).isFeasible
      })
  }
}
