import Modeling

/// The relaxation over whole classes of devices with whole options, solved by branch and cut.
///
/// It is the program of ``AggregatedBound`` with x[u,o] in {0, 1}, so it has every assignment's options as a solution
/// and its optimum is a lower bound. For assignments below a bottleneck U, which is all that the bound is
/// taken for, these options are left out:
/// - those that alone exceed U, and those whose reduced cost at the relaxation's prices lifts it to U or more;
/// - those that another kept option of the unit dominates: it uses no more of any resource, so exchanging them keeps a
///   solution.
struct AggregatedProgram {
  private let table: AggregateTable
  private let relaxation: AggregatedBound
  private let solver: any MIPSolver
  private let limit: Double
  /// By unit and kept option: what it uses of every resource.
  private var kept: [[[Double]]] = []

  private static let mostOptions = 4000
  /// What rounding in the solver may add to a bound, relative; the limit lies above what is enough by more than that.
  private static let tolerance = 1e-6

  /// - Parameter enough: seconds; a bound this high is not raised further.
  /// - Returns: `nil` where a piece of a kept option may choose among classes, or too many options are kept.
  init?(
    table: AggregateTable, relaxation: AggregatedBound, result: AggregatedBound.Result, enough: Double,
    solver: any MIPSolver
  ) {
    self.table = table
    self.relaxation = relaxation
    self.solver = solver
    limit = min(enough * (1 + 3 * Self.tolerance), result.holdsBelow)
    let (value, units) = relaxation.reducedCosts(result.prices, within: limit.nextDown)
    for options in units {
      var own: [[Double]] = []
      for (option, cost) in options where value + cost < limit {
        guard let use = table.use(option: option) else { return nil }
        own.append(use)
      }
      kept.append(Self.undominated(own))
    }
    let count = kept.reduce(0) { $0 + $1.count }
    guard count <= Self.mostOptions else { return nil }
  }

  private static func undominated(_ options: [[Double]]) -> [[Double]] {
    options.enumerated().filter { index, use in
      !options.enumerated().contains { other, rival in
        other != index && zip(rival, use).allSatisfy { $0 <= $1 } && (other < index || rival != use)
      }
    }.map(\.element)
  }

  /// - Parameters:
  ///   - gap: relative; no nearer to the program's optimum than this is wanted.
  ///   - nodes: of branch and cut, at most.
  /// - Returns: seconds; the limit itself where no choice of options stays below it.
  func bound(gap: Double, nodes: Int, clock: SearchClock) throws(ProgramError) -> Double {
    if kept.contains(where: \.isEmpty) { return limit }
    let resources = table.resourceRange.filter { relaxation.capacity($0, at: limit, room: 1).isFinite }
    var program = Program()
    let bottleneck = program.addVariable("T", lower: 0, upper: 1)
    program.objective = LinearExpression(bottleneck)
    var terms = resources.map { _ in [LinearExpression.Term]() }
    var fixed = resources.map { _ in 0.0 }
    for options in kept {
      if options.count == 1 {
        for (row, resource) in resources.enumerated() { fixed[row] += options[0][resource] }
        continue
      }
      var choice: [LinearExpression.Term] = []
      for use in options {
        let variable = program.addVariable("", lower: 0, upper: 1, kind: .integer)
        choice.append(.init(1, variable))
        for (row, resource) in resources.enumerated() where use[resource] > 0 {
          terms[row].append(.init(use[resource], variable))
        }
      }
      program.addConstraint("", LinearExpression(choice), equals: 1)
    }
    for (row, resource) in resources.enumerated() {
      // Loads: use + base <= perSecond x limit x T; memory: use <= capacity.
      let perSecond = relaxation.perSecond(resource) * limit
      let room = relaxation.capacity(resource, at: 0, room: 1) - fixed[row]
      let scale = perSecond > 0 ? perSecond : max(1, abs(room))
      var expression = LinearExpression(terms[row].map { .init($0.coefficient / scale, $0.variable) })
      if perSecond > 0 { expression = LinearExpression(expression.terms + [.init(-1, bottleneck)]) }
      program.addConstraint("", expression, upper: room / scale)
    }
    let outcome = try solver.solve(
      program,
      limits: SolveLimits(
        gap: gap, timeLimit: clock.secondsLeft, workLimit: clock.ticksLeft, nodeLimit: nodes,
        cuts: [.gomory, .cover], isCancelled: { clock.isOver }))
    clock.spend(outcome.ticks)
    let bound = outcome.vector == .infeasible ? 1 : max(0, outcome.bound)
    return bound * limit * (1 - Self.tolerance)
  }
}

extension AggregatedProgram {
  /// Raises the bound, up to what is enough, by what whole options make of whole classes.
  struct Step: SearchStep {
    let name = StepName.aggregatedProgram
    private static let mostNodes = 4000

    func run(_ context: PackingContext, within clock: SearchClock) throws(ProgramError) {
      guard let result = context.result else { return }
      let (incumbent, options) = (context.incumbent, context.incumbent.options)
      let program = AggregatedProgram(
        table: context.table, relaxation: context.relaxation, result: result,
        enough: options.sufficientBound ?? incumbent.bound * (1 + options.gap), solver: options.solver)
      if let program {
        incumbent.raise(
          try program.bound(gap: options.gap / 10, nodes: Self.mostNodes, clock: clock), by: name)
      }
    }
  }
}
