import Modeling

/// A net-split as the integer program that decides it, for another solver: ``NetSplitProgram`` with nothing ruled out.
public struct NetSplitStatement: Sendable {
  /// Loads are in microseconds, so that coefficients are near 1; with a blend the objective is in its unit times 1e-6.
  public let program: Program
  /// Which unit and option each variable of a choice stands for, a line each.
  public let legend: [String]

  /// - Parameter blend: what to minimise; `nil` for the bottleneck.
  /// - Returns: `nil` when no assignment keeps the problem's limit of stages.
  /// - Precondition: ``NetSplit/accepts(_:)``.
  public init?(_ problem: Problem, blend: NetSplit.Blend?) {
    let problem = problem.withParallelNetsJoined
    guard let scope = SplitScope(problem, order: UnitOrder(problem), limit: .infinity) else { return nil }
    let stated = NetSplitProgram(
      problem: problem, scope: scope, scale: 1e-6, goal: blend.map { .blend($0) } ?? .bottleneck)
    program = stated.program
    legend = stated.choice.enumerated().flatMap { unit, variables in
      variables.enumerated().compactMap { option, variable in
        variable.map {
          "x\($0.index) = 1: \(problem.units[unit].name) on \(problem.units[unit].options[option].name)"
        }
      }
    }
  }
}
