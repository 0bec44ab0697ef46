import Solvers
import TestSupport
import Testing

@testable import Placement

/// What must hold between the answers to two problems with nets or rules of real size, whose optima nobody knows.
@Suite struct MetamorphicGraphTests {
  private static let gap = 0.02

  enum Kind: CaseIterable { case free, contiguous, latency, split, ruled }

  /// A chain with branches on a host and three cards, or on a host and all cards as one.
  private func problem(_ kind: Kind, _ seed: Int) -> Problem {
    var random = SeededRandom(seed: UInt64(seed))
    let cards = kind == .split ? 1 : 3
    let count = kind == .latency ? 30 : kind == .ruled ? 24 : 48
    var devices = [Problem.Device(name: "host", group: 0, memory: .infinity, baseLoad: [0])]
    for card in 0..<cards {
      devices.append(
        .init(name: "card \(card)", group: 1, memory: 2.4 * Double(count) / Double(cards), baseLoad: [0]))
    }
    let units = (0..<count).map { index -> Problem.Unit in
      let work = Double.random(in: 0.1...1, using: &random)
      let size = Double(Int.random(in: 1...3, using: &random))
      var options = [
        Problem.Option(
          name: "host",
          shards: [
            .init(
              devices: [0], loads: [.init(0, work * Double.random(in: 3...9, using: &random))], memory: size)
          ])
      ]
      if Int.random(in: 0..<12, using: &random) > 0 {
        options.append(
          .init(
            name: "card",
            shards: [.init(devices: Array(1...cards), loads: [.init(0, work)], memory: size)]))
      }
      return .init(name: "u\(index)", options: options)
    }
    let nets = (0..<count - 1).map { producer -> Problem.Net in
      let readers = Set(
        (0..<2).map { _ in
          min(count - 1, producer + 1 + Int.random(in: 0..<4, using: &random) / 2)
        })
      let cost = [Problem.Amount(0, Double.random(in: 0.01...0.1, using: &random))]
      return .init(
        producer: producer, consumers: readers.sorted(), out: [cost, cost], incoming: [cost, cost])
    }
    var problem = Problem(
      name: "\(kind) \(seed)", devices: devices, lanes: ["time"], units: units, nets: nets,
      order: kind == .contiguous ? .acyclicQuotient : .free,
      objective: kind == .latency ? .latency : .throughput)
    if kind == .ruled {
      problem.apart = [[1, 5], [2, 9]]
      problem.limits = [.init(units: Array(0..<count), devices: [1, 2, 3], count: count / 2)]
    }
    return problem
  }

  private func solve(_ problem: Problem, start: Assignment? = nil) throws -> Solution {
    var options = SearchOptions(gap: Self.gap, work: WorkBudget(ticks: 150_000_000))
    options.start = start
    let solution = try Optimizer.solve(problem, options: options)
    let assignment = try #require(solution.assignment, "\(problem.name)")
    let evaluation = ProblemEvaluator.evaluate(problem, assignment)
    #expect(evaluation.isFeasible && evaluation.objective == solution.certificate.objective)
    #expect(solution.certificate.bound <= evaluation.objective)
    return solution
  }

  /// Two answers to what is one question but for a factor of time contradict each other where one's bound exceeds the other's
  /// objective; both within the gap, they are no further apart than that.
  private func expectSame(_ a: Certificate, _ b: Certificate, factor: Double = 1, _ what: String) throws {
    let (first, second) = (try #require(a.objective), try #require(b.objective) / factor)
    #expect(a.bound <= second * (1 + 1e-9), "\(what)")
    #expect(b.bound / factor <= first * (1 + 1e-9), "\(what)")
    guard a.status == .optimal, b.status == .optimal else { return }
    #expect(max(first, second) * (1 - Self.gap) <= min(first, second) * (1 + 1e-9), "\(what)")
  }

  @Test(arguments: Kind.allCases, 1...2) func theOrderOfUnitsAndDevicesDecidesNothing(
    kind: Kind, seed: Int
  ) throws {
    let problem = problem(kind, seed)
    let answer = try solve(problem).certificate
    var random = SeededRandom(seed: UInt64(seed))
    let order = problem.units.indices.shuffled(using: &random)
    var place = order
    for (new, old) in order.enumerated() { place[old] = new }
    var permuted = problem
    permuted.units = order.map { problem.units[$0] }
    for net in permuted.nets.indices {
      permuted.nets[net].producer = place[permuted.nets[net].producer]
      permuted.nets[net].consumers = permuted.nets[net].consumers.map { place[$0] }
    }
    permuted.apart = permuted.apart.map { $0.map { place[$0] } }
    for limit in permuted.limits.indices {
      permuted.limits[limit].units = permuted.limits[limit].units.map { place[$0] }
    }
    try expectSame(answer, try solve(permuted).certificate, "units of \(problem.name)")
    // The first device of a net-split is the one whose turn is first.
    guard kind != .split else { return }
    let last = problem.devices.count - 1
    var mirrored = problem
    mirrored.devices.reverse()
    for unit in mirrored.units.indices {
      for option in mirrored.units[unit].options.indices {
        mirrored.units[unit].options[option].shards[0].devices =
          mirrored.units[unit].options[option].shards[0].devices.map { last - $0 }.sorted()
      }
    }
    for limit in mirrored.limits.indices {
      mirrored.limits[limit].devices = mirrored.limits[limit].devices.map { last - $0 }
    }
    try expectSame(answer, try solve(mirrored).certificate, "devices of \(problem.name)")
  }

  @Test(arguments: Kind.allCases) func theUnitOfTimeDecidesNothing(kind: Kind) throws {
    let problem = problem(kind, 3)
    let factor = 0x1p-12
    func scaled(_ amounts: [Problem.Amount]) -> [Problem.Amount] {
      amounts.map { .init($0.index, $0.seconds * factor) }
    }
    var other = problem
    for unit in other.units.indices {
      for option in other.units[unit].options.indices {
        other.units[unit].options[option].shards[0].loads = scaled(
          other.units[unit].options[option].shards[0].loads)
      }
    }
    for net in other.nets.indices {
      other.nets[net].out = other.nets[net].out.map(scaled)
      other.nets[net].incoming = other.nets[net].incoming.map(scaled)
    }
    let (a, b) = (try solve(problem).certificate, try solve(other).certificate)
    try expectSame(a, b, factor: factor, problem.name)
  }

  /// Whatever leaves every assignment allowed: the old answer is one of the new problem, so as a start it is never worsened, and
  /// no bound of the new problem exceeds it.
  @Test(arguments: Kind.allCases) func moreOfAnythingIsNeverWorse(kind: Kind) throws {
    let problem = problem(kind, 4)
    let answer = try solve(problem)
    let before = try #require(answer.certificate.objective)
    var roomier = problem
    for device in roomier.devices.indices { roomier.devices[device].memory *= 1.2 }
    var freer = problem
    for unit in freer.units.indices {
      guard var small = freer.units[unit].options.last, small.name == "card" else { continue }
      small.name = "small"
      small.shards[0].memory = 1
      small.shards[0].loads[0].seconds *= 1.1
      freer.units[unit].options.append(small)
    }
    var wired = problem
    wired.lanes.append("link")
    for device in wired.devices.indices { wired.devices[device].baseLoad.append(0) }
    var changed = [roomier, freer, wired]
    if kind != .split {
      var wider = problem
      wider.devices.append(problem.devices[1])
      wider.devices[problem.devices.count].name = "another card"
      for unit in wider.units.indices {
        for option in wider.units[unit].options.indices where wider.units[unit].options[option].name == "card"
        {
          wider.units[unit].options[option].shards[0].devices.append(problem.devices.count)
        }
      }
      changed.append(wider)
    }
    if kind == .ruled {
      var apart = problem
      apart.limits = []
      var limited = problem
      limited.apart = []
      changed += [apart, limited]
    }
    for more in changed {
      let alone = try solve(more).certificate
      #expect(alone.bound <= before * (1 + 1e-9), "\(problem.name)")
      if alone.status == .optimal {
        #expect((alone.objective ?? .infinity) * (1 - Self.gap) <= before * (1 + 1e-9), "\(problem.name)")
      }
      let begun = try solve(more, start: answer.assignment).certificate
      #expect((begun.objective ?? .infinity) <= before, "\(problem.name)")
    }
  }
}
