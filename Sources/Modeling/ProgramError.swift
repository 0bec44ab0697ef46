/// A program that no solver may be given, with the place and the number at fault.
public enum ProgramError: Error, Sendable, Hashable, CustomStringConvertible {
  case notFinite(place: String, value: String)
  case unknownVariable(place: String, index: Int, count: Int)
  case crossedBounds(place: String, lower: Double, upper: Double)
  case tooLarge(place: String, count: Int, limit: Int)
  /// A magnitude no floating-point solver handles.
  case outOfRange(place: String, value: Double)
  case wrongLength(place: String, count: Int, expected: Int)

  public var description: String {
    switch self {
    case .notFinite(let place, let value):
      "\(place): \(value) is not a finite number; give a finite one"
    case .unknownVariable(let place, let index, let count):
      "\(place): variable \(index) does not exist; the program has \(count) variables"
    case .crossedBounds(let place, let lower, let upper):
      "\(place): the lower bound \(lower) is above the upper bound \(upper)"
    case .tooLarge(let place, let count, let limit):
      "\(place): \(count) entries, more than the solver's limit of \(limit)"
    case .outOfRange(let place, let value):
      "\(place): \(value) is outside the magnitudes 1e-100 to 1e100 a solver can compute with; rescale the program"
    case .wrongLength(let place, let count, let expected):
      "\(place): \(count) values where \(expected) are expected"
    }
  }
}

extension Program {
  /// Checks every number and index, so that a solver written in C can be handed the program safely.
  ///
  /// A range whose lower end is above its upper end is the caller's mistake and is named, not called infeasible.
  public func validate() throws(ProgramError) {
    try Self.check(objective, place: "objective", count: variables.count)
    for (index, variable) in variables.enumerated() {
      try Self.check(lower: variable.lower, upper: variable.upper) {
        "variable \(index) \(variable.name)"
      }
    }
    for (index, constraint) in constraints.enumerated() {
      try Self.check(constraint, place: "constraint \(index) \(constraint.name)", count: variables.count)
    }
  }

  static func check(
    _ constraint: Constraint, place: @autoclosure () -> String, count: Int
  ) throws(ProgramError) {
    let place = place()
    try check(constraint.expression, place: place, count: count)
    try check(lower: constraint.lower, upper: constraint.upper) { place }
  }

  /// Checks an expression over `count` variables: finite coefficients and existing variables.
  public static func check(
    _ expression: LinearExpression, place: @autoclosure () -> String, count: Int
  ) throws(ProgramError) {
    guard expression.constant.isFinite else {
      throw .notFinite(place: place(), value: "constant \(expression.constant)")
    }
    for term in expression.terms {
      guard term.variable.index >= 0, term.variable.index < count else {
        throw .unknownVariable(place: place(), index: term.variable.index, count: count)
      }
      guard term.coefficient.isFinite else {
        throw .notFinite(
          place: place(),
          value: "coefficient \(term.coefficient) of variable \(term.variable.index)")
      }
      guard isUsable(term.coefficient) else {
        throw .outOfRange(place: place(), value: term.coefficient)
      }
    }
  }

  /// Checks a range: no NaN, lower not above upper, no infinity on the wrong side.
  public static func check(
    lower: Double, upper: Double, place: () -> String
  ) throws(ProgramError) {
    if lower.isNaN || lower == .infinity {
      throw .notFinite(place: place(), value: "lower bound \(lower)")
    }
    if upper.isNaN || upper == -.infinity {
      throw .notFinite(place: place(), value: "upper bound \(upper)")
    }
    if lower.isFinite, !isUsable(lower) { throw .outOfRange(place: place(), value: lower) }
    if upper.isFinite, !isUsable(upper) { throw .outOfRange(place: place(), value: upper) }
    if lower > upper { throw .crossedBounds(place: place(), lower: lower, upper: upper) }
  }

  private static func isUsable(_ value: Double) -> Bool {
    value == 0 || (abs(value) >= 1e-100 && abs(value) <= 1e100)
  }
}
