/// A variable of a ``Program``: its position in `Program.variables`.
public struct VariableID: Sendable, Hashable, Comparable {
  public let index: Int
  public init(index: Int) { self.index = index }
  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// A constraint of a ``Program``: its position in `Program.constraints`.
public struct ConstraintID: Sendable, Hashable, Comparable {
  public let index: Int
  public init(index: Int) { self.index = index }
  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// A sum of coefficients times variables, plus a constant; the same variable may occur more than once.
public struct LinearExpression: Sendable, Hashable {
  public struct Term: Sendable, Hashable {
    public var variable: VariableID
    public var coefficient: Double
    public init(_ coefficient: Double, _ variable: VariableID) {
      self.variable = variable
      self.coefficient = coefficient
    }
  }

  public var terms: [Term]
  public var constant: Double

  public init(_ terms: [Term] = [], constant: Double = 0) {
    self.terms = terms
    self.constant = constant
  }

  public init(_ variable: VariableID) { self.init([Term(1, variable)]) }

  public mutating func add(_ coefficient: Double, _ variable: VariableID) {
    terms.append(Term(coefficient, variable))
  }

  /// The value at a point, indexed by variable.
  public func value(at point: [Double]) -> Double {
    var sum = constant
    for term in terms { sum += term.coefficient * point[term.variable.index] }
    return sum
  }

  /// The same expression with every variable once, ascending, and without zero coefficients.
  public func merged() -> LinearExpression {
    var result: [Term] = []
    result.reserveCapacity(terms.count)
    for term in terms.sorted(by: { $0.variable < $1.variable }) {
      if let last = result.last, last.variable == term.variable {
        result[result.count - 1].coefficient += term.coefficient
      } else {
        result.append(term)
      }
    }
    result.removeAll { $0.coefficient == 0 }
    return LinearExpression(result, constant: constant)
  }

  public static func + (a: Self, b: Self) -> Self {
    LinearExpression(a.terms + b.terms, constant: a.constant + b.constant)
  }

  public static func - (a: Self, b: Self) -> Self { a + -1 * b }

  public static func * (factor: Double, a: Self) -> Self {
    LinearExpression(
      a.terms.map { Term(factor * $0.coefficient, $0.variable) }, constant: factor * a.constant)
  }

  public static func += (a: inout Self, b: Self) {
    a.terms += b.terms
    a.constant += b.constant
  }
}
