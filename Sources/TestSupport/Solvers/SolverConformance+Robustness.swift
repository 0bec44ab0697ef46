import Foundation
import Modeling
import Synchronization

extension SolverConformance {
  /// Numbers out of range, misuse, threads and repetition.
  static let robustness: [SolverConformance] = [
    SolverConformance("programs without rows or columns are solved") { solver, findings in
      var constant = Program(objective: LinearExpression(constant: 3))
      findings.expect(try solver.solve(constant, limits: SolveLimits()).objective, 3, "a constant")
      constant.addConstraint("", LinearExpression(constant: 1), lower: 2)
      findings.expect(
        try solver.solve(constant, limits: SolveLimits()).vector == .infeasible, "1 is not at least 2")
      var columns = Program()
      let x = columns.addVariable("x", lower: -2, upper: 5, kind: .integer)
      columns.objective = LinearExpression([.init(1, x)], constant: 10)
      for presolve in [false, true] {
        findings.expect(
          try solver.solve(columns, limits: SolveLimits(presolve: presolve)).objective, 8, "no rows")
      }
      findings.expect(try solver.solveLinear(columns).objective, 8, "no rows, linear")
    },
    SolverConformance("zero and repeated coefficients are merged") { solver, findings in
      var program = Program(sense: .maximise)
      let x = program.addBinary("x")
      let y = program.addBinary("y")
      program.objective = LinearExpression([.init(1, x), .init(1, y), .init(0, y)])
      program.addConstraint(
        "", LinearExpression([.init(1, x), .init(-1, x), .init(2, y), .init(0, x)]), upper: 1)
      findings.expect(try solver.solve(program, limits: SolveLimits()).objective, 1, "objective")
    },
    SolverConformance("what is no number, or none that can be computed with, is refused") {
      solver, findings in
      for value in [Double.nan, .infinity, -.infinity, 1e300, -1e300, 1e-300] {
        for (place, program) in Self.programs(with: value) {
          findings.expectRefusal("\(value) as \(place)") {
            _ = try solver.solve(program, limits: SolveLimits())
          }
          findings.expectRefusal("\(value) as \(place), linear") { _ = try solver.solveLinear(program) }
        }
        let program = KnownPrograms.knapsack(seed: 1, items: 5).program
        findings.expectRefusal("\(value) as cutoff") {
          _ = try solver.solve(program, limits: SolveLimits(cutoff: value))
        }
        try solver.withLinear(program) { session throws(ProgramError) in
          findings.expectRefusals(of: value, by: session)
        }
      }
      var crossed = Program()
      crossed.addVariable(lower: 2, upper: 1)
      findings.expectRefusal("crossed bounds") { _ = try solver.solve(crossed, limits: SolveLimits()) }
    },
    SolverConformance("a session refuses what does not exist, and goes on") { solver, findings in
      let (program, _) = KnownPrograms.manualSample()
      let objective = try solver.withLinear(program) { session throws(ProgramError) in
        for index in [-1, 3, .max] {
          findings.expectRefusals(ofIndex: index, by: session)
        }
        return session.solve().objective
      }
      findings.expect(objective, 2200.0 / 3, "after refusals")
    },
    SolverConformance("huge and tiny coefficients never end the process") { solver, findings in
      for seed in 1...60 {
        let program = Self.extreme(seed: UInt64(seed))
        let limits = SolveLimits(
          timeLimit: 2, nodeLimit: 200, presolve: seed.isMultiple(of: 2), cuts: [.mixedIntegerRounding])
        let outcome = try solver.solve(program, limits: limits)
        findings.expect(outcome.values.isEmpty || outcome.values.count == 5, "seed \(seed)")
        _ = try solver.solveLinear(program, timeLimit: 2, workLimit: nil, isCancelled: { false })
      }
    },
    SolverConformance("four threads solve integer programs at once") { solver, findings in
      findings.expect(
        Self.onThreads(4, rounds: 40) { seed in
          let (program, optimum) = KnownPrograms.knapsack(seed: seed, items: 25)
          let outcome = try? solver.solve(program, limits: SolveLimits())
          return outcome?.vector == .optimal && outcome?.objective == optimum
        } == 0, "an answer is wrong where others are solved beside it")
    },
    SolverConformance("four threads solve linear programs at once") { solver, findings in
      findings.expect(
        Self.onThreads(4, rounds: 60) { seed in
          let program = KnownPrograms.random(seed: seed)
          guard let outcome = try? solver.solveLinear(program) else { return false }
          var own = Findings()
          own.expectProof(of: program, outcome, "seed \(seed)")
          return own.lines.isEmpty
        } == 0, "an answer is wrong where others are solved beside it")
    },
    SolverConformance("the same call gives the same answer") { solver, findings in
      for seed in 1...10 {
        let knapsack = KnownPrograms.knapsack(seed: UInt64(seed), items: 25).program
        let machines = KnownPrograms.machines(seed: UInt64(seed)).program
        for (program, limits) in [
          (knapsack, SolveLimits()), (machines, SolveLimits(nodeLimit: 20)),
          (machines, SolveLimits(workLimit: 3_000_000)),
        ] {
          let outcomes = try (0..<2).map { _ in try solver.solve(program, limits: limits) }
          findings.expect(outcomes[0] == outcomes[1], "seed \(seed): \(outcomes)")
        }
        let linear = try (0..<2).map { _ in try solver.solveLinear(machines) }
        findings.expect(linear[0] == linear[1], "seed \(seed), linear")
      }
    },
  ]

  /// A small program with one number in each place where a number stands.
  private static func programs(with value: Double) -> [(String, Program)] {
    func program(_ change: (inout Program, VariableID) -> Void) -> Program {
      var program = Program()
      let x = program.addBinary("x")
      program.objective = LinearExpression(x)
      change(&program, x)
      return program
    }
    var programs = [
      ("coefficient of the objective", program { $0.objective = LinearExpression([.init(value, $1)]) }),
      (
        "coefficient of a row",
        program { $0.addConstraint("", LinearExpression([.init(value, $1)]), upper: 1) }
      ),
    ]
    if value.isNaN || value > 0 {
      programs.append(("lower bound", program { $0.setBounds($1, lower: value, upper: .infinity) }))
      programs.append(
        ("least of a row", program { $0.addConstraint("", LinearExpression($1), lower: value) }))
    }
    if !value.isFinite {
      programs.append(("constant", program { program, _ in program.objective.constant = value }))
    }
    return programs
  }

  private static func extreme(seed: UInt64) -> Program {
    var random = SeededRandom(seed: seed)
    func usable() -> Double {
      let exponent = Double.random(in: -100...100, using: &random)
      let value =
        Double.random(in: -9...9, using: &random)
        * Double(sign: .plus, exponent: Int(exponent * 3.2), significand: 1)
      return abs(value) < 1e-99 || abs(value) > 1e99 ? 1 : value
    }
    var program = Program()
    let x = (0..<5).map {
      program.addVariable(upper: $0 == 0 ? 1e20 : 3, kind: $0 < 3 ? .integer : .continuous)
    }
    program.objective = LinearExpression(x.map { .init(usable(), $0) })
    for _ in 0..<4 {
      program.addConstraint("", LinearExpression(x.map { .init(usable(), $0) }), upper: usable())
    }
    return program
  }

  /// - Returns: how many of all rounds were not as they should be.
  private static func onThreads(
    _ threads: Int, rounds: Int, _ isRight: @escaping @Sendable (UInt64) -> Bool
  ) -> Int {
    let wrong = Counter()
    let done = DispatchSemaphore(value: 0)
    for thread in 0..<threads {
      Thread.detachNewThread {
        for round in 1...rounds where !isRight(UInt64(1000 * thread + round)) { _ = wrong.next() }
        done.signal()
      }
    }
    for _ in 0..<threads { done.wait() }
    return wrong.next() - 1
  }
}

/// Counts calls, from any thread.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

extension SolverConformance.Findings {
  fileprivate mutating func expectRefusals(of value: Double, by session: any LinearSession) {
    let x = VariableID(index: 0)
    expectRefusal("\(value) in the objective") { try session.setObjective(x, value) }
    expectRefusal("\(value) in a column") {
      try session.addVariable(objective: 0, lower: 0, upper: 1, entries: [(ConstraintID(index: 0), value)])
    }
    expectRefusal("\(value) in a row") {
      try session.addConstraint(
        .init(name: "", expression: LinearExpression([.init(value, x)]), lower: 0, upper: 1))
    }
  }

  fileprivate mutating func expectRefusals(ofIndex index: Int, by session: any LinearSession) {
    let x = VariableID(index: index)
    let row = ConstraintID(index: index)
    expectRefusal("bounds of \(x)") { try session.setBounds(x, lower: 0, upper: 1) }
    expectRefusal("bounds of \(row)") { try session.setBounds(row, lower: 0, upper: 1) }
    expectRefusal("the objective of \(x)") { try session.setObjective(x, 1) }
    expectRefusal("an entry in \(row)") {
      try session.addVariable(objective: 0, lower: 0, upper: 1, entries: [(row, 1)])
    }
    expectRefusal("a row over \(x)") {
      try session.addConstraint(.init(name: "", expression: LinearExpression(x), lower: 0, upper: 1))
    }
  }

  mutating func expectRefusal(_ what: String, _ body: () throws -> Void) {
    do { try body() } catch is ProgramError { return } catch { return expect(false, "\(what): \(error)") }
    expect(false, "\(what) is not refused")
  }
}
