import Solvers
import TestSupport
import Testing

@testable import Placement

/// Net-splits whose program is larger than the work allows.
@Suite struct LargeNetSplitTests {
  /// A chain with side branches: the first and the last unit stay on device 0, device 1 is three times as fast.
  private func chain(units: Int) -> Problem {
    var random = SeededRandom(seed: 4)
    let entries = (0..<units).map { index in
      let work = Double(Int.random(in: 1...9, using: &random)) * 1e-6
      let host = Problem.Option(
        name: "host", shards: [.init(devices: [0], loads: [.init(0, 3 * work)], memory: 1)])
      let card = Problem.Option(
        name: "card", shards: [.init(devices: [1], loads: [.init(0, work)], memory: 1)])
      return Problem.Unit(
        name: "u\(index)", options: index == 0 || index == units - 1 ? [host] : [host, card])
    }
    let amount = [Problem.Amount(1, 1e-6)]
    let nets = (0..<units - 1).map { producer in
      let readers = [producer + 1, min(producer + 3, units - 1)]
      return Problem.Net(
        producer: producer, consumers: Set(readers).sorted(), out: [amount, amount],
        incoming: [amount, amount])
    }
    return Problem(
      name: "chain",
      devices: [0, 1].map {
        .init(name: "d\($0)", group: $0, memory: .infinity, baseLoad: [0, 0])
      }, lanes: ["cores", "link"], units: entries, nets: nets)
  }

  @Test func aLargeProblemHasAPlanAndABound() throws {
    let problem = chain(units: 4_000)
    let solution = try NetSplit.solve(
      problem, options: SearchOptions(gap: 0.001, work: WorkBudget(ticks: 1_000_000_000)))
    let assignment = try #require(solution.assignment)
    let evaluation = ProblemEvaluator.evaluate(problem, assignment)
    #expect(evaluation.isFeasible && evaluation.objective == solution.certificate.objective)
    // The two devices together are four thirds as fast as the card alone.
    let onCard = ProblemEvaluator.evaluate(problem, OneDevicePlans.all(of: problem, on: 1)).objective
    #expect(solution.certificate.bound > 0.7 * onCard && solution.certificate.bound <= evaluation.objective)
    #expect(solution.certificate.ticks < 2_000_000_000)
  }

  @Test func aBlendOfALargeProblemHasABound() throws {
    let problem = chain(units: 4_000)
    let blend = NetSplit.Blend(bottleneck: 1, loads: [[1, 1], [2, 1]])
    let solution = try NetSplit.solve(
      problem, blend: blend, options: SearchOptions(gap: 0.001, work: WorkBudget(ticks: 1_000_000)))
    let objective = try #require(solution.certificate.objective)
    #expect(solution.certificate.bound > 0 && solution.certificate.bound <= objective)
  }

  @Test func joinedNetsChangeNoLoads() throws {
    var problem = chain(units: 6)
    problem.nets += problem.nets.prefix(3).map { net in
      var net = net
      net.out = [[.init(1, 2e-6)], [.init(0, 1e-6)]]
      return net
    }
    let joined = problem.withParallelNetsJoined
    #expect(joined.nets.count == 5 && problem.nets.count == 8)
    for bits in 0..<16 {
      let assignment = Assignment(
        choices: (0..<6).map { unit in
          let device = unit == 0 || unit == 5 ? 0 : bits >> (unit - 1) & 1
          return .init(option: device, devices: [device])
        })
      let (a, b) = (
        ProblemEvaluator.evaluate(problem, assignment), ProblemEvaluator.evaluate(joined, assignment)
      )
      #expect(zip(a.loads.joined(), b.loads.joined()).allSatisfy { abs($0 - $1) < 1e-15 })
    }
  }

  /// However many tensors there are between two units, they are one crossing.
  @Test func manyTensorsBetweenTwoUnitsAreOneCrossing() throws {
    var problem = chain(units: 3)
    let net = problem.nets[0]
    problem.nets += Array(repeating: net, count: 2_000)
    let solution = try NetSplit.solve(problem, options: SearchOptions(gap: 0))
    #expect(solution.certificate.status == .optimal)
    #expect(solution.certificate.ticks < 20_000_000)
  }
}
