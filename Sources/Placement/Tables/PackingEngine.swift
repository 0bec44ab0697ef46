import Modeling

/// Solves problems without nets, as ``Portfolio`` orders it.
///
/// Every step counts its work, so without a time limit the answer depends on the problem, the gap and the seed alone.
enum PackingEngine {
  /// Relative: a gap that is sought beyond the one that was asked for where it is cheap.
  private static let fineGap = 0.001

  /// - Precondition: the problem is valid and has no nets.
  static func solve(_ problem: Problem, options: SearchOptions) throws(ProgramError) -> Solution {
    var builder = PackingModelBuilder(problem)
    let model = builder.build()
    let incumbent = Incumbent(problem, options, SearchClock(options))
    if let start = options.start { incumbent.offer(start) }
    if model.units.contains(where: \.options.isEmpty) {
      incumbent.refuse(by: .unitFit)
      return incumbent.solution()
    }
    let offers = PackingOffers(incumbent)
    if model.units.isEmpty {
      incumbent.raise(model.base.max() ?? 0, by: .baseLoads)
      offers.offer(PackingState(model))
      return incumbent.solution()
    }
    try search(PackingContext(offers, model, packable: packable(problem, model)))
    return incumbent.solution()
  }

  private static func search(_ context: PackingContext) throws(ProgramError) {
    let incumbent = context.incumbent
    let options = incumbent.options
    try context.play(Portfolio.packingBounds)
    if options.effort == .bound || options.sufficientBound.map({ incumbent.bound >= $0 }) ?? false { return }
    guard options.effort != .proof else { return try context.play(Portfolio.packingProof) }
    try context.play(Portfolio.packingSearch)
    let clock = context.clock
    if options.effort == .thorough, options.gap > fineGap, incumbent.isDone, !clock.isOver {
      // Nearer where that costs no more than what was done already.
      incumbent.gap = fineGap
      context.clock = clock.part(ticks: clock.ticks)
      try context.play(Portfolio.packingSearch)
      (incumbent.gap, context.clock) = (options.gap, clock)
    }
    try context.play(Portfolio.packingPolish)
  }

  /// The model to pack: where colours are not fully expressed, the one that keeps them.
  private static func packable(_ problem: Problem, _ model: PackingModel) -> PackingModel {
    guard !model.isExact else { return model }
    var builder = PackingModelBuilder(problem, inexpressible: .dropOptions)
    return builder.build()
  }
}
