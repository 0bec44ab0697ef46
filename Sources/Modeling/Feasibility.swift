/// One way in which a point breaks a program.
public struct Violation: Sendable, Hashable {
  public enum Place: Sendable, Hashable {
    case constraint(ConstraintID)
    case bound(VariableID)
    case integrality(VariableID)
    case length(expected: Int)
  }
  public var place: Place
  /// By how much, in the units of the row or the variable.
  public var amount: Double

  public init(place: Place, amount: Double) {
    self.place = place
    self.amount = amount
  }
}

extension Program {
  /// Checks a point against bounds, integrality and constraints, independently of any solver.
  ///
  /// - Parameter tolerance: relative to the larger of 1 and the size of the terms that make up the row.
  /// - Returns: every violation, in the program's order; empty when the point is feasible. A NaN always violates.
  public func violations(of point: [Double], tolerance: Double = 1e-6) -> [Violation] {
    guard point.count == variables.count else {
      return [
        Violation(
          place: .length(expected: variables.count), amount: Double(point.count - variables.count))
      ]
    }
    var found: [Violation] = []
    for (index, variable) in variables.enumerated() {
      let value = point[index]
      let id = VariableID(index: index)
      let excess = max(variable.lower - value, value - variable.upper)
      let scale = tolerance * max(1, abs(value))
      if !(excess <= scale) { found.append(Violation(place: .bound(id), amount: excess)) }
      if variable.kind == .integer {
        let off = abs(value - value.rounded())
        if !(off <= tolerance) { found.append(Violation(place: .integrality(id), amount: off)) }
      }
    }
    for (index, constraint) in constraints.enumerated() {
      var sum = constraint.expression.constant
      var size = max(1, abs(sum))
      for term in constraint.expression.terms {
        let part = term.coefficient * point[term.variable.index]
        sum += part
        size = max(size, abs(part))
      }
      let excess = max(constraint.lower - sum, sum - constraint.upper)
      if !(excess <= tolerance * size) {
        found.append(
          Violation(place: .constraint(ConstraintID(index: index)), amount: excess))
      }
    }
    return found
  }
}
