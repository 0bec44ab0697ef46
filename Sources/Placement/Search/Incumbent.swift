/// The best assignment so far, the best bound, and who proved it: shared by all steps of one search.
///
/// Whatever a step claims of an assignment, ``ProblemEvaluator`` judges it; whatever it claims of a bound is capped by the
/// assignment in hand. Steps that work on several threads collect there and offer here, on the search's own thread.
final class Incumbent {
  /// What an assignment is worth, in the unit of the certificate; `nil` where it is not allowed for another reason than
  /// the evaluator's.
  typealias Measure = (Assignment, ProblemEvaluator.Evaluation) -> Double?

  let problem: Problem
  let options: SearchOptions
  let clock: SearchClock
  /// Relative: what is good enough.
  var gap: Double
  private let slack: Double
  private let measure: Measure
  private(set) var assignment: Assignment?
  /// Infinite without an assignment.
  private(set) var objective = Double.infinity
  private(set) var bound = 0.0
  private(set) var provedBy = StepName.nothing
  /// Proven: no assignment exists.
  private(set) var isInfeasible = false
  var nodes = 0

  /// Relative difference that the order of summation alone can make.
  private static let rounding = 1e-9

  /// - Parameter slack: Relative: taken off every bound, where steps sum in another order than the evaluator.
  init(
    _ problem: Problem, _ options: SearchOptions, _ clock: SearchClock, slack: Double = 0,
    measure: @escaping Measure = { $1.objective }
  ) {
    self.problem = problem
    self.options = options
    self.clock = clock
    self.slack = slack
    self.measure = measure
    gap = options.gap
  }

  /// The gap that is asked for is reached. The only definition of that.
  var isDone: Bool {
    assignment != nil && objective - bound <= gap * objective + Self.rounding * objective
  }

  func raise(_ value: Double, by step: StepName) {
    assert(!value.isNaN, "\(step) proves a number that is none")
    let value = min(value * (1 - slack), objective)
    guard value > bound else { return }
    bound = value
    provedBy = step
    report()
  }

  /// Notes the proof that nothing better than the incumbent exists, or without one that nothing exists.
  func close(by step: StepName) {
    if assignment == nil { return refuse(by: step) }
    bound = objective
    provedBy = step
    report()
  }

  /// Notes the proof that no assignment exists; one in hand disproves it.
  func refuse(by step: StepName) {
    guard assignment == nil else { return }
    isInfeasible = true
    bound = .infinity
    provedBy = step
  }

  /// Takes the assignment when it is allowed and better.
  @discardableResult
  func offer(_ candidate: Assignment) -> Bool { take(candidate) { $0 < objective } }

  /// Takes an assignment that the caller prefers for another reason than its objective, as long as that is within a limit.
  @discardableResult
  func exchange(for candidate: Assignment, within limit: Double) -> Bool { take(candidate) { $0 <= limit } }

  private func take(_ candidate: Assignment, if isWanted: (Double) -> Bool) -> Bool {
    let evaluation = ProblemEvaluator.evaluate(problem, candidate)
    guard evaluation.isFeasible, let value = measure(candidate, evaluation), isWanted(value) else {
      return false
    }
    assignment = candidate
    objective = value
    bound = min(bound, value)
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
