import Modeling
import Solvers
import TestSupport
import Testing

@Suite struct ProgramTextTests {
  /// Every kind of bound, row and constant.
  private func sample() -> Program {
    var program = Program(sense: .maximise)
    let x = program.addVariable("x", lower: -1.5, upper: 2)
    let y = program.addVariable("y", lower: -.infinity, upper: 8)
    let z = program.addVariable("z", lower: 0, upper: 5, kind: .integer)
    let free = program.addVariable("free", lower: -.infinity)
    program.addVariable("fixed", lower: 3, upper: 3)
    program.objective = LinearExpression([.init(2, x), .init(-1, y), .init(3, z)], constant: -4)
    program.addConstraint(
      "range", LinearExpression([.init(1, x), .init(1, y)], constant: 1), lower: -2, upper: 3)
    program.addConstraint("equal", LinearExpression([.init(1, z), .init(-2, free)]), equals: 1)
    program.addConstraint("low", LinearExpression([.init(1, free)]), lower: -0.25)
    program.addConstraint("empty", LinearExpression(constant: 1), upper: 2)
    return program
  }

  @Test(arguments: ProgramText.Format.allCases)
  func theTextIsAlwaysTheSame(format: ProgramText.Format) {
    let text = ProgramText(sample(), comments: ["Partition: größe\nof two lines"]).text(format)
    #expect(snapshotDifference(text, named: "program.\(format.rawValue)") == nil)
  }

  @Test(
    .enabled(if: GLPSol.path != nil, "glpsol is not installed (Debian and Ubuntu: package glpk-utils)"),
    arguments: ProgramText.Format.allCases)
  func anotherReaderFindsTheSameOptimum(format: ProgramText.Format) throws {
    var programs = [sample()]
    for seed in 1...12 {
      programs.append(KnownPrograms.random(seed: UInt64(seed)))
      programs.append(KnownPrograms.random(seed: UInt64(seed), isInteger: true))
    }
    programs.append(Program(objective: LinearExpression(constant: 7)))
    var solved = 0
    for (index, program) in programs.enumerated() {
      let outcome = try SolverName.standard.solver.solve(program, limits: SolveLimits())
      let read = try GLPSol.optimum(of: ProgramText(program, comments: []).text(format), format)
      guard outcome.vector == .optimal, let objective = outcome.objective else {
        #expect(read == nil, "program \(index)")
        continue
      }
      let sign: Double = program.sense == .minimise ? 1 : -1
      let value = try #require(read, "program \(index)")
      #expect(abs(value - sign * objective) <= 1e-6 * max(1, abs(objective)), "program \(index)")
      solved += 1
    }
    #expect(solved > 15)
  }
}
