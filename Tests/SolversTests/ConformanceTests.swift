import Foundation
import Modeling
import Solvers
import Synchronization
import TestSupport
import Testing

@Suite struct ConformanceTests {
  @Test(arguments: SolverName.allCases, SolverConformance.all)
  func everySolverConforms(name: SolverName, check: SolverConformance) {
    #expect(check.run(name.solver) == [])
  }

  /// The suite sees what a solver can do wrong.
  @Test(arguments: Flaw.allCases) func aFlawedSolverDoesNotConform(flaw: Flaw) {
    let solver = Flawed(base: SolverName.standard.solver, flaw: flaw)
    #expect(SolverConformance.all.contains { !$0.run(solver).isEmpty })
  }

  @Test(arguments: SolverName.allCases) func aThousandSolvesDoNotGrow(name: SolverName) throws {
    var program = Program(sense: .maximise)
    let x = (1...8).map { _ in program.addBinary() }
    program.objective = LinearExpression(x.enumerated().map { .init(Double($0 + 3), $1) })
    program.addConstraint("", LinearExpression(x.enumerated().map { .init(Double($0 + 2), $1) }), upper: 19)
    let solver = name.solver
    for _ in 0..<200 { _ = try solver.solve(program, limits: SolveLimits()) }
    let before = try residentPages()
    for _ in 0..<1000 { _ = try solver.solve(program, limits: SolveLimits()) }
    // A thousand problems of even 20 kB would be 5,000 pages; other tests run beside this one.
    #expect(try residentPages() - before < 5000)
  }

  /// Of this process.
  private func residentPages() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return Int(text.split(separator: " ")[1]) ?? 0
  }
}

enum Flaw: CaseIterable {
  case pricesAreNegated, boundIsTooGood, cutoffIsIgnored, infeasibleIsUnknown, wrongUnderRepetition
}

/// A solver that does one thing wrong.
private struct Flawed: MIPSolver {
  let base: any MIPSolver
  let flaw: Flaw
  private let calls = Calls()

  init(base: any MIPSolver, flaw: Flaw) {
    self.base = base
    self.flaw = flaw
  }

  var name: String { "flawed" }
  var capabilities: SolverCapabilities { base.capabilities }

  func solve(
    _ program: Program, limits: SolveLimits, guide: SolveGuide?
  ) throws(ProgramError) -> SolveOutcome {
    var limits = limits
    if flaw == .cutoffIsIgnored { limits.cutoff = nil }
    var outcome = try base.solve(program, limits: limits, guide: guide)
    switch flaw {
    case .boundIsTooGood where outcome.stop != .finished:
      outcome.bound += program.sense == .minimise ? 1 : -1
    case .infeasibleIsUnknown where outcome.vector == .infeasible: outcome.vector = .unknown
    case .wrongUnderRepetition: outcome.ticks += calls.next()
    default: break
    }
    return outcome
  }

  func solveLinear(
    _ program: Program, timeLimit: Double?, workLimit: Int?, isCancelled: () -> Bool
  ) throws(ProgramError) -> LinearOutcome {
    var outcome = try base.solveLinear(
      program, timeLimit: timeLimit, workLimit: workLimit, isCancelled: isCancelled)
    if flaw == .pricesAreNegated { outcome.duals = outcome.duals.map { -$0 } }
    return outcome
  }

  func withLinear<Result>(
    _ program: Program, _ body: (any LinearSession) throws(ProgramError) -> Result
  ) throws(ProgramError) -> Result { try base.withLinear(program, body) }
}

private final class Calls: Sendable {
  private let count = Atomic<Int>(0)
  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
