/// Incumbent, bound and their history during one search; every candidate is checked by ``ProblemEvaluator``.
struct GraphSearchState {
  let problem: Problem
  let options: SearchOptions
  let clock: SearchClock
  private(set) var assignment: Assignment?
  private(set) var objective = Double.infinity
  private(set) var bound = 0.0
  private(set) var provedBy = "nothing"
  private(set) var isInfeasible = false
  var nodes = 0

  init(_ problem: Problem, _ options: SearchOptions, _ clock: SearchClock) {
    self.problem = problem
    self.options = options
    self.clock = clock
  }

  /// The relative gap asked for is reached.
  var isDone: Bool { assignment != nil && objective - bound <= max(options.gap, Self.rounding) * objective }

  /// The bound is at the objective but for rounding.
  var isClosed: Bool { assignment != nil && objective - bound <= Self.rounding * objective }

  private static let rounding = 1e-9

  var shouldStop: Bool { clock.isOver }

  mutating func raise(_ value: Double, provedBy step: String) {
    // Sums in another order may differ in the last digits; a bound must not exceed the optimum by them.
    let safe = min(value * (1 - 1e-12), objective)
    guard safe > bound else { return }
    bound = safe
    provedBy = step
    report()
  }

  /// Nothing better than the incumbent exists.
  mutating func prove(by step: String) {
    guard assignment != nil else { return }
    bound = objective
    provedBy = step
    report()
  }

  /// No assignment exists.
  mutating func refuse(by step: String) {
    isInfeasible = true
    bound = .infinity
    provedBy = step
  }

  /// Takes the assignment when it is allowed and better.
  @discardableResult
  mutating func offer(_ candidate: Assignment) -> Bool {
    let evaluation = ProblemEvaluator.evaluate(problem, candidate)
    guard evaluation.isFeasible, evaluation.objective < objective else { return false }
    objective = evaluation.objective
    assignment = candidate
    report()
    return true
  }

  func solution() -> Solution {
    let status: Certificate.Status =
      isInfeasible ? .infeasible : assignment == nil ? .limit : isDone ? .optimal : .feasible
    return Solution(
      assignment: assignment,
      certificate: Certificate(
        status: status, objective: assignment == nil ? nil : objective, bound: bound, provedBy: provedBy,
        seconds: clock.seconds, nodes: nodes, ticks: clock.ticks))
  }

  private func report() {
    clock.report(incumbent: assignment == nil ? nil : objective, bound: bound)
  }
}
