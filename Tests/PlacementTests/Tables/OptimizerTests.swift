import Foundation
import Placement
import Solvers
import TestSupport
import Testing

@Suite struct OptimizerTruthTests {
  /// More with `PLACEMENT_TRUTH_SEEDS`; the default keeps a debug run short.
  static let seeds =
    ProcessInfo.processInfo.environment["PLACEMENT_TRUTH_SEEDS"].flatMap(Int.init) ?? 1000

  static let shapes: [SmallInstances.Shape] = [
    .init(
      devices: 2...3, units: 1...3, lanes: 1...1, shared: 0...0, fill: 0.9...1.4, alike: true, colours: false),
    .init(
      devices: 2...3, units: 1...3, lanes: 1...3, shared: 0...1, fill: 0.9...1.6, alike: true, colours: false),
    .init(
      devices: 1...3, units: 1...3, lanes: 1...2, shared: 0...2, fill: 0.6...1.6, alike: false, colours: false
    ),
    .init(
      devices: 2...3, units: 2...4, lanes: 1...2, shared: 0...1, fill: 0.9...1.9, alike: false, colours: true),
    // Nearly full: what whole tables need fills 97 to 99 % of the memory, so few assignments fit or none.
    .init(
      devices: 2...3, units: 4...6, lanes: 1...1, shared: 0...0, fill: 1.01...1.03, alike: true,
      colours: false),
    .init(
      devices: 2...2, units: 5...7, lanes: 1...2, shared: 0...0, fill: 0.95...1.05, alike: false,
      colours: false),
  ]

  @Test(arguments: shapes.indices) func agreesWithEnumeration(shape: Int) throws {
    for seed in 1...Self.seeds {
      let problem = SmallInstances.random(seed: UInt64(seed), shape: Self.shapes[shape])
      let truth = SmallInstances.optimum(problem)
      let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
      let certificate = solution.certificate
      guard let truth else {
        #expect(certificate.status == .infeasible, "seed \(seed)")
        continue
      }
      let objective = try #require(certificate.objective, "seed \(seed)")
      #expect(certificate.bound <= truth.bottleneck * (1 + 1e-12), "seed \(seed)")
      #expect(abs(objective - truth.bottleneck) <= 1e-9 * truth.bottleneck, "seed \(seed)")
      #expect(certificate.status == .optimal, "seed \(seed)")
      let assignment = try #require(solution.assignment)
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      #expect(evaluation.isFeasible && evaluation.objective == objective, "seed \(seed)")
    }
  }
}

@Suite struct LatticeTests {
  /// The relaxation is at a level of every lane but for rounding: that level is reached, not the next.
  @Test func aLevelAtTheBoundItselfCountsAsReached() throws {
    let problem = SmallInstances.random(seed: 2116, shape: OptimizerTruthTests.shapes[2])
    let certificate = try Optimizer.solve(problem, options: SearchOptions(gap: 0)).certificate
    #expect(SmallInstances.optimum(problem)?.bottleneck == 17)
    #expect(certificate.objective == 17)
    #expect(certificate.bound <= 17)
  }
}

@Suite struct OptimizerBehaviourTests {
  private let shape = SmallInstances.Shape(
    devices: 4...4, units: 30...30, lanes: 2...2, shared: 1...1, fill: 1.1...1.2, alike: true,
    colours: false)

  @Test func theSameInputGivesTheSameAnswerWhateverTheThreads() throws {
    let problem = SmallInstances.random(seed: 5, shape: shape)
    let one = try Optimizer.solve(problem, options: SearchOptions(gap: 0.05, threads: 1))
    let two = try Optimizer.solve(problem, options: SearchOptions(gap: 0.05, threads: 2))
    #expect(one.assignment != nil && one.assignment == two.assignment)
    #expect(one.certificate.bound == two.certificate.bound)
  }

  @Test func aCancelledSearchKeepsAnHonestBound() throws {
    let problem = SmallInstances.random(seed: 6, shape: shape)
    let full = try Optimizer.solve(problem, options: SearchOptions(gap: 0.05))
    let cut = try Optimizer.solve(problem, options: SearchOptions(gap: 0, isCancelled: { true }))
    #expect(cut.certificate.status == .limit || cut.certificate.status == .feasible)
    #expect(cut.certificate.bound <= full.certificate.objective ?? 0)
  }

  /// Even when the time is up before the first packing: what is had at once is the answer.
  @Test func noTimeAtAllStillGivesAPacking() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let problem = SmallInstances.random(seed: seed, shape: shape)
      let cut = try Optimizer.solve(problem, options: SearchOptions(gap: 0, timeLimit: 0))
      let assignment = try #require(cut.assignment, "seed \(seed)")
      #expect(ProblemEvaluator.evaluate(problem, assignment).isFeasible, "seed \(seed)")
      #expect(cut.certificate.bound <= cut.certificate.objective ?? 0, "seed \(seed)")
    }
  }

  @Test func progressOnlyImproves() throws {
    let problem = SmallInstances.random(seed: 7, shape: shape)
    let steps = Steps()
    _ = try Optimizer.solve(
      problem, options: SearchOptions(gap: 0.03, progress: { steps.append($0) }))
    let incumbents = steps.all.compactMap(\.incumbent)
    #expect(!incumbents.isEmpty && zip(incumbents, incumbents.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(steps.all.allSatisfy { $0.bound <= $0.incumbent ?? .infinity })
  }

  /// Progress calls, collected from any thread.
  private final class Steps: @unchecked Sendable {
    private let lock = NSLock()
    private var steps: [SearchOptions.Progress] = []
    var all: [SearchOptions.Progress] { lock.withLock { steps } }
    func append(_ step: SearchOptions.Progress) { lock.withLock { steps.append(step) } }
  }

  @Test func amongEqualsTheLesserPenaltyIsTaken() throws {
    let units = (0..<6).map { index in
      Problem.Unit(
        name: "t\(index)",
        options: [("int4", 2.0, 1.0), ("int8", 4.0, 0.0)].map { name, memory, penalty in
          .init(
            name: name, shards: [.init(devices: [0, 1], loads: [.init(0, 3)], memory: memory)],
            penalty: penalty)
        })
    }
    // 20 B in all: four tables in int8 and two in int4 are the most that fits.
    let problem = Problem(
      name: "precision",
      devices: ["a", "b"].map { .init(name: $0, group: 0, memory: 10, baseLoad: [0]) }, lanes: ["cost"],
      units: units)
    let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
    let choices = try #require(solution.assignment).choices
    #expect(solution.certificate.objective == 9 && solution.certificate.status == .optimal)
    #expect(choices.filter { $0.option == 1 }.count == 4)
  }
}
