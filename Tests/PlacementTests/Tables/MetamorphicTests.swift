import Solvers
import TestSupport
import Testing

@testable import Placement

/// What must hold between the answers to two problems of real size, whose optima nobody knows.
@Suite struct MetamorphicTests {
  private static let gap = 0.01

  /// Tables of many sizes on alike devices, some of them larger than the even share.
  private func problem(_ seed: Int) -> Problem {
    var random = SeededRandom(seed: UInt64(seed))
    let devices = [6, 16, 40][seed % 3]
    let large = (0..<devices + 4).map { _ in
      (1, Double.random(in: 0.3...2, using: &random), Double.random(in: 0.02...0.06, using: &random))
    }
    var problem = PinnedStepBoundTests.fewLarge(
      large: large, small: (60, 0.02), devices: devices)
    for unit in problem.units.indices {
      let bytes = Double(Int.random(in: 1...9, using: &random))
      problem.units[unit].options[0].shards[0].memory = bytes
    }
    for device in problem.devices.indices { problem.devices[device].memory = 30 + 500 / Double(devices) }
    return problem
  }

  private func solve(_ problem: Problem) throws -> Certificate {
    let solution = try Optimizer.solve(
      problem, options: SearchOptions(gap: Self.gap, work: WorkBudget(ticks: 500_000_000)))
    let assignment = try #require(solution.assignment)
    let evaluation = ProblemEvaluator.evaluate(problem, assignment)
    #expect(evaluation.isFeasible && evaluation.objective == solution.certificate.objective)
    #expect(solution.certificate.bound <= evaluation.objective)
    return solution.certificate
  }

  /// Neither answer may be further from the other than their own gaps allow.
  private func expectEqualOptima(_ a: Certificate, _ b: Certificate, _ factor: Double, _ seed: Int) {
    #expect(a.bound <= (b.objective ?? 0) / factor * (1 + 1e-9), "seed \(seed)")
    #expect(b.bound <= (a.objective ?? 0) * factor * (1 + 1e-9), "seed \(seed)")
  }

  @Test(arguments: 1...6) func theOrderOfUnitsAndTheUnitOfTimeDecideNothing(seed: Int) throws {
    let problem = problem(seed)
    let answer = try solve(problem)
    var permuted = problem
    var random = SeededRandom(seed: UInt64(seed))
    permuted.units.shuffle(using: &random)
    expectEqualOptima(answer, try solve(permuted), 1, seed)
    var scaled = problem
    for unit in scaled.units.indices {
      for option in scaled.units[unit].options.indices {
        for shard in scaled.units[unit].options[option].shards.indices {
          scaled.units[unit].options[option].shards[shard].loads[0].seconds *= 0x1p-10
        }
      }
    }
    let small = try solve(scaled)
    expectEqualOptima(answer, small, 0x1p-10, seed)
    let ratio = (small.objective ?? 0) / (answer.objective ?? 1) * 0x1p10
    #expect(abs(ratio - 1) <= Self.gap)
  }

  /// An idle device, more bytes or one option more leave every assignment allowed.
  @Test(arguments: 1...6) func moreOfAnythingIsNeverWorse(seed: Int) throws {
    let problem = problem(seed)
    let before = try #require(try solve(problem).objective)
    var wider = problem
    wider.devices.append(wider.devices[0])
    for unit in wider.units.indices {
      wider.units[unit].options[0].shards[0].devices.append(problem.devices.count)
    }
    var roomier = problem
    for device in roomier.devices.indices { roomier.devices[device].memory *= 1.1 }
    var freer = problem
    for unit in freer.units.indices.prefix(20) {
      let whole = freer.units[unit].options[0].shards[0]
      freer.units[unit].options.append(
        .init(
          name: "halves",
          shards: [
            .init(
              count: 2, devices: whole.devices, loads: [.init(0, whole.loads[0].seconds * 0.52)],
              memory: whole.memory / 2)
          ]))
    }
    for more in [wider, roomier, freer] {
      let after = try solve(more)
      #expect((after.objective ?? .infinity) <= before * (1 + Self.gap), "seed \(seed)")
    }
  }

  @Test func aStartIsNeverWorsened() throws {
    let problem = problem(2)
    let good = try #require(
      try Optimizer.solve(problem, options: SearchOptions(work: WorkBudget(ticks: 500_000_000))).assignment)
    var options = SearchOptions(gap: 0, work: WorkBudget(ticks: 1_000_000))
    options.start = good
    let again = try Optimizer.solve(problem, options: options).certificate
    #expect((again.objective ?? .infinity) <= ProblemEvaluator.evaluate(problem, good).objective)
  }
}
