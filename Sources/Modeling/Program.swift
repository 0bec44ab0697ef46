/// A linear or mixed-integer program: minimise or maximise a linear expression subject to ranges.
///
///     sense  objective(x)
///     lower <= expression(x) <= upper      every constraint
///     lower <= x <= upper                  every variable; integer where its kind says so
///
/// The program is a value and knows no solver. Bounds may be infinite; every other number must be finite,
/// which ``validate()`` checks before a solver sees it.
public struct Program: Sendable, Hashable {
  public enum Sense: Sendable, Hashable { case minimise, maximise }

  public enum Kind: Sendable, Hashable { case continuous, integer }

  public struct Variable: Sendable, Hashable {
    public var name: String
    public var lower: Double
    public var upper: Double
    public var kind: Kind
  }

  public struct Constraint: Sendable, Hashable {
    public var name: String
    /// The constant of the expression belongs to the left-hand side.
    public var expression: LinearExpression
    public var lower: Double
    public var upper: Double

    public init(name: String, expression: LinearExpression, lower: Double, upper: Double) {
      self.name = name
      self.expression = expression
      self.lower = lower
      self.upper = upper
    }
  }

  public var sense: Sense
  public var objective: LinearExpression
  public private(set) var variables: [Variable] = []
  public private(set) var constraints: [Constraint] = []

  public init(sense: Sense = .minimise, objective: LinearExpression = LinearExpression()) {
    self.sense = sense
    self.objective = objective
  }

  @discardableResult
  public mutating func addVariable(
    _ name: String = "", lower: Double = 0, upper: Double = .infinity, kind: Kind = .continuous
  ) -> VariableID {
    variables.append(Variable(name: name, lower: lower, upper: upper, kind: kind))
    return VariableID(index: variables.count - 1)
  }

  /// An integer variable between 0 and 1.
  @discardableResult
  public mutating func addBinary(_ name: String = "") -> VariableID {
    addVariable(name, lower: 0, upper: 1, kind: .integer)
  }

  /// Adds `lower <= expression <= upper`.
  @discardableResult
  public mutating func addConstraint(
    _ name: String = "", _ expression: LinearExpression, lower: Double = -.infinity,
    upper: Double = .infinity
  ) -> ConstraintID {
    constraints.append(
      Constraint(name: name, expression: expression, lower: lower, upper: upper))
    return ConstraintID(index: constraints.count - 1)
  }

  /// Adds `expression == value`.
  @discardableResult
  public mutating func addConstraint(
    _ name: String = "", _ expression: LinearExpression, equals value: Double
  ) -> ConstraintID {
    addConstraint(name, expression, lower: value, upper: value)
  }

  public mutating func setBounds(_ variable: VariableID, lower: Double, upper: Double) {
    variables[variable.index].lower = lower
    variables[variable.index].upper = upper
  }

  public var isMixedInteger: Bool { variables.contains { $0.kind == .integer } }

  /// The objective at a point, without checking that the point is feasible.
  public func objectiveValue(at point: [Double]) -> Double { objective.value(at: point) }
}
