import Placement
import Solvers
import Testing

/// Small cases with known answers on which simple partitioners fail.
@Suite struct KnownCasesTests {
  private func packing(sizes: [Double], costs: [Double]? = nil, cards: Int, capacity: Double) -> Problem {
    let all = Array(0..<cards)
    return Problem(
      name: "packing",
      devices: all.map { .init(name: "card\($0)", group: 0, memory: capacity, baseLoad: [0]) },
      lanes: ["cost"],
      units: sizes.enumerated().map { index, size in
        .init(
          name: "t\(index)",
          options: [
            .init(
              name: "whole",
              shards: [.init(devices: all, loads: [.init(0, costs?[index] ?? 0)], memory: size)])
          ])
      })
  }

  @Test(arguments: [([1.0, 1, 3, 3], 4.0), ([3.0, 3, 2, 2, 2], 6.0)] as [([Double], Double)])
  func exactFitsAreFound(sizes: [Double], capacity: Double) throws {
    let problem = packing(sizes: sizes, cards: 2, capacity: capacity)
    let solution = try Optimizer.solve(problem, options: SearchOptions())
    let assignment = try #require(solution.assignment)
    let evaluation = ProblemEvaluator.evaluate(problem, assignment)
    #expect(evaluation.isFeasible && evaluation.memory == [capacity, capacity])
  }

  @Test func costsAreSpreadAndNotOnlySizes() throws {
    let problem = packing(sizes: [8, 7, 6, 5], costs: [1, 100, 100, 1], cards: 2, capacity: 20)
    let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
    #expect(solution.certificate.objective == 101 && solution.certificate.status == .optimal)
  }

  @Test func aUnitLargerThanEveryCardIsRefused() throws {
    let solution = try Optimizer.solve(
      packing(sizes: [3, 9], cards: 3, capacity: 8), options: SearchOptions())
    #expect(solution.certificate.status == .infeasible && solution.assignment == nil)
  }

  @Test func threePiecesOfTwoThirdsNeedThreeCards() throws {
    // The sum of memory fits two cards; no packing does, which only the search can prove.
    let solution = try Optimizer.solve(
      packing(sizes: [4, 4, 4], cards: 2, capacity: 6), options: SearchOptions())
    #expect(solution.certificate.status == .infeasible)
    #expect(
      try Optimizer.solve(packing(sizes: [4, 4, 4], cards: 3, capacity: 6), options: SearchOptions())
        .assignment != nil)
  }

  @Test func anEmptyProblemCostsItsBaseLoads() throws {
    var problem = packing(sizes: [], cards: 2, capacity: 1)
    problem.devices[1].baseLoad = [3]
    let certificate = try Optimizer.solve(problem, options: SearchOptions()).certificate
    #expect(certificate.objective == 3 && certificate.bound == 3 && certificate.status == .optimal)
    problem.devices = []
    #expect(try Optimizer.solve(problem, options: SearchOptions()).certificate.objective == 0)
    problem.units = packing(sizes: [1], cards: 1, capacity: 1).units
    problem.units[0].options[0].shards[0].devices = []
    #expect(try Optimizer.solve(problem, options: SearchOptions()).certificate.status == .infeasible)
  }
}
