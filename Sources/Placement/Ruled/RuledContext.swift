import Modeling

/// A problem with units to keep apart or limited in number, and the engine that solves it without those rules.
final class RuledContext: SearchContext {
  typealias Relax = (Problem, SearchOptions) throws(ProgramError) -> Solution

  let problem: Problem
  let incumbent: Incumbent
  /// The problem without its rules, and without options that they leave no room for.
  let relaxation: Problem
  /// An assignment of that, which may break rules.
  var relaxed: Assignment?
  /// Whether the relaxation's own answer keeps the rules: then it answers the question.
  var isAnswered = false
  /// Whether every assignment was looked at.
  var isExhausted = false
  private let relax: Relax

  var clock: SearchClock { incumbent.clock }

  /// - Parameter relax: solves a problem without such rules.
  init(_ problem: Problem, options: SearchOptions, relax: @escaping Relax) {
    self.problem = problem
    self.relax = relax
    incumbent = Incumbent(problem, options, SearchClock(options))
    var relaxation = RulePigeonhole.thinned(problem)
    relaxation.apart = []
    relaxation.limits = []
    self.relaxation = relaxation
  }

  /// Solves a problem without rules within a step's time and work, and counts what it took.
  func solve(
    _ problem: Problem, within clock: SearchClock, effort: SearchOptions.Effort? = nil
  ) throws(ProgramError) -> Solution {
    var options = clock.options(incumbent.options)
    if let effort { options.effort = effort }
    let solution = try relax(problem, options)
    clock.spend(solution.certificate.ticks)
    return solution
  }
}
