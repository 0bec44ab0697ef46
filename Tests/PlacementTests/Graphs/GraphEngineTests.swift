import Solvers
import Testing

@testable import Placement

@Suite struct GraphEngineTests {
  /// Solves every seed and compares with enumeration: feasibility and optimum equal, the bound never above.
  private func compare(
    seeds: Range<UInt64>, _ shape: GraphInstances.Shape, exact: Bool = true, enumerates: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for seed in seeds {
      let problem = GraphInstances.random(seed: seed, shape)
      let best = GraphInstances.optimum(problem)
      let solution = try GraphEngine.solve(
        problem, options: SearchOptions(gap: 0, seed: seed), enumerates: enumerates)
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

  @Test func contiguousWithHost() throws { try compare(seeds: 0..<450, .init()) }

  @Test func contiguousWithColoursAndMemory() throws {
    try compare(seeds: 0..<300, .init(colours: true, tightMemory: true))
  }

  @Test func contiguousOnCardsOnly() throws {
    try compare(seeds: 0..<300, .init(cards: 3, hosts: 0, tightMemory: true))
  }

  @Test func contiguousOnSeveralCores() throws {
    try compare(seeds: 0..<300, .init(units: 4, cards: 2, hosts: 2, colours: true))
  }

  @Test func contiguousWithExemptUnits() throws {
    try compare(seeds: 0..<360, .init(colours: true, exempt: true))
  }

  @Test func contiguousWithTwoLanes() throws {
    try compare(seeds: 0..<600, .init(units: 4, secondLane: true))
  }

  @Test func free() throws {
    try compare(seeds: 0..<360, .init(order: .free, colours: true))
    try compare(seeds: 0..<300, .init(order: .free, tightMemory: true))
  }

  /// The steps behind the enumeration: they need not prove the optimum, but no bound may exceed it.
  @Test func freeWithoutEnumeration() throws {
    try compare(seeds: 0..<8, .init(units: 4, order: .free, colours: true), exact: false, enumerates: false)
    try compare(
      seeds: 0..<5, .init(units: 4, order: .free, tightMemory: true), exact: false, enumerates: false)
    try compare(
      seeds: 0..<4, .init(units: 4, secondOption: true, shared: true), exact: false, enumerates: false)
  }

  @Test func latencyWithoutEnumeration() throws {
    try compare(
      seeds: 0..<6, .init(units: 4, objective: .latency, tightMemory: true), exact: false,
      enumerates: false)
  }

  @Test func severalModesAndASharedResource() throws {
    try compare(seeds: 0..<180, .init(units: 4, tightMemory: true, secondOption: true))
    try compare(
      seeds: 0..<180, .init(units: 4, order: .free, tightMemory: true, secondOption: true, shared: true))
    try compare(seeds: 0..<180, .init(units: 4, secondOption: true, secondLane: true, shared: true))
  }

  @Test func latency() throws {
    try compare(seeds: 0..<300, .init(objective: .latency, colours: true))
    try compare(seeds: 0..<180, .init(objective: .latency, tightMemory: true))
    try compare(seeds: 0..<150, .init(units: 4, objective: .latency, tightMemory: true, secondOption: true))
  }

  @Test func theSamePlanForAnyNumberOfThreads() throws {
    let problem = GraphInstances.random(seed: 5, .init(units: 8, cards: 3, order: .free))
    let solve = { (threads: Int) throws in
      try GraphEngine.solve(
        problem, options: SearchOptions(gap: 0, threads: threads, seed: 3), enumerates: false)
    }
    let (one, two) = (try solve(1), try solve(2))
    #expect(one.assignment == two.assignment)
    #expect(one.certificate.bound == two.certificate.bound)
  }
}
