/// A problem of two devices with what its steps share.
final class SplitContext: SearchContext {
  let problem: Problem
  let incumbent: Incumbent
  /// `nil` where stages are not limited.
  let order: UnitOrder?
  /// What to minimise; `nil` for the bottleneck.
  let blend: NetSplit.Blend?
  private(set) lazy var table = SplitState.Table(problem)
  /// Seconds that count as 1 in programs, so that their coefficients are near 1.
  private(set) var scale = 1.0
  /// Whether branch and cut has answered.
  var isSolved = false
  /// Whether ``RelaxedPacking`` has been here.
  var isRelaxed = false

  var clock: SearchClock { incumbent.clock }

  /// Past the limit the search goes on until there is a plan.
  var isOver: Bool {
    incumbent.isInfeasible || incumbent.isDone || (clock.isOver && incumbent.assignment != nil)
  }

  init(_ problem: Problem, blend: NetSplit.Blend? = nil, options: SearchOptions) {
    let problem = problem.withParallelNetsJoined
    let order = problem.stages == nil ? nil : UnitOrder(problem)
    self.problem = problem
    self.order = order
    self.blend = blend
    incumbent = Incumbent(problem, options, SearchClock(options)) { assignment, evaluation in
      guard SplitContext.keepsStages(assignment, problem, order) else { return nil }
      return blend?.value(evaluation) ?? evaluation.objective
    }
  }

  static func keepsStages(_ assignment: Assignment, _ problem: Problem, _ order: UnitOrder?) -> Bool {
    guard let limit = problem.stages else { return true }
    return order?.stages(of: assignment.choices.map { $0.devices[0] }).allSatisfy { $0 < limit } ?? false
  }

  /// The assignment with what it loads, where it is allowed.
  func evaluated(_ assignment: Assignment) -> ProblemEvaluator.Evaluation? {
    let evaluation = ProblemEvaluator.evaluate(problem, assignment)
    return evaluation.isFeasible && Self.keepsStages(assignment, problem, order) ? evaluation : nil
  }

  /// Whether a program may take longer than a search has, or than minimum cuts with a descent, which most often do: where
  /// nothing limits the turns, few units are certain.
  var isLarge: Bool {
    problem.units.count > (problem.stages == nil ? Self.largestFreeCount : Self.largestUnitCount)
  }
  private static let (largestUnitCount, largestFreeCount) = (3_000, 400)

  /// Scales programs by the incumbent, or for a blend by the least work; where that is 0, because nothing need be computed,
  /// by the largest amount that there is.
  func setScale() {
    scale = blend != nil ? leastWork : incumbent.assignment == nil ? 0 : incumbent.objective
    if scale > 0 { return }
    let loads = problem.units.flatMap { $0.options.flatMap { $0.shards.flatMap { $0.loads } } }
    let nets = problem.nets.flatMap { ($0.out + $0.incoming).flatMap { $0 } }
    let largest = max(
      (loads + nets).map(\.seconds).max() ?? 0, problem.devices.flatMap(\.baseLoad).max() ?? 0)
    scale = largest > 0 ? largest : 1
  }

  /// Seconds: over all units, the largest load of the option where that is least.
  private var leastWork: Double {
    problem.units.reduce(0.0) { sum, unit in
      sum + (unit.options.map { $0.shards[0].loads.map(\.seconds).max() ?? 0 }.min() ?? 0)
    }
  }
}
