import Foundation
import Solvers
import TestSupport
import Testing

@testable import Placement

/// The shipped instances, whose optima come from elsewhere: see `solver/instances/README.md`.
@Suite struct InstanceTests {
  private struct Optimum: Decodable {
    var optimum: Double
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../solver/instances")

  static let names: [String] = (try? optima().keys.sorted()) ?? []

  private static func optima() throws -> [String: Optimum] {
    try JSONDecoder().decode(
      [String: Optimum].self, from: Data(contentsOf: folder.appending(path: "optima.json")))
  }

  private func instance(_ name: String) throws -> (problem: Problem, optimum: Double) {
    let bytes = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
    return (try ProblemFile.read(bytes), try #require(try Self.optima()[name]).optimum)
  }

  /// Proven, and as good as the optimum to within `gap`.
  private func expect(_ problem: Problem, reaches optimum: Double, gap: Double = 1e-9) throws {
    let solution = try Optimizer.solve(problem, options: SearchOptions(gap: gap))
    let certificate = solution.certificate
    let objective = try #require(certificate.objective)
    #expect(
      objective >= optimum * (1 - 1e-9) && objective <= optimum * (1 + gap + 1e-9))
    #expect(certificate.bound <= optimum * (1 + 1e-9) && certificate.bound >= optimum * (1 - gap - 1e-9))
    let evaluation = ProblemEvaluator.evaluate(problem, try #require(solution.assignment))
    #expect(evaluation.isFeasible && abs(evaluation.objective - objective) <= 1e-12)
  }

  @Test func thereAreInstances() { #expect(Self.names.count >= 8) }

  @Test(arguments: names) func theOptimumIsFoundAndProven(name: String) throws {
    let (problem, optimum) = try instance(name)
    try expect(problem, reaches: optimum)
  }

  /// Seconds in other units.
  @Test(arguments: names) func theOptimumScalesWithTheSeconds(name: String) throws {
    var (problem, optimum) = try instance(name)
    problem.scaleSeconds(by: 1e-6)
    try expect(problem, reaches: 1e-6 * optimum)
  }

  /// What is placed, in another order, on devices in another order.
  @Test(arguments: names) func theOrderOfUnitsAndDevicesDoesNotMatter(name: String) throws {
    let (problem, optimum) = try instance(name)
    var random = SeededRandom(seed: 9)
    try expect(
      problem.permuted(
        units: problem.units.indices.shuffled(using: &random),
        devices: problem.devices.indices.shuffled(using: &random)), reaches: optimum)
  }

  /// A device more is never worse: the answer's bound says so without its plan.
  @Test(arguments: names) func anotherDeviceIsNeverWorse(name: String) throws {
    var (problem, optimum) = try instance(name)
    guard let last = problem.devices.last else { return }
    let added = problem.devices.count
    problem.devices.append(last)
    problem.devices[added].name = "another"
    for unit in problem.units.indices {
      for option in problem.units[unit].options.indices {
        for shard in problem.units[unit].options[option].shards.indices
        where problem.units[unit].options[option].shards[shard].devices.last == added - 1 {
          problem.units[unit].options[option].shards[shard].devices.append(added)
        }
      }
    }
    let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0.001))
    #expect(try #require(solution.certificate.objective) <= optimum * 1.001)
  }
}

extension Problem {
  /// The same with all seconds multiplied.
  fileprivate mutating func scaleSeconds(by factor: Double) {
    func scale(_ amounts: inout [Amount]) {
      for index in amounts.indices { amounts[index].seconds *= factor }
    }
    for device in devices.indices {
      for lane in devices[device].baseLoad.indices { devices[device].baseLoad[lane] *= factor }
    }
    for unit in units.indices {
      for option in units[unit].options.indices {
        scale(&units[unit].options[option].shared)
        for shard in units[unit].options[option].shards.indices {
          scale(&units[unit].options[option].shards[shard].loads)
        }
      }
    }
    for net in nets.indices {
      for group in nets[net].out.indices { scale(&nets[net].out[group]) }
      for group in nets[net].incoming.indices { scale(&nets[net].incoming[group]) }
    }
  }

  /// The same with units and devices in another order.
  ///
  /// - Parameters:
  ///   - unitOrder: By place: the unit that comes there; likewise for devices.
  fileprivate func permuted(units unitOrder: [Int], devices deviceOrder: [Int]) -> Problem {
    func inverse(_ order: [Int]) -> [Int] { order.indices.sorted { order[$0] < order[$1] } }
    let (unitPlace, devicePlace) = (inverse(unitOrder), inverse(deviceOrder))
    var permuted = self
    permuted.devices = deviceOrder.map { devices[$0] }
    permuted.units = unitOrder.map { units[$0] }
    for unit in permuted.units.indices {
      for option in permuted.units[unit].options.indices {
        for shard in permuted.units[unit].options[option].shards.indices {
          permuted.units[unit].options[option].shards[shard].devices =
            permuted.units[unit].options[option].shards[shard].devices.map { devicePlace[$0] }.sorted()
        }
      }
    }
    for net in permuted.nets.indices {
      permuted.nets[net].producer = unitPlace[nets[net].producer]
      permuted.nets[net].consumers = nets[net].consumers.map { unitPlace[$0] }
    }
    permuted.apart = apart.map { $0.map { unitPlace[$0] } }
    for limit in permuted.limits.indices {
      permuted.limits[limit].units = limits[limit].units.map { unitPlace[$0] }
      permuted.limits[limit].devices = limits[limit].devices.map { devicePlace[$0] }
    }
    return permuted
  }
}
