import Testing

@testable import Placement

@Suite struct GraphEngineTests {
  /// Solves every seed and compares with enumeration: feasibility and optimum equal, the bound never above.
  private func compare(
    seeds: Range<UInt64>, _ shape: GraphInstances.Shape, exact: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for seed in seeds {
      let problem = GraphInstances.random(seed: seed, shape)
      let best = GraphInstances.optimum(problem)
      let solution = GraphEngine.solve(problem, options: SearchOptions(gap: 0, timeLimit: 1, seed: seed))
      let certificate = solution.certificate
      guard let best else {
        #expect(solution.assignment == nil, "\(problem.name)", sourceLocation: sourceLocation)
        if exact {
          #expect(certificate.status == .infeasible, "\(problem.name)", sourceLocation: sourceLocation)
        }
        continue
      }
      #expect(
        certificate.bound <= best + 1e-9, "\(problem.name): \(certificate.provedBy)",
        sourceLocation: sourceLocation)
      guard let assignment = solution.assignment, let objective = certificate.objective else {
        #expect(!exact, "\(problem.name): nothing found", sourceLocation: sourceLocation)
        continue
      }
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      #expect(evaluation.isFeasible && evaluation.objective == objective, sourceLocation: sourceLocation)
      if exact {
        #expect(abs(objective - best) <= 1e-9, "\(problem.name)", sourceLocation: sourceLocation)
        #expect(certificate.status == .optimal, "\(problem.name)", sourceLocation: sourceLocation)
      }
    }
  }

  @Test func contiguousWithHost() { compare(seeds: 0..<200, .init()) }

  @Test func contiguousWithColoursAndMemory() {
    compare(seeds: 0..<100, .init(colours: true, tightMemory: true))
  }

  @Test func contiguousOnCardsOnly() {
    compare(seeds: 0..<100, .init(cards: 3, hosts: 0, tightMemory: true))
  }

  @Test func contiguousOnSeveralCores() {
    compare(seeds: 0..<100, .init(units: 4, cards: 2, hosts: 2, colours: true))
  }

  @Test func contiguousWithExemptUnits() { compare(seeds: 0..<200, .init(colours: true, exempt: true)) }

  @Test func contiguousWithTwoLanes() { compare(seeds: 0..<200, .init(units: 4, secondLane: true)) }

  @Test func freeBoundsAreTrue() {
    compare(seeds: 0..<40, .init(units: 4, order: .free, colours: true), exact: false)
    compare(
      seeds: 0..<40, .init(units: 4, order: .free, tightMemory: true, secondOption: true, shared: true),
      exact: false)
  }

  @Test func theSamePlanForAnyNumberOfThreads() {
    let problem = GraphInstances.random(seed: 5, .init(units: 8, cards: 3, order: .free))
    let one = GraphEngine.solve(problem, options: SearchOptions(gap: 0, threads: 1, seed: 3))
    let two = GraphEngine.solve(problem, options: SearchOptions(gap: 0, threads: 2, seed: 3))
    #expect(one.assignment == two.assignment)
    #expect(one.certificate.bound == two.certificate.bound)
  }
}
