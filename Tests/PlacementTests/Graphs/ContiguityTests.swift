import Solvers
import Testing

@testable import Placement

@Suite struct ContiguityTests {
  /// Two chains a -> b and c -> d. {a, d} and {b, c} are both convex, yet each part waits for the other.
  private func problem(order: Problem.Order) -> Problem {
    let devices = (0..<2).map {
      Problem.Device(name: "card \($0)", group: 0, memory: .infinity, baseLoad: [0])
    }
    let units = zip(["a", "b", "c", "d"], [4.0, 2, 3, 1]).map { name, work in
      Problem.Unit(
        name: name,
        options: [.init(name: "card", shards: [.init(devices: [0, 1], loads: [.init(0, work)], memory: 0)])])
    }
    let nets = [(0, 1), (2, 3)].map {
      Problem.Net(producer: $0.0, consumers: [$0.1], out: [[]], incoming: [[]])
    }
    return Problem(
      name: "two chains", devices: devices, lanes: ["time"], units: units, nets: nets, order: order)
  }

  @Test func contiguousMeansAnAcyclicQuotientGraph() throws {
    // Convex parts alone would allow 5 = {a, d} | {b, c}; the acyclic quotient needs 6 = {a, b} | {c, d}.
    let convex = Assignment(choices: [0, 1, 1, 0].map { .init(option: 0, devices: [$0]) })
    let free = ProblemEvaluator.evaluate(problem(order: .free), convex)
    #expect(free.objective == 5 && free.isFeasible)
    let strict = ProblemEvaluator.evaluate(problem(order: .acyclicQuotient), convex)
    #expect(strict.violations == [.cyclicQuotient(devices: ["card 0", "card 1"])])
    let solution = try GraphEngine.solve(problem(order: .acyclicQuotient), options: SearchOptions(gap: 0))
    #expect(solution.certificate.objective == 6)
    #expect(solution.certificate.status == .optimal)
    #expect(GraphInstances.optimum(problem(order: .free)) == 5)
  }
}
