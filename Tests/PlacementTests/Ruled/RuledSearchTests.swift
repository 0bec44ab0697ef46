import Placement
import Solvers
import TestSupport
import Testing

/// Units to keep apart and limits of number, against the enumeration of every assignment.
@Suite struct RuledSearchTests {
  static func ruled(_ problem: Problem, seed: UInt64) -> Problem {
    var problem = problem
    var random = SeededRandom(seed: seed &* 77)
    func some(_ range: Range<Int>) -> [Int] { range.filter { _ in Bool.random(using: &random) } }
    if Bool.random(using: &random) { problem.apart.append(some(0..<problem.units.count)) }
    if problem.apart.isEmpty || Bool.random(using: &random) {
      problem.limits.append(
        .init(
          units: some(0..<problem.units.count), devices: some(0..<problem.devices.count),
          count: Int.random(in: 0...2, using: &random)))
    }
    return problem
  }

  /// Without the rule that devices of a colour match in the enumeration's leaves it would not see the rules.
  static func optimum(_ problem: Problem) -> Double? {
    var best: Double?
    func place(_ choices: [Assignment.Choice]) {
      guard choices.count < problem.units.count else {
        let found = ProblemEvaluator.evaluate(problem, Assignment(choices: choices))
        if found.isFeasible { best = min(best ?? .infinity, found.objective) }
        return
      }
      for (number, option) in problem.units[choices.count].options.enumerated() {
        let lists = option.shards.flatMap { Array(repeating: $0.devices, count: $0.count) }
        func spread(_ devices: [Int]) {
          guard devices.count < lists.count else {
            return place(choices + [.init(option: number, devices: devices)])
          }
          for device in lists[devices.count] { spread(devices + [device]) }
        }
        spread([])
      }
    }
    place([])
    return best
  }

  @Test(arguments: [true, false]) func packingsKeepRulesAndReachTheOptimum(alike: Bool) throws {
    var feasible = 0
    for seed in 0..<200 as Range<UInt64> {
      let shape = SmallInstances.Shape(
        devices: 2...3, units: 2...3, lanes: 1...2, shared: 0...1, fill: 0.8...2, alike: alike, colours: true)
      let problem = Self.ruled(SmallInstances.random(seed: seed, shape: shape), seed: seed)
      let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
      try expect(solution, reaches: Self.optimum(problem), of: problem)
      if solution.assignment != nil { feasible += 1 }
    }
    #expect(feasible > 50)
  }

  @Test(arguments: [Problem.Order.free, .acyclicQuotient]) func graphsKeepRulesAndReachTheOptimum(
    order: Problem.Order
  ) throws {
    for seed in 0..<150 as Range<UInt64> {
      var problem = Self.graph(seed: seed)
      problem.order = order
      if seed % 3 == 0 { problem.objective = .latency }
      problem = Self.ruled(problem, seed: seed)
      let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
      try expect(solution, reaches: Self.optimum(problem), of: problem)
    }
  }

  /// Rows of the net-split program, with colours where a limit of stages is given.
  @Test func netSplitsKeepRulesAndReachTheOptimum() throws {
    for seed in 0..<150 as Range<UInt64> {
      var problem = Self.graph(seed: seed, devices: 2)
      for unit in problem.units.indices {
        problem.units[unit].options = [0, 1].map { device in
          var option = problem.units[unit].options[0]
          option.shards[0].devices = [device]
          return option
        }
      }
      problem.stages = 7
      if seed % 2 == 0 { for unit in [0, 2] { problem.units[unit].colour = 4 } }
      problem = Self.ruled(problem, seed: seed)
      let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
      try expect(solution, reaches: Self.optimum(problem), of: problem)
    }
  }

  private func expect(_ solution: Solution, reaches optimum: Double?, of problem: Problem) throws {
    guard let optimum else {
      #expect(solution.certificate.status == .infeasible, "\(problem.name)")
      return
    }
    let assignment = try #require(solution.assignment, "\(problem.name)")
    #expect(ProblemEvaluator.evaluate(problem, assignment).violations.isEmpty, "\(problem.name)")
    #expect(abs((solution.certificate.objective ?? 0) - optimum) <= 1e-9 * max(optimum, 1), "\(problem.name)")
    #expect(solution.certificate.bound <= optimum * (1 + 1e-9) + 1e-12, "\(problem.name)")
  }

  private static func graph(seed: UInt64, devices: Int = 3) -> Problem {
    var random = SeededRandom(seed: seed)
    func load(_ most: Int) -> [Problem.Amount] {
      [.init(0, Double(Int.random(in: 0...most, using: &random)))]
    }
    let count = Int.random(in: 3...5, using: &random)
    let units = (0..<count).map { unit in
      Problem.Unit(
        name: "u\(unit)",
        options: [
          .init(
            name: "one",
            shards: [
              .init(
                devices: Array(0..<devices), loads: load(20),
                memory: Double(Int.random(in: 1...4, using: &random)))
            ])
        ])
    }
    let nets = (0..<count - 1).map { producer in
      Problem.Net(
        producer: producer,
        consumers: (producer + 1..<count).filter {
          $0 == producer + 1 || Int.random(in: 0..<3, using: &random) == 0
        },
        out: [load(5)], incoming: [load(5)])
    }
    return Problem(
      name: "graph \(seed)",
      devices: (0..<devices).map { .init(name: "d\($0)", group: 0, memory: 7, baseLoad: [0]) },
      lanes: ["time"], units: units, nets: nets)
  }

  /// Beyond what enumeration reaches: the answer keeps the rules and comes near the bound of the problem without them.
  @Test func manyTablesUnderALimitOfNumberArePacked() throws {
    var problem = SmallInstances.random(
      seed: 5,
      shape: .init(
        devices: 6...6, units: 90...90, lanes: 2...2, shared: 0...0, fill: 1.5...1.5, alike: true,
        colours: false))
    problem.limits = [.init(units: Array(problem.units.indices), devices: [0, 1], count: 8)]
    problem.apart = [[0, 1, 2, 3, 4, 5]]
    let solution = try Optimizer.solve(problem, options: SearchOptions())
    let assignment = try #require(solution.assignment)
    #expect(ProblemEvaluator.evaluate(problem, assignment).violations.isEmpty)
    #expect((solution.certificate.gap ?? 1) < 0.6)
    let again = try Optimizer.solve(problem, options: SearchOptions(threads: 1))
    #expect(again.assignment == assignment)
  }

  /// Room for one shard a unit: no unit can be cut, so the largest one bounds the objective, and the answer is proven.
  @Test func aLimitOfNumberTightensTheBound() throws {
    let problem = Problem(
      name: "room for one each",
      devices: (0..<6).map { .init(name: "d\($0)", group: 0, memory: .infinity, baseLoad: [0]) },
      lanes: ["t"],
      units: (0..<26).map { unit in
        let load = unit == 0 ? 60.0 : 1
        return .init(
          name: "u\(unit)",
          options: [
            .init(name: "whole", shards: [.init(devices: Array(0..<6), loads: [.init(0, load)], memory: 1)]),
            .init(
              name: "cut",
              shards: (0..<6).map { .init(devices: [$0], loads: [.init(0, load / 6)], memory: 1) }),
          ])
      })
    var limited = problem
    limited.limits = [.init(units: Array(0..<26), devices: Array(0..<6), count: 5)]
    #expect(try Optimizer.solve(problem, options: SearchOptions()).certificate.objective ?? 0 < 15)
    let solution = try Optimizer.solve(limited, options: SearchOptions())
    #expect(solution.certificate.status == .optimal && (solution.certificate.objective ?? 0) >= 60)
    #expect(ProblemEvaluator.evaluate(limited, try #require(solution.assignment)).isFeasible)
  }

  /// The first device of a unit takes the room of the last one, which is nowhere else to be had: enumeration sees that only
  /// at the ends of millions of branches, and must not spend all work on them.
  @Test func littleWorkIsNotAllForBranchesWithoutAPlan() throws {
    var problem = Problem(
      name: "room for the last",
      devices: (0..<4).map {
        .init(name: "d\($0)", group: 0, memory: $0 == 0 ? 1 : .infinity, baseLoad: [0])
      },
      lanes: ["t"],
      units: (0..<14).map { unit in
        let slow = Problem.Shard(devices: unit == 13 ? [0] : [0, 1, 2], loads: [.init(0, 1)], memory: 1)
        let fast = Problem.Shard(devices: [3], loads: [.init(0, 0.1)], memory: 1)
        let options = [Problem.Option(name: "slow", shards: [slow])]
        return .init(
          name: "u\(unit)", options: unit == 13 ? options : options + [.init(name: "fast", shards: [fast])])
      },
      nets: [.init(producer: 0, consumers: [1], out: [[.init(0, 0.01)]], incoming: [[.init(0, 0.01)]])])
    problem.limits = [.init(units: Array(0..<14), devices: [3], count: 3)]
    let options = SearchOptions(work: WorkBudget(ticks: 40_000_000))
    #expect(try Optimizer.solve(problem, options: options).assignment != nil)
  }

  @Test func rulesThatCountTooLittleAreRefutedAtAnySize() throws {
    var problem = SmallInstances.random(
      seed: 6,
      shape: .init(
        devices: 6...6, units: 60...60, lanes: 1...1, shared: 0...0, fill: 2...2, alike: true, colours: false)
    )
    problem.limits = [.init(units: Array(problem.units.indices), devices: Array(0..<6), count: 9)]
    #expect(try Optimizer.solve(problem, options: SearchOptions()).certificate.status == .infeasible)
    problem.limits = []
    problem.apart = [Array(0..<7)]
    #expect(try Optimizer.solve(problem, options: SearchOptions()).certificate.status == .infeasible)
  }
}
