import Modeling

/// Solves problems without nets: bound first, then packings towards it, then exact search.
///
/// Every step counts its work, so without a time limit the answer depends on the problem, the gap and the seed alone.
struct PackingEngine {
  private let problem: Problem
  private let options: SearchOptions
  private let clock: SearchClock

  /// Of branch and cut on the aggregated integer program.
  private static let mostNodes = 4000
  private static let fewDevices = 16
  /// Part of the work for the first packings.
  private static let ladderShare = 0.1
  /// Relative: a gap that is sought beyond the one that was asked for where it is cheap.
  private static let fineGap = 0.001

  init(_ problem: Problem, options: SearchOptions) {
    self.problem = problem
    self.options = options
    clock = SearchClock(options)
  }

  /// - Precondition: the problem is valid and has no nets.
  func solve() throws(ProgramError) -> Solution {
    var builder = PackingModelBuilder(problem)
    let model = builder.build()
    let incumbent = PackingIncumbent(problem, options: options, clock: clock)
    if let start = options.start { incumbent.begin(with: start) }
    if model.units.contains(where: \.options.isEmpty) {
      return incumbent.infeasible(provedBy: "a unit fits nowhere")
    }
    incumbent.raise(bound: model.base.max() ?? 0, provedBy: "base loads")
    if model.units.isEmpty {
      incumbent.offer(PackingState(model))
      return incumbent.solution()
    }
    let table = AggregateTable(model)
    let relaxation = AggregatedBound(model, table: table, solver: options.solver)
    incumbent.raise(bound: table.largestUnit, provedBy: "largest unit")
    let isBoundAlone = options.effort == .bound
    let packable = packable(model)
    // On few devices the relaxation's rounding is as quick, and better.
    if !isBoundAlone, options.effort != .proof, model.deviceCount > Self.fewDevices {
      SplitLadder(packable, incumbent: incumbent, clock: clock.part(Self.ladderShare)).run()
    }
    let result = try FilteredBound(
      table: table, relaxation: relaxation, tolerance: isBoundAlone ? options.gap / 20 : 1e-6,
      enough: isBoundAlone ? options.sufficientBound ?? .infinity : .infinity
    ).solve(from: incumbent.bound, clock: clock)
    if result.isMemoryInfeasible { return incumbent.infeasible(provedBy: "memory of whole classes") }
    incumbent.raise(bound: result.bound, provedBy: "aggregated LP")
    let lattice = LatticeBound(model, table: table)
    let lifted = lattice.raise(
      incumbent.bound, value: result.value, relaxation: relaxation, prices: result.prices)
    incumbent.raise(bound: min(lifted, result.holdsBelow), provedBy: "aggregated LP on a lattice of loads")
    if isBoundAlone { return incumbent.solution() }
    if let sufficient = options.sufficientBound, incumbent.bound >= sufficient { return incumbent.solution() }
    if options.effort == .proof {
      try chooseOptions(table, relaxation, result, incumbent)
      return incumbent.solution()
    }
    func strategy(_ options: SearchOptions, _ clock: SearchClock) -> PackingStrategy {
      PackingStrategy(
        model: model, packable: packable, table: table, relaxation: relaxation, result: result,
        lattice: lattice, incumbent: incumbent, options: options, clock: clock)
    }
    try strategy(options, clock).run()
    if options.effort == .thorough, options.gap > Self.fineGap, incumbent.isGoodEnough, !clock.isOver {
      // Nearer where that costs no more than what was done already.
      var fine = options
      fine.gap = Self.fineGap
      incumbent.gap = fine.gap
      try strategy(fine, clock.part(ticks: clock.ticks)).run()
      incumbent.gap = options.gap
    }
    strategy(options, clock).polish()
    return incumbent.solution()
  }

  /// Raises the bound, up to what is enough, by what whole options make of whole classes.
  private func chooseOptions(
    _ table: AggregateTable, _ relaxation: AggregatedBound, _ result: AggregatedBound.Result,
    _ incumbent: PackingIncumbent
  ) throws(ProgramError) {
    let enough = options.sufficientBound ?? incumbent.bound * (1 + options.gap)
    let program = AggregatedProgram(
      table: table, relaxation: relaxation, result: result, enough: enough, solver: options.solver)
    guard let bound = try program?.bound(gap: options.gap / 10, nodes: Self.mostNodes, clock: clock) else {
      return
    }
    incumbent.raise(bound: bound, provedBy: "aggregated integer program")
  }

  /// The model to pack: where colours are not fully expressed, the one that keeps them.
  private func packable(_ model: PackingModel) -> PackingModel {
    guard !model.isExact else { return model }
    var builder = PackingModelBuilder(problem, inexpressible: .dropOptions)
    return builder.build()
  }
}
