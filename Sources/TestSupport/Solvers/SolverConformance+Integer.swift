import Modeling

extension SolverConformance {
  /// Programs with integers: optima, bounds, limits, and what a guide adds.
  static let integer: [SolverConformance] = [
    SolverConformance("knapsacks match dynamic programming") { solver, findings in
      for seed in 1...40 {
        let (program, optimum) = KnownPrograms.knapsack(seed: UInt64(seed), items: 14)
        for presolve in [false, true] {
          let outcome = try solver.solve(
            program, limits: SolveLimits(presolve: presolve, cuts: [.cover, .gomory]))
          findings.expectOptimum(optimum, of: program, outcome, "seed \(seed)")
        }
      }
    },
    SolverConformance("small programs match enumeration") { solver, findings in
      for seed in 1...60 {
        let program = KnownPrograms.random(seed: UInt64(seed), isInteger: true)
        let outcome = try solver.solve(program, limits: SolveLimits())
        guard let optimum = KnownPrograms.enumerated(program) else {
          findings.expect(outcome.vector == .infeasible, "seed \(seed): \(outcome.vector), though infeasible")
          continue
        }
        findings.expectOptimum(optimum, of: program, outcome, "seed \(seed)")
      }
    },
    SolverConformance("a cutoff asks for no worse") { solver, findings in
      for seed in 1...10 {
        let (program, optimum) = KnownPrograms.knapsack(seed: UInt64(seed), items: 20)
        let beyond = try solver.solve(program, limits: SolveLimits(cutoff: optimum + 1))
        findings.expect(
          beyond.vector == .infeasible && beyond.bound == optimum + 1,
          "seed \(seed): beyond the optimum \(beyond.vector), bound \(beyond.bound)")
        let at = try solver.solve(program, limits: SolveLimits(cutoff: optimum))
        findings.expectOptimum(optimum, of: program, at, "seed \(seed), cutoff at the optimum")
      }
      // The objective is one variable here, and minimised.
      let (program, even, _) = KnownPrograms.machines(seed: 1)
      let none = try solver.solve(program, limits: SolveLimits(cutoff: even - 1))
      findings.expect(none.vector == .infeasible && none.bound == even - 1, "one variable: \(none.vector)")
    },
    SolverConformance("a gap that is allowed is kept") { solver, findings in
      for seed in 1...10 {
        let (program, optimum) = KnownPrograms.knapsack(seed: UInt64(seed), items: 30)
        let outcome = try solver.solve(program, limits: SolveLimits(gap: 0.05))
        findings.expect(outcome.stop == .gap || outcome.stop == .finished, "seed \(seed): \(outcome.stop)")
        findings.expectBound(optimum, of: program, outcome, "seed \(seed)")
        findings.expect(outcome.objective ?? 0 >= optimum * 0.95, "seed \(seed): \(outcome.objective ?? 0)")
      }
    },
    SolverConformance("limits end a search with a bound that holds") { solver, findings in
      var ended: [StopReason: Int] = [:]
      for seed in 1...4 {
        let (program, optimum, _) = KnownPrograms.machines(seed: UInt64(seed))
        for limits in [
          SolveLimits(nodeLimit: 1), SolveLimits(workLimit: 2_000_000), SolveLimits(workLimit: 0),
          SolveLimits(timeLimit: 0), SolveLimits(isCancelled: { true }),
        ] {
          let outcome = try solver.solve(program, limits: limits)
          findings.expectBound(optimum, of: program, outcome, "seed \(seed): \(outcome.stop)")
          if outcome.stop == .finished {
            findings.expectOptimum(optimum, of: program, outcome, "seed \(seed)")
          }
          ended[outcome.stop, default: 0] += 1
          if limits.workLimit == 0 {
            findings.expect(outcome.ticks <= SolverConformance.setUp, "\(outcome.ticks) ticks of none")
          }
        }
      }
      findings.expect(ended[.timeLimit] == 4 && ended[.cancelled] == 4, "\(ended)")
      findings.expect(ended[.workLimit] ?? 0 > 4 && ended[.nodeLimit] ?? 0 > 0, "\(ended)")
    },
    SolverConformance("a cancellation during the search ends it") { solver, findings in
      guard solver.capabilities.contains(.cancellation) else { return }
      let (program, optimum, _) = KnownPrograms.machines(seed: 1)
      let calls = Counter()
      let outcome = try solver.solve(program, limits: SolveLimits(isCancelled: { calls.next() > 30 }))
      findings.expect(outcome.stop == .cancelled && outcome.nodes > 0, "\(outcome.stop)")
      findings.expectBound(optimum, of: program, outcome, "cancelled")
    },
    SolverConformance("work is counted") { solver, findings in
      let program = KnownPrograms.knapsack(seed: 9, items: 30).program
      findings.expect(try solver.solve(program, limits: SolveLimits()).ticks > 0, "none")
    },
    SolverConformance("a search begins with the vector that is given") { solver, findings in
      guard solver.capabilities.contains(.start) else { return }
      for seed in 1...4 {
        let (program, even, vector) = KnownPrograms.machines(seed: UInt64(seed))
        let outcome = try solver.solve(
          program, limits: SolveLimits(nodeLimit: 1), guide: SolveGuide(start: vector))
        findings.expectOptimum(even, of: program, outcome, "seed \(seed)")
        for useless in [[], Array(repeating: 0, count: vector.count), vector.map { $0 + 0.5 }] {
          let outcome = try solver.solve(
            program, limits: SolveLimits(nodeLimit: 1), guide: SolveGuide(start: useless))
          findings.expectBound(even, of: program, outcome, "seed \(seed), a useless start")
        }
      }
    },
    SolverConformance("a heuristic and an incumbent's hook are called") { solver, findings in
      guard solver.capabilities.isSuperset(of: [.heuristic, .incumbent]) else { return }
      let (program, even, vector) = KnownPrograms.machines(seed: 2)
      var (asked, progress) = (0, 0)
      var reported: [Double] = []
      let guide = SolveGuide(
        heuristic: { node in
          asked += 1
          return node.relaxation.count == vector.count ? vector : nil
        },
        progress: { _, _ in progress += 1 }, incumbent: { _, objective in reported.append(objective) })
      let outcome = try solver.solve(program, limits: SolveLimits(), guide: guide)
      findings.expectOptimum(even, of: program, outcome, "with the optimum as advice")
      findings.expect(
        asked > 0 && progress > 0 && reported.last == even, "\(asked), \(progress), \(reported)")
    },
    SolverConformance("cuts are asked for, and an unsound row is dropped") { solver, findings in
      guard solver.capabilities.contains(.cuts) else { return }
      let (program, optimum) = KnownPrograms.knapsack(seed: 7, items: 25)
      var asked = 0
      let guide = SolveGuide(cuts: { node in
        asked += 1
        if asked > 1 { return [] }
        // Rounding the objective down is valid: all values are whole numbers.
        return [
          Program.Constraint(
            name: "floor", expression: program.objective, lower: -.infinity, upper: node.value.rounded(.down)),
          Program.Constraint(
            name: "dropped", expression: LinearExpression(VariableID(index: 99)), lower: 0, upper: 1),
        ]
      })
      let outcome = try solver.solve(program, limits: SolveLimits(), guide: guide)
      findings.expectOptimum(optimum, of: program, outcome, "with a cut")
      findings.expect(asked > 0, "never asked")
    },
    SolverConformance("integers with fractional bounds are rounded inwards") { solver, findings in
      var program = Program(sense: .maximise)
      let x = program.addVariable("x", lower: 0.5, upper: 2.5, kind: .integer)
      program.objective = LinearExpression(x)
      findings.expect(try solver.solve(program, limits: SolveLimits()).objective, 2, "0.5 to 2.5")
      program.setBounds(x, lower: 0.2, upper: 0.8)
      findings.expect(try solver.solve(program, limits: SolveLimits()).vector == .infeasible, "0.2 to 0.8")
    },
  ]
}

extension SolverConformance.Findings {
  mutating func expectOptimum(
    _ optimum: Double, of program: Program, _ outcome: SolveOutcome, _ place: String
  ) {
    expect(
      outcome.vector == .optimal && outcome.stop == .finished,
      "\(place): \(outcome.vector), \(outcome.stop), \(outcome.solverStatus)")
    expect(outcome.objective, optimum, "\(place): the objective")
    expect(outcome.bound, optimum, "\(place): the bound")
    expect(program.violations(of: outcome.values).isEmpty, "\(place): the vector is not feasible")
  }

  /// Also of a search that ended early: the bound is on its side of the optimum, the vector on the other.
  mutating func expectBound(
    _ optimum: Double, of program: Program, _ outcome: SolveOutcome, _ place: String
  ) {
    let sign = program.sense == .minimise ? 1.0 : -1
    let slack = 1e-6 * max(1, abs(optimum))
    expect(sign * outcome.bound <= sign * optimum + slack, "\(place): bound \(outcome.bound) of \(optimum)")
    guard let objective = outcome.objective else {
      return expect(outcome.values.isEmpty, "\(place): a vector without an objective")
    }
    expect(sign * objective >= sign * optimum - slack, "\(place): \(objective), better than \(optimum)")
    expect(program.violations(of: outcome.values).isEmpty, "\(place): the vector is not feasible")
  }
}
