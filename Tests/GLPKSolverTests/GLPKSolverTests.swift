#if GLPK
  import GLPKSolver
  import Modeling
  import Testing

  /// What GLPK does beyond the contract, which `SolversTests` hold it against.
  @Suite struct GLPKSolverTests {
    /// Iterations and nodes are counted, so a limit of work ends a search in the same place each time, inside a tree too.
    @Test func workEndsTheSearchWhereItIsSpent() throws {
      var program = Program(sense: .maximise)
      let values = (1...30).map { 1 + $0 * $0 * 7 % 59 }
      let x = values.map { _ in program.addBinary() }
      program.objective = LinearExpression(zip(values, x).map { .init(Double($0), $1) })
      program.addConstraint(
        "", LinearExpression(values.enumerated().map { .init(Double($1 + $0 % 3), x[$0]) }), upper: 401)
      let full = try GLPKSolver().solve(program, limits: SolveLimits())
      #expect(full.stop == .finished && full.nodes > 10)
      for share in [2, 5] {
        let cut = try GLPKSolver().solve(program, limits: SolveLimits(workLimit: full.ticks / share))
        #expect(cut.stop == .workLimit && cut.bound >= (full.objective ?? .infinity) - 1e-9)
        #expect(cut.ticks >= full.ticks / share && cut.ticks < full.ticks)
      }
    }

    /// GLPK goes through all open nodes for each node, which takes most of the time of a search that leaves many open.
    @Test func openNodesAreWork() throws {
      var program = Program(sense: .minimise)
      let x = (0..<40).map { _ in program.addBinary() }
      // An odd sum of even figures: no node but the last ones knows.
      program.addConstraint("", LinearExpression(x.map { .init(2, $0) }), lower: 39, upper: 39)
      func ticks(_ nodes: Int) throws -> Int {
        try GLPKSolver().solve(program, limits: SolveLimits(nodeLimit: nodes, selection: .bestBound)).ticks
      }
      #expect(try Double(ticks(10_000)) > 1.5 * 10 * Double(ticks(1000)))
    }

    @Test func saysItsVersion() { #expect(GLPKSolver().name.hasPrefix("GLPK ")) }
  }
#endif
