import Foundation
import GLPKSolver
import Modeling
import TestSupport
import Testing

/// max 10 a + 6 b + 4 c  st  a+b+c <= 100, 10a+4b+5c <= 600, 2a+2b+6c <= 300: the sample of GLPK's manual.
private func manualSample() -> (Program, [VariableID]) {
  var program = Program(sense: .maximise)
  let x = ["a", "b", "c"].map { program.addVariable($0) }
  program.objective = LinearExpression([.init(10, x[0]), .init(6, x[1]), .init(4, x[2])])
  for (row, limit) in [([1.0, 1, 1], 100.0), ([10, 4, 5], 600), ([2, 2, 6], 300)] {
    program.addConstraint(
      "", LinearExpression(zip(row, x).map { .init($0, $1) }), upper: limit)
  }
  return (program, x)
}

private func knapsack(seed: UInt64, items: Int) -> (Program, [Int], [Int], Int) {
  var random = SeededRandom(seed: seed)
  let values = (0..<items).map { _ in Int.random(in: 1...60, using: &random) }
  let weights = (0..<items).map { _ in Int.random(in: 1...40, using: &random) }
  let capacity = weights.reduce(0, +) / 2
  var program = Program(sense: .maximise)
  let x = (0..<items).map { program.addBinary("x\($0)") }
  program.objective = LinearExpression(zip(values, x).map { .init(Double($0), $1) })
  program.addConstraint(
    "weight", LinearExpression(zip(weights, x).map { .init(Double($0), $1) }), upper: Double(capacity))
  return (program, values, weights, capacity)
}

private func knapsackOptimum(_ values: [Int], _ weights: [Int], _ capacity: Int) -> Int {
  var best = Array(repeating: 0, count: capacity + 1)
  for (value, weight) in zip(values, weights) where weight <= capacity {
    for room in stride(from: capacity, through: weight, by: -1) {
      best[room] = max(best[room], best[room - weight] + value)
    }
  }
  return best[capacity]
}

@Suite struct LinearTests {
  @Test func solvesTheManualsSampleWithItsPrices() throws {
    let outcome = try GLPKSolver().solveLinear(manualSample().0)
    #expect(outcome.vector == .optimal)
    #expect(abs((outcome.objective ?? 0) - 733.3333333) < 1e-6)
    #expect(abs(outcome.duals[0] - 10.0 / 3) < 1e-9 && abs(outcome.duals[1] - 2.0 / 3) < 1e-9)
    #expect(abs(outcome.reducedCosts[2] + 8.0 / 3) < 1e-9)
  }

  @Test func handsBackInfeasibleAndUnbounded() throws {
    var infeasible = Program()
    let x = infeasible.addVariable("x", upper: 1)
    infeasible.addConstraint("", LinearExpression(x), lower: 2)
    #expect(try GLPKSolver().solveLinear(infeasible).vector == .infeasible)
    var unbounded = Program(sense: .maximise)
    unbounded.objective = LinearExpression(unbounded.addVariable("x"))
    let outcome = try GLPKSolver().solveLinear(unbounded)
    #expect(outcome.vector == .unbounded || outcome.vector == .unknown || outcome.vector == .feasible)
    #expect(outcome.vector != .optimal)
  }

  @Test func growsRowsAndColumnsFromTheLastBasis() throws {
    let (program, x) = manualSample()
    let values = try GLPKSolver().withLinear(program) { session throws(ProgramError) in
      var found = [session.solve(timeLimit: nil, workLimit: nil, isCancelled: { false }).objective]
      try session.addConstraint(
        .init(name: "cap", expression: LinearExpression(x[0]), lower: -.infinity, upper: 20))
      found.append(session.solve(timeLimit: nil, workLimit: nil, isCancelled: { false }).objective)
      try session.addVariable(
        objective: 20, lower: 0, upper: 5, entries: [(ConstraintID(index: 0), 1)])
      found.append(session.solve(timeLimit: nil, workLimit: nil, isCancelled: { false }).objective)
      try session.setBounds(x[1], lower: 0, upper: 0)
      found.append(session.solve(timeLimit: nil, workLimit: nil, isCancelled: { false }).objective)
      return found.map { $0 ?? .nan }
    }
    // By hand: a=20 b=80; then b gives way to the new column one for one; then c takes what rows two and three leave.
    let c: Double = min(75.0, (600.0 - 200) / 5, (300.0 - 40) / 6)
    let expected: [Double] = [733.3333333333, 680, 750, 200 + 100 + 4 * c]
    for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) < 1e-6) }
  }
}

@Suite struct MixedIntegerTests {
  @Test(arguments: [true, false]) func knapsacksMatchDynamicProgramming(presolve: Bool) throws {
    for seed in 1...40 {
      let (program, values, weights, capacity) = knapsack(seed: UInt64(seed), items: 14)
      let outcome = try GLPKSolver().solve(
        program, limits: SolveLimits(presolve: presolve, cuts: [.cover, .gomory]))
      #expect(outcome.vector == .optimal && outcome.stop == .finished)
      #expect(outcome.objective == Double(knapsackOptimum(values, weights, capacity)))
      #expect(program.violations(of: outcome.values).isEmpty)
    }
  }

  @Test func aGuidesIncumbentCutsAndProgressAreUsed() throws {
    let (program, values, weights, capacity) = knapsack(seed: 7, items: 25)
    let best = Double(knapsackOptimum(values, weights, capacity))
    var asked = 0
    var reported: [Double] = []
    var rows = 0
    let guide = SolveGuide(
      heuristic: { node in
        asked += 1
        return node.relaxation.map { $0 > 0.999 ? 1 : 0 }
      },
      cuts: { node in
        // Rounding the objective row is valid: all values are whole numbers.
        rows += 1
        return rows > 1
          ? []
          : [
            Program.Constraint(
              name: "floor", expression: program.objective, lower: -.infinity,
              upper: node.value.rounded(.down)),
            Program.Constraint(
              name: "dropped", expression: LinearExpression(VariableID(index: 99)), lower: 0, upper: 1),
          ]
      },
      incumbent: { _, objective in reported.append(objective) })
    let outcome = try GLPKSolver().solve(program, limits: SolveLimits(), guide: guide)
    #expect(outcome.objective == best && asked > 0 && rows > 0)
    #expect(reported == reported.sorted() && !reported.isEmpty)
  }

  @Test func cutoffCancelAndNodeLimitEndTheSearch() throws {
    let (program, values, weights, capacity) = knapsack(seed: 9, items: 30)
    let best = Double(knapsackOptimum(values, weights, capacity))
    let beyond = try GLPKSolver().solve(program, limits: SolveLimits(cutoff: best + 1))
    #expect(beyond.vector == .infeasible && beyond.bound == best + 1)
    #expect(try GLPKSolver().solve(program, limits: SolveLimits(cutoff: best)).objective == best)
    let cancelled = try GLPKSolver().solve(program, limits: SolveLimits(isCancelled: { true }))
    #expect(cancelled.stop == .cancelled && cancelled.vector == .unknown)
    let limited = try GLPKSolver().solve(program, limits: SolveLimits(nodeLimit: 1))
    #expect(limited.stop == .nodeLimit && limited.bound >= best - 1e-9)
    #expect(try GLPKSolver().solve(program, limits: SolveLimits(timeLimit: 0)).stop == .timeLimit)
  }

  /// Iterations and nodes are counted, so a limit of work ends a search in the same place each time.
  @Test func workIsCountedAndEndsTheSearch() throws {
    let (program, values, weights, capacity) = knapsack(seed: 9, items: 30)
    let best = Double(knapsackOptimum(values, weights, capacity))
    let full = try GLPKSolver().solve(program, limits: SolveLimits())
    #expect(full.ticks > 0)
    for share in [2, 5] {
      let limits = SolveLimits(workLimit: full.ticks / share)
      let cut = try GLPKSolver().solve(program, limits: limits)
      #expect(cut.stop == .workLimit && cut.bound >= best - 1e-9)
      #expect(cut.ticks >= full.ticks / share && cut.ticks < full.ticks)
      #expect(try GLPKSolver().solve(program, limits: limits) == cut)
    }
    let linear = try GLPKSolver().solveLinear(manualSample().0)
    #expect(linear.ticks > 0)
    let stopped = try GLPKSolver().solveLinear(
      manualSample().0, timeLimit: nil, workLimit: 0, isCancelled: { false })
    #expect(stopped.stop == .workLimit && stopped.ticks == 0)
  }

  @Test func integersWithFractionalBoundsAreRoundedInwards() throws {
    var program = Program(sense: .maximise)
    let x = program.addVariable("x", lower: 0.5, upper: 2.5, kind: .integer)
    program.objective = LinearExpression(x)
    #expect(try GLPKSolver().solve(program, limits: SolveLimits()).objective == 2)
    program.setBounds(x, lower: 0.2, upper: 0.8)
    #expect(try GLPKSolver().solve(program, limits: SolveLimits()).vector == .infeasible)
  }
}

@Suite struct MisuseTests {
  @Test func emptyProgramsAreSolved() throws {
    var program = Program(objective: LinearExpression(constant: 3))
    #expect(try GLPKSolver().solve(program, limits: SolveLimits()).objective == 3)
    program.addConstraint("", LinearExpression(constant: 1), lower: 2)
    #expect(try GLPKSolver().solve(program, limits: SolveLimits()).vector == .infeasible)
    var columnsOnly = Program()
    let x = columnsOnly.addVariable("x", lower: -2, upper: 5, kind: .integer)
    columnsOnly.objective = LinearExpression(x)
    for presolve in [false, true] {
      #expect(
        try GLPKSolver().solve(columnsOnly, limits: SolveLimits(presolve: presolve)).objective == -2)
    }
  }

  @Test func zeroAndDuplicateCoefficientsAreMerged() throws {
    var program = Program(sense: .maximise)
    let x = program.addBinary("x")
    let y = program.addBinary("y")
    program.objective = LinearExpression([.init(1, x), .init(1, y), .init(0, y)])
    program.addConstraint(
      "", LinearExpression([.init(1, x), .init(-1, x), .init(2, y), .init(0, x)]), upper: 1)
    #expect(try GLPKSolver().solve(program, limits: SolveLimits()).objective == 1)
  }

  @Test func notANumberIsAnErrorAndNotAnAnswer() {
    var program = Program()
    let x = program.addBinary("x")
    program.objective = LinearExpression([.init(.nan, x)])
    #expect(throws: ProgramError.self) { try GLPKSolver().solve(program, limits: SolveLimits()) }
    program.objective = LinearExpression(x)
    #expect(throws: ProgramError.self) {
      try GLPKSolver().solve(program, limits: SolveLimits(cutoff: .infinity))
    }
  }

  @Test func sessionsRefuseWhatDoesNotExist() throws {
    try GLPKSolver().withLinear(manualSample().0) { session throws(ProgramError) in
      #expect(throws: ProgramError.self) {
        try session.setBounds(VariableID(index: 3), lower: 0, upper: 1)
      }
      #expect(throws: ProgramError.self) {
        try session.setBounds(ConstraintID(index: -1), lower: 0, upper: 1)
      }
      #expect(throws: ProgramError.self) {
        try session.addVariable(
          objective: .nan, lower: 0, upper: 1, entries: [(ConstraintID(index: 0), 1)])
      }
    }
  }

  @Test func hugeAndTinyCoefficientsNeverEndTheProcess() throws {
    for seed in 1...60 {
      var random = SeededRandom(seed: UInt64(seed))
      func number() -> Double {
        let exponent = Double.random(in: -100...100, using: &random)
        return Double.random(in: -9...9, using: &random)
          * Double(sign: .plus, exponent: Int(exponent * 3.2), significand: 1)
      }
      func usable() -> Double {
        let value = number()
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
      let outcome = try GLPKSolver().solve(
        program,
        limits: SolveLimits(nodeLimit: 200, presolve: seed.isMultiple(of: 2), cuts: [.mixedIntegerRounding]))
      #expect(outcome.values.isEmpty || outcome.values.count == 5)
    }
  }

  /// Resident pages of this process.
  private func residentPages() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return Int(text.split(separator: " ")[1]) ?? 0
  }

  @Test func thousandsOfSolvesDoNotGrow() throws {
    let (program, _, _, _) = knapsack(seed: 3, items: 8)
    func solveMany(_ count: Int) throws {
      for _ in 0..<count { _ = try GLPKSolver().solve(program, limits: SolveLimits()) }
    }
    try solveMany(500)
    let before = try residentPages()
    try solveMany(3000)
    // 3,000 leaked problems of even 10 kB would be 7,500 pages; other tests run beside this one.
    #expect(try residentPages() - before < 5000)
  }

  @Test func severalThreadsSolveAtOnce() async throws {
    await withTaskGroup(of: Bool.self) { group in
      for seed in 1...8 {
        group.addTask {
          (1...20).allSatisfy { step in
            let (program, values, weights, capacity) = knapsack(seed: UInt64(seed * 100 + step), items: 12)
            let outcome = try? GLPKSolver().solve(program, limits: SolveLimits())
            return outcome?.objective == Double(knapsackOptimum(values, weights, capacity))
          }
        }
      }
      for await correct in group { #expect(correct) }
    }
  }
}
