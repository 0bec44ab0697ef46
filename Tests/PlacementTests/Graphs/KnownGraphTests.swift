import Solvers
import Testing

@testable import Placement

/// Small graphs with known answers on which Glow's partitioner goes wrong (see the cost notes of each).
@Suite struct KnownGraphTests {
  private func cards(_ count: Int, memory: Double = .infinity, group: Int = 0) -> [Problem.Device] {
    (0..<count).map { .init(name: "card \(group).\($0)", group: group, memory: memory, baseLoad: [0]) }
  }

  private func chain(_ nets: [(Int, [Int], Double)], groups: Int = 1) -> [Problem.Net] {
    nets.map { producer, consumers, bytes in
      let amount = Array(repeating: [Problem.Amount(0, bytes)], count: groups)
      return .init(producer: producer, consumers: consumers, out: amount, incoming: amount)
    }
  }

  /// FC 32x16, then two branches of FC 16x16 and FC 16x8 with sigmoids, then a multiplication. Time is bytes: constants,
  /// the net's own input and output, and every tensor that crosses, on both sides.
  private func basic1(cards count: Int, order: Problem.Order) -> Problem {
    let figures: [(String, Double, Double)] = [
      ("fc", 2112, 128), ("left fc 1", 1088, 0), ("left fc 2", 544, 0), ("right fc 1", 1088, 0),
      ("right fc 2", 544, 0), ("mul", 0, 32),
    ]
    let devices = cards(count, memory: 3072)
    let units = figures.map { name, constants, activations in
      Problem.Unit(
        name: name,
        options: [
          .init(
            name: "card",
            shards: [
              .init(
                devices: Array(0..<count), loads: [.init(0, constants + activations)], memory: constants)
            ])
        ])
    }
    return Problem(
      name: "Basic1", devices: devices, lanes: ["bytes"], units: units,
      nets: chain([(0, [1, 3], 64), (1, [2], 64), (3, [4], 64), (2, [5], 32), (4, [5], 32)]), order: order)
  }

  @Test(arguments: [Problem.Order.free, .acyclicQuotient])
  func basic1OnThreeCards(order: Problem.Order) throws {
    let problem = basic1(cards: 3, order: order)
    let solution = try GraphEngine.solve(problem, options: SearchOptions(gap: 0))
    // Glow's load balancer reaches 2560.
    #expect(solution.certificate.objective == 2304)
    #expect(solution.certificate.status == .optimal)
  }

  @Test func basic1OnTwoCardsFitsOnlyWhenPartsMayInterleave() throws {
    let contiguous = try GraphEngine.solve(
      basic1(cards: 2, order: .acyclicQuotient), options: SearchOptions(gap: 0))
    #expect(contiguous.certificate.status == .infeasible)
    let free = try GraphEngine.solve(basic1(cards: 2, order: .free), options: SearchOptions(gap: 0))
    let assignment = try #require(free.assignment)
    #expect(free.certificate.status == .optimal)
    #expect(ProblemEvaluator.evaluate(basic1(cards: 2, order: .free), assignment).isFeasible)
    // {first FC, one FC 2 and the multiplication} on one card, the rest on the other.
    #expect(assignment.choices[1].devices == assignment.choices[3].devices)
    #expect(assignment.choices[0].devices != assignment.choices[1].devices)
  }

  /// sub -> mul -> add -> sub; one backend has no multiplication, the other no subtraction.
  private func backends(_ first: Int, _ second: Int) -> Problem {
    let names = ["sub", "mul", "add", "sub 2"]
    let noMul = Array(0..<first)
    let noSub = Array(first..<first + second)
    let units = names.map { name in
      let devices = name == "mul" ? noSub : name == "add" ? noMul + noSub : noMul
      return Problem.Unit(
        name: name,
        options: [.init(name: "run", shards: [.init(devices: devices, loads: [.init(0, 1)], memory: 0)])])
    }
    return Problem(
      name: "two backends", devices: cards(first) + cards(second, group: 1), lanes: ["time"], units: units,
      nets: chain([(0, [1], 0), (1, [2], 0), (2, [3], 0)], groups: 2), order: .acyclicQuotient)
  }

  @Test func backendsThatSupportDifferentOperators() throws {
    let solution = try GraphEngine.solve(backends(2, 1), options: SearchOptions(gap: 0))
    let devices = try #require(solution.assignment).choices.map { $0.devices[0] }
    #expect(solution.certificate.status == .optimal)
    #expect(Set(devices).count == 3 && devices[0] != devices[3] && devices[1] == 2)
    // With one device of each kind the two subtractions would wait for each other through the multiplication.
    let cyclic = Assignment(choices: [0, 1, 1, 0].map { .init(option: 0, devices: [$0]) })
    #expect(
      ProblemEvaluator.evaluate(backends(1, 1), cyclic).violations == [
        .cyclicQuotient(devices: ["card 0.0", "card 1.0"])
      ])
    #expect(
      try GraphEngine.solve(backends(1, 1), options: SearchOptions(gap: 0)).certificate.status == .infeasible)
  }

  @Test func threeCardsAreUsedWhereTwoAndAReplicaWouldIdleOne() throws {
    let plan = { (count: Int) in
      let units = (0..<6).map {
        Problem.Unit(
          name: "u\($0)",
          options: [
            .init(
              name: "card",
              shards: [.init(devices: Array(0..<count), loads: [.init(0, 1)], memory: 0)])
          ])
      }
      return Problem(
        name: "chain", devices: self.cards(count), lanes: ["time"], units: units,
        nets: self.chain((0..<5).map { ($0, [$0 + 1], 0.1) }), order: .acyclicQuotient)
    }
    let two = try GraphEngine.solve(plan(2), options: SearchOptions(gap: 0)).certificate.objective
    let three = try GraphEngine.solve(plan(3), options: SearchOptions(gap: 0)).certificate.objective
    #expect(two == 3.1)
    #expect(three == 2.2)
  }

  @Test func aUnitLargerThanEveryCardIsNamed() throws {
    var problem = basic1(cards: 3, order: .free)
    problem.units[1].options[0].shards[0].memory = 4000
    let certificate = try GraphEngine.solve(problem, options: SearchOptions()).certificate
    #expect(certificate.status == .infeasible)
    #expect(certificate.provedBy == .unitFit)
    let reason = try InfeasibilityExplainer(problem, options: SearchOptions()).explain()?.description
    #expect(reason?.contains("left fc 1") == true)
  }
}
