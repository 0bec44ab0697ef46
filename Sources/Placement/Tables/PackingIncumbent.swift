/// The best packing so far, the best bound, and who proved it.
final class PackingIncumbent {
  private let problem: Problem
  /// Relative: what is good enough.
  var gap: Double
  private let clock: SearchClock
  private(set) var objective: Double?
  private(set) var bound = 0.0
  private(set) var provedBy = "loads are not negative"
  private(set) var assignment: Assignment?
  /// The packing behind the assignment, before its penalty was lowered.
  private(set) var best: PackingState?
  private var isRefused = false
  var nodes = 0

  init(_ problem: Problem, options: SearchOptions, clock: SearchClock) {
    self.problem = problem
    gap = options.gap
    self.clock = clock
  }

  var isGoodEnough: Bool {
    guard let objective else { return false }
    return objective - bound <= gap * objective + Self.rounding * objective
  }

  /// Relative difference that the order of summation alone can make.
  static let rounding = 1e-9

  func raise(bound value: Double, provedBy step: String) {
    // An assignment in hand caps what a bound can claim beyond rounding.
    let value = objective.map { min(value, $0) } ?? value
    guard value > bound else { return }
    bound = value
    provedBy = step
    report()
  }

  /// Takes the state when it is feasible and better; the verdict is the evaluator's, not the search's.
  @discardableResult
  func offer(_ state: PackingState) -> Bool {
    guard state.memoryExcess == 0 else { return false }
    if let objective, state.bottleneck >= objective { return false }
    let candidate = state.model.assignment(
      options: state.option, devices: state.places, unitCount: problem.units.count)
    let evaluation = ProblemEvaluator.evaluate(problem, candidate)
    guard evaluation.isFeasible else { return false }
    if let objective, evaluation.objective >= objective { return false }
    assignment = candidate
    best = state
    objective = evaluation.objective
    bound = min(bound, evaluation.objective)
    report()
    return true
  }

  /// Takes the assignment that the search starts from, when it is allowed.
  func begin(with start: Assignment) {
    let evaluation = ProblemEvaluator.evaluate(problem, start)
    guard evaluation.isFeasible else { return }
    assignment = start
    objective = evaluation.objective
    report()
  }

  /// Takes the state when it costs less penalty at no larger objective.
  func offerPolished(_ state: PackingState) -> Bool {
    guard let objective, let known = assignment, state.memoryExcess == 0 else { return false }
    let candidate = state.model.assignment(
      options: state.option, devices: state.places, unitCount: problem.units.count)
    let evaluation = ProblemEvaluator.evaluate(problem, candidate)
    guard evaluation.isFeasible, evaluation.objective <= objective,
      penalty(candidate) < penalty(known)
    else { return false }
    assignment = candidate
    self.objective = evaluation.objective
    bound = min(bound, evaluation.objective)
    return true
  }

  private func penalty(_ assignment: Assignment) -> Double {
    zip(problem.units, assignment.choices).reduce(0) { $0 + $1.0.options[$1.1.option].penalty }
  }

  /// Notes the proof that nothing fits.
  func refuse(provedBy step: String) {
    isRefused = true
    provedBy = step
    bound = .infinity
  }

  private func report() {
    clock.report(incumbent: objective, bound: bound)
  }

  func solution() -> Solution {
    let status: Certificate.Status =
      if objective == nil { isRefused ? .infeasible : .limit } else { isGoodEnough ? .optimal : .feasible }
    return Solution(
      assignment: assignment,
      certificate: Certificate(
        status: status, objective: objective, bound: bound, provedBy: provedBy, seconds: clock.seconds,
        nodes: nodes, ticks: clock.ticks))
  }

  func infeasible(provedBy step: String) -> Solution {
    refuse(provedBy: step)
    return solution()
  }
}
