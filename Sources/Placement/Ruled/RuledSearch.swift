import Modeling

/// Solves problems with units to keep apart or limited in number around the engine of the rest, as ``Portfolio`` orders it.
///
/// The problem without those rules is a relaxation, which the engines solve with all their bounds (``RelaxedRules``). They do
/// not know the rules themselves: both set devices of a class apart from each other by what is on them, and the engines'
/// compiled models, whose classes are their speed, count devices of a class as one. Only net-splits of two devices, where
/// nothing is counted, have the rules as rows of their program.
enum RuledSearch {
  static func solve(
    _ problem: Problem, options: SearchOptions, relax: @escaping RuledContext.Relax
  ) throws(ProgramError) -> Solution {
    let context = RuledContext(problem, options: options, relax: relax)
    let incumbent = context.incumbent
    try context.play(Portfolio.ruleBounds)
    if incumbent.isInfeasible || context.isAnswered { return incumbent.solution() }
    if let start = options.start { incumbent.offer(start) }
    try context.play(Portfolio.ruleCounts)
    let isEnough = options.sufficientBound.map { incumbent.bound >= $0 } ?? false
    if isEnough && context.relaxed == nil { return incumbent.solution() }
    try context.play(Portfolio.ruleSearch)
    return incumbent.solution()
  }
}
