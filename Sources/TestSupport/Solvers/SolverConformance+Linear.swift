import Modeling

extension SolverConformance {
  /// Linear programs: optima, prices, and what stands in a solver for the length of a call.
  static let linear: [SolverConformance] = [
    SolverConformance("the manual's sample has its prices") { solver, findings in
      let outcome = try solver.solveLinear(KnownPrograms.manualSample().program)
      findings.expect(outcome.vector == .optimal && outcome.stop == .finished, "\(outcome.solverStatus)")
      findings.expect(outcome.objective, 2200.0 / 3, "objective")
      for (value, wanted) in zip(outcome.duals, [10.0 / 3, 2.0 / 3, 0]) {
        findings.expect(value, wanted, "a price")
      }
      for (value, wanted) in zip(outcome.reducedCosts, [0, 0, -8.0 / 3]) {
        findings.expect(value, wanted, "a reduced cost")
      }
    },
    SolverConformance("prices prove the optimum of seeded programs") { solver, findings in
      for seed in 1...80 {
        let program = KnownPrograms.random(seed: UInt64(seed))
        let outcome = try solver.solveLinear(program)
        findings.expectProof(of: program, outcome, "seed \(seed)")
        let whole = try solver.solve(program, limits: SolveLimits())
        findings.expect(
          whole.objective, outcome.objective ?? .nan, "seed \(seed) as a program without integers")
        findings.expect(whole.bound, outcome.objective ?? .nan, "seed \(seed): its bound")
      }
    },
    SolverConformance("infeasible and unbounded programs are told") { solver, findings in
      var infeasible = Program()
      let x = infeasible.addVariable("x", upper: 1)
      infeasible.addConstraint("", LinearExpression(x), lower: 2)
      let none = try solver.solveLinear(infeasible)
      findings.expect(none.vector == .infeasible && none.values.isEmpty, "infeasible: \(none.vector)")
      infeasible.objective = LinearExpression(x)
      let bound = try solver.solve(infeasible, limits: SolveLimits()).bound
      findings.expect(bound == .infinity, "the bound of what has no solution is \(bound)")
      for sense in [Program.Sense.maximise, .minimise] {
        var unbounded = Program(sense: sense)
        let y = unbounded.addVariable("y", lower: -.infinity)
        let z = unbounded.addVariable("z", upper: 1)
        unbounded.objective = LinearExpression(y)
        unbounded.addConstraint(
          "", LinearExpression(y) - LinearExpression(z), lower: sense == .maximise ? 0 : -.infinity,
          upper: sense == .maximise ? .infinity : 0)
        let outcome = try solver.solveLinear(unbounded)
        findings.expect(outcome.vector == .unbounded, "\(sense) unbounded: \(outcome.vector)")
        let whole = try solver.solve(unbounded, limits: SolveLimits())
        findings.expect(
          whole.vector == .unbounded && whole.bound == (sense == .minimise ? -.infinity : .infinity),
          "\(sense) unbounded: \(whole.vector), bound \(whole.bound)")
      }
    },
    SolverConformance("a session grows by rows and columns") { solver, findings in
      let (program, x) = KnownPrograms.manualSample()
      let values = try solver.withLinear(program) { session throws(ProgramError) -> [Double?] in
        var found = [session.solve().objective]
        try session.addConstraint(
          .init(name: "cap", expression: LinearExpression(x[0]), lower: -.infinity, upper: 20))
        found.append(session.solve().objective)
        try session.addVariable(objective: 20, lower: 0, upper: 5, entries: [(ConstraintID(index: 0), 1)])
        found.append(session.solve().objective)
        try session.setBounds(x[1], lower: 0, upper: 0)
        found.append(session.solve().objective)
        return found
      }
      // By hand: a=20 b=80; then b gives way to the new column one for one; then c takes what rows two and three leave.
      let c: Double = min(75.0, (600.0 - 200) / 5, (300.0 - 40) / 6)
      for (value, wanted) in zip(values, [2200.0 / 3, 680, 750, 200 + 100 + 4 * c]) {
        findings.expect(value, wanted, "an objective on the way")
      }
    },
    SolverConformance("a session answers as a program from scratch does") { solver, findings in
      for seed in 1...40 { try findings.expectGrowth(solver, seed: UInt64(seed)) }
    },
    SolverConformance("a session sees an optimum, nothing, and an optimum again") { solver, findings in
      let (program, x) = KnownPrograms.manualSample()
      let words = try solver.withLinear(program) { session throws(ProgramError) -> [VectorStatus] in
        var words = [session.solve().vector]
        let row = try session.addConstraint(
          .init(name: "much", expression: LinearExpression(x[0]), lower: 61, upper: .infinity))
        words.append(session.solve().vector)
        try session.setBounds(row, lower: -.infinity, upper: .infinity)
        words.append(session.solve().vector)
        try session.addVariable(objective: 1, lower: 0, upper: .infinity, entries: [])
        words.append(session.solve().vector)
        return words
      }
      findings.expect(words == [.optimal, .infeasible, .optimal, .unbounded], "\(words)")
    },
    SolverConformance("work ends a linear solve, and so does a cancellation") { solver, findings in
      let program = KnownPrograms.manualSample().program
      findings.expect(try solver.solveLinear(program).ticks > 0, "no work is counted")
      let idle = try solver.solveLinear(program, timeLimit: nil, workLimit: 0, isCancelled: { false })
      findings.expect(
        idle.stop == .workLimit && idle.ticks <= SolverConformance.setUp,
        "\(idle.stop) after \(idle.ticks) ticks")
      let cancelled = try solver.solveLinear(program, timeLimit: nil, workLimit: nil, isCancelled: { true })
      findings.expect(cancelled.stop == .cancelled && cancelled.vector == .unknown, "\(cancelled.stop)")
      let late = try solver.solveLinear(program, timeLimit: 0, workLimit: nil, isCancelled: { false })
      findings.expect(late.stop == .timeLimit, "\(late.stop)")
    },
  ]
}

extension LinearSession {
  func solve() -> LinearOutcome { solve(timeLimit: nil, workLimit: nil, isCancelled: { false }) }
}

extension SolverConformance.Findings {
  /// Strong duality: the vector is feasible, and the prices with the bounds that they point to give its value.
  ///
  /// A price, or a reduced cost, above 0 is paid at a lower bound when minimising, at an upper one when maximising.
  mutating func expectProof(of program: Program, _ outcome: LinearOutcome, _ place: String) {
    guard outcome.vector == .optimal, let objective = outcome.objective,
      outcome.values.count == program.variables.count, outcome.duals.count == program.constraints.count,
      outcome.reducedCosts.count == program.variables.count
    else { return expect(false, "\(place): \(outcome.vector), or an array of the wrong length") }
    expect(program.violations(of: outcome.values).isEmpty, "\(place): the vector is not feasible")
    expect(program.objectiveValue(at: outcome.values), objective, "\(place): the vector's objective")
    let isLeast = program.sense == .minimise
    var left = Array(repeating: 0.0, count: program.variables.count)
    for term in program.objective.terms { left[term.variable.index] += term.coefficient }
    var dual = program.objective.constant
    func paid(_ price: Double, _ lower: Double, _ upper: Double) -> Double {
      abs(price) < 1e-9 ? 0 : price * ((price > 0) == isLeast ? lower : upper)
    }
    for (row, price) in zip(program.constraints, outcome.duals) {
      for term in row.expression.terms { left[term.variable.index] -= price * term.coefficient }
      dual += paid(price, row.lower - row.expression.constant, row.upper - row.expression.constant)
    }
    for (index, variable) in program.variables.enumerated() {
      expect(outcome.reducedCosts[index], left[index], "\(place): reduced cost \(index)")
      dual += paid(outcome.reducedCosts[index], variable.lower, variable.upper)
    }
    expect(dual, objective, "\(place): what the prices prove")
  }

  /// Half of a program's rows are added later, with a variable: every solve is held against the program at that point.
  mutating func expectGrowth(_ solver: any MIPSolver, seed: UInt64) throws {
    let whole = KnownPrograms.random(seed: seed)
    var part = Program(sense: whole.sense, objective: whole.objective)
    for variable in whole.variables {
      part.addVariable(variable.name, lower: variable.lower, upper: variable.upper)
    }
    // The last rows keep the free variable in.
    let (later, first) = (whole.constraints.prefix(2), whole.constraints.dropFirst(2))
    for row in first { part.addConstraint(row.name, row.expression, lower: row.lower, upper: row.upper) }
    var stages: [(program: Program, outcome: LinearOutcome)] = []
    try solver.withLinear(part) { session throws(ProgramError) in
      stages.append((part, session.solve()))
      for row in later {
        try session.addConstraint(row)
        part.addConstraint(row.name, row.expression, lower: row.lower, upper: row.upper)
        stages.append((part, session.solve()))
      }
      let entries = [(ConstraintID(index: 0), 2.0), (ConstraintID(index: part.constraints.count - 1), -1.0)]
      try session.addVariable(objective: 3, lower: -1, upper: 2, entries: entries.map { ($0.0, $0.1) })
      part = part.adding(objective: 3, lower: -1, upper: 2, entries: entries)
      stages.append((part, session.solve()))
      let last = VariableID(index: part.variables.count - 1)
      try session.setObjective(last, -2)
      part.objective.add(-5, last)
      stages.append((part, session.solve()))
    }
    for (stage, entry) in stages.enumerated() {
      let fresh = try solver.solveLinear(entry.program)
      guard fresh.vector == .optimal || entry.outcome.vector != fresh.vector else { continue }
      expectProof(of: entry.program, entry.outcome, "seed \(seed), stage \(stage)")
      expect(entry.outcome.objective, fresh.objective ?? .nan, "seed \(seed), stage \(stage): from scratch")
    }
  }
}

extension Program {
  /// The same with one variable more.
  fileprivate func adding(
    objective coefficient: Double, lower: Double, upper: Double, entries: [(ConstraintID, Double)]
  ) -> Program {
    var next = Program(sense: sense, objective: objective)
    for variable in variables {
      next.addVariable(variable.name, lower: variable.lower, upper: variable.upper)
    }
    let added = next.addVariable(lower: lower, upper: upper)
    next.objective.add(coefficient, added)
    for (index, row) in constraints.enumerated() {
      var expression = row.expression
      for (place, value) in entries where place.index == index { expression.add(value, added) }
      next.addConstraint(row.name, expression, lower: row.lower, upper: row.upper)
    }
    return next
  }
}
