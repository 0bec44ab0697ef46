import Modeling
import Solvers
import TestSupport
import Testing

@testable import Placement

/// Every step of the portfolio alone, on problems small enough to enumerate, so that no other step answers for it: a bound is
/// never above the optimum, whatever is offered is allowed and costs what the evaluator says, and what is called closed is.
@Suite struct StepTests {
  /// What came of a step over all instances.
  private struct Tally {
    var runs = 0
    var bounds = 0
    var plans = 0
  }

  /// Runs a step from a given start, and holds its bound and its offers against the enumeration.
  private func check<Context: SearchContext>(
    _ stage: Stage<Context>, on context: Context, optimum: Double?, _ tally: inout Tally
  ) throws {
    let incumbent = context.incumbent
    let name = "\(incumbent.problem.name): \(stage.step.name)"
    let before = (bound: incumbent.bound, objective: incumbent.objective)
    guard stage.step.applies(to: context) else { return }
    try stage.step.run(context, within: context.clock)
    tally.runs += 1
    if incumbent.bound > before.bound { tally.bounds += 1 }
    if incumbent.objective < before.objective { tally.plans += 1 }
    guard let optimum else {
      #expect(incumbent.assignment == nil, "\(name)")
      return
    }
    #expect(!incumbent.isInfeasible, "\(name)")
    #expect(incumbent.bound <= optimum * (1 + 1e-9) + 1e-12, "\(name)")
    guard let assignment = incumbent.assignment else { return }
    let evaluation = ProblemEvaluator.evaluate(incumbent.problem, assignment)
    #expect(evaluation.isFeasible && evaluation.objective == incumbent.objective, "\(name)")
    #expect(incumbent.objective >= optimum * (1 - 1e-9), "\(name)")
    if incumbent.isDone { #expect(incumbent.objective <= optimum * (1 + 1e-8) + 1e-12, "\(name)") }
  }

  private func options(_ seed: Int, effort: SearchOptions.Effort = .thorough) -> SearchOptions {
    SearchOptions(gap: 0, work: WorkBudget(ticks: 20_000_000), seed: UInt64(seed), effort: effort)
  }

  /// A step that never ran, or a bound that never rose, tests nothing.
  private func expectUse(_ tallies: [StepName: Tally], bounds: Set<StepName>, plans: Set<StepName>) {
    for (name, tally) in tallies.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      #expect(tally.runs > 0, "\(name) never applied")
      if bounds.contains(name) { #expect(tally.bounds > 0, "\(name) proved nothing") }
      if plans.contains(name) { #expect(tally.plans > 0, "\(name) found nothing") }
    }
    #expect(bounds.union(plans).isSubset(of: Set(tallies.keys)))
  }

  // MARK: Packings

  private func packing(_ problem: Problem, _ options: SearchOptions) -> PackingContext? {
    var builder = PackingModelBuilder(problem)
    let model = builder.build()
    guard !model.units.isEmpty, !model.units.contains(where: \.options.isEmpty) else { return nil }
    var packable = model
    if !model.isExact {
      var other = PackingModelBuilder(problem, inexpressible: .dropOptions)
      packable = other.build()
    }
    let incumbent = Incumbent(problem, options, SearchClock(options))
    return PackingContext(PackingOffers(incumbent), model, packable: packable)
  }

  @Test func ofPackings() throws {
    let stages =
      Portfolio.packingBounds + Portfolio.packingProof + Portfolio.packingSearch + Portfolio.packingPolish
    var tallies: [StepName: Tally] = [:]
    for shape in OptimizerTruthTests.shapes {
      for seed in 1...6 {
        let problem = SmallInstances.random(seed: UInt64(seed), shape: shape)
        let optimum = SmallInstances.optimum(problem)?.bottleneck
        for stage in stages where stage.step.name != .splitLadder {
          guard let context = packing(problem, options(seed)) else { continue }
          if stage.step.name != .aggregatedLP {
            // Prices, fractions and a first packing, without the bounds.
            let result = try context.relaxation.solve(
              tolerance: 1e-6, enough: .infinity, clock: context.clock)
            if result.isMemoryInfeasible { continue }
            context.result = result
          }
          if ![.aggregatedLP, .greedyPackings].contains(stage.step.name) {
            PackingDescent.Opening().run(context, within: context.clock)
          }
          try check(stage, on: context, optimum: optimum, &tallies[stage.step.name, default: .init()])
        }
      }
    }
    expectUse(
      tallies,
      bounds: [.baseLoads, .largestUnit, .aggregatedLP, .loadLattice, .pieceCounts, .branchAndBound],
      plans: [.greedyPackings, .packingDescent, .branchAndBound])
  }

  // MARK: Graphs

  private static let throughputShapes: [GraphInstances.Shape] = [
    .init(tightMemory: true), .init(colours: true), .init(units: 4, tightMemory: true, secondOption: true),
    .init(order: .free, colours: true), .init(order: .free, tightMemory: true),
    .init(units: 4, order: .free, secondOption: true, shared: true),
    .init(units: 4, order: .free, secondLane: true),
  ]

  private static let latencyShapes: [GraphInstances.Shape] = [
    .init(units: 4, objective: .latency, tightMemory: true),
    .init(units: 4, objective: .latency, colours: true),
    .init(units: 4, objective: .latency, tightMemory: true, secondOption: true),
  ]

  private func check(
    _ stages: [Stage<GraphContext>], _ shapes: [GraphInstances.Shape], seeds: Range<Int>
  ) throws -> [StepName: Tally] {
    var tallies: [StepName: Tally] = [:]
    for shape in shapes {
      for seed in seeds {
        let problem = GraphInstances.random(seed: UInt64(seed), shape)
        let model = GraphModel(problem)
        guard !model.modes.contains(where: { $0.allSatisfy(\.isEmpty) }) else { continue }
        let optimum = GraphInstances.optimum(problem)
        for stage in stages {
          let options = options(seed)
          let incumbent = Incumbent(problem, options, SearchClock(options), slack: 1e-12)
          let context = GraphContext(model, incumbent, enumerates: true)
          // What improves or is proven by thresholds below a plan needs one.
          if [.loadAnnealing, .cutBranching, .partValues].contains(stage.step.name) {
            OrderCuts().run(context, within: context.clock)
          }
          try check(stage, on: context, optimum: optimum, &tallies[stage.step.name, default: .init()])
        }
      }
    }
    return tallies
  }

  @Test func ofThroughputGraphs() throws {
    let stages = Portfolio.throughputBounds + Portfolio.throughputPlans + Portfolio.throughputSearch
    expectUse(
      try check(stages, Self.throughputShapes, seeds: 0..<4),
      bounds: [
        .capacityPrices, .largestUnit, .enumeration, .downSets, .packing, .minimumCuts, .cutBranching,
        .partValues,
      ], plans: [.enumeration, .orderCuts, .downSets, .loadAnnealing])
  }

  @Test func ofLatencyGraphs() throws {
    expectUse(
      try check(Portfolio.latency, Self.latencyShapes, seeds: 0..<3),
      bounds: [.enumeration, .longestPath, .pathWithMemory],
      plans: [.enumeration, .serialPlans, .latencyAnnealing])
  }

  // MARK: Net-splits

  @Test func ofNetSplits() throws {
    let stages = Portfolio.splitStart + Portfolio.largeSplit + Portfolio.split
    var tallies: [StepName: Tally] = [:]
    for seed in 1...40 {
      var problem = SplitInstances.random(seed: UInt64(seed))
      if seed % 3 > 0 { problem.stages = 1 + seed % 3 }
      guard NetSplit.accepts(problem) else { continue }
      let optimum = SplitInstances.exhaustive(problem)
      for stage in stages where stage.step.name != .packing {
        let context = SplitContext(problem, options: options(seed))
        if [.splitDescent, .splitPolish].contains(stage.step.name) {
          OneDevicePlans().run(context, within: context.clock)
        }
        if stage.step.name == .splitPolish {
          try NetSplitProgram.Step().run(context, within: context.clock)
        }
        try check(stage, on: context, optimum: optimum, &tallies[stage.step.name, default: .init()])
      }
    }
    expectUse(
      tallies, bounds: [.cutsAtPrices, .netSplitProgram],
      plans: [.oneDevice, .cutsAtPrices, .splitDescent, .netSplitProgram])
  }

  // MARK: Rules

  @Test func ofRules() throws {
    let stages = Portfolio.ruleBounds + Portfolio.ruleCounts + Portfolio.ruleSearch
    let shape = SmallInstances.Shape(
      devices: 2...3, units: 2...3, lanes: 1...2, shared: 0...1, fill: 0.8...2, alike: true, colours: false)
    var tallies: [StepName: Tally] = [:]
    for seed in 0..<60 {
      let problem = RuledSearchTests.ruled(
        SmallInstances.random(seed: UInt64(seed), shape: shape), seed: UInt64(seed))
      let optimum = RuledSearchTests.optimum(problem)
      for stage in stages {
        let context = RuledContext(problem, options: options(seed)) { problem, options throws(ProgramError) in
          try PackingEngine.solve(problem, options: options)
        }
        if [.countLanes, .pinnedRules].contains(stage.step.name) {
          try RelaxedRules().run(context, within: context.clock)
          if context.isAnswered || context.incumbent.isInfeasible { continue }
        }
        try check(stage, on: context, optimum: optimum, &tallies[stage.step.name, default: .init()])
      }
    }
    expectUse(
      tallies, bounds: [.relaxedRules, .enumeration, .countLanes],
      plans: [.relaxedRules, .enumeration, .pinnedRules, .ruledAnnealing])
  }

  // MARK: Names

  /// A name is that of a step in the portfolio, or one of those that a step, or an engine before its steps, cites beside it.
  @Test func everyNameIsCitedBySomethingAndSaysSomething() {
    var names: Set<StepName> = [
      .nothing, .callersBound, .unitFit, .classMemory, .relaxedDownSets, .largeUnitCount,
      .netSplitRelaxation, .stageLimit,
    ]
    names.formUnion(
      (Portfolio.packingBounds + Portfolio.packingProof + Portfolio.packingSearch + Portfolio.packingPolish)
        .map(\.step.name))
    names.formUnion(
      (Portfolio.throughputBounds + Portfolio.throughputPlans + Portfolio.throughputSearch
        + Portfolio.latency).map(\.step.name))
    names.formUnion(
      (Portfolio.splitStart + Portfolio.largeSplit + Portfolio.split + Portfolio.blendCuts).map(\.step.name))
    names.formUnion(
      (Portfolio.ruleBounds + Portfolio.ruleCounts + Portfolio.ruleSearch).map(\.step.name))
    #expect(names == Set(StepName.allCases))
    #expect(StepName.allCases.allSatisfy { !$0.rawValue.isEmpty && $0.rawValue == "\($0)" })
  }
}
