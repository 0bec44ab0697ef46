import Modeling

/// Solves the problem without its rules: its bound holds, its infeasibility too, and an assignment of it that keeps the
/// rules answers the question.
struct RelaxedRules: SearchStep {
  let name = StepName.relaxedRules

  func run(_ context: RuledContext, within clock: SearchClock) throws(ProgramError) {
    let incumbent = context.incumbent
    let solution = try context.solve(context.relaxation, within: clock)
    incumbent.nodes += solution.certificate.nodes
    if solution.certificate.status == .infeasible {
      return incumbent.refuse(by: solution.certificate.provedBy)
    }
    context.relaxed = solution.assignment
    context.isAnswered = solution.assignment.map { incumbent.offer($0) } ?? false
    incumbent.raise(solution.certificate.bound, by: solution.certificate.provedBy)
  }
}
