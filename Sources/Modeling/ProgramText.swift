/// A program as a file that other solvers read: free MPS, or CPLEX's LP format.
///
/// Variables are x0, x1 ... and rows r0, r1 ... in the program's order, so that a program always has the same text. A row
/// with two sides is two rows, a constant of the objective is the coefficient of a variable `one` that is fixed at 1, and
/// what is to be maximised is minimised with the opposite sign, since not every reader knows more.
public struct ProgramText: Sendable {
  public enum Format: String, Sendable, Hashable, CaseIterable {
    case mps, lp
  }

  private struct Row {
    enum Sense { case atMost, atLeast, equal }
    var name: String
    var terms: [LinearExpression.Term]
    var sense: Sense
    var side: Double
  }

  private let program: Program
  private let comments: [String]
  private let objective: [LinearExpression.Term]
  private let constant: Double
  private let rows: [Row]

  /// - Parameter comments: lines at the top; what does not print on one line is replaced.
  public init(_ program: Program, comments: [String]) {
    self.program = program
    let sign: Double = program.sense == .minimise ? 1 : -1
    self.comments =
      comments.map { String($0.map { $0.isNewline || !$0.isASCII ? "?" : $0 }) }
      + (sign < 0 ? ["the objective is maximised: this is its negative"] : [])
    let merged = (sign * program.objective).merged()
    (objective, constant) = (merged.terms, merged.constant)
    rows = program.constraints.enumerated().flatMap { index, constraint -> [Row] in
      let sides = constraint.expression.merged()
      let (lower, upper) = (constraint.lower - sides.constant, constraint.upper - sides.constant)
      func row(_ suffix: String, _ sense: Row.Sense, _ side: Double) -> Row {
        Row(name: "r\(index)\(suffix)", terms: sides.terms, sense: sense, side: side)
      }
      if lower == upper { return [row("", .equal, lower)] }
      let isRange = lower.isFinite && upper.isFinite
      return (lower.isFinite ? [row(isRange ? "_low" : "", .atLeast, lower)] : [])
        + (upper.isFinite ? [row(isRange ? "_high" : "", .atMost, upper)] : [])
    }
  }

  public func text(_ format: Format) -> String {
    switch format {
    case .mps: mps
    case .lp: lp
    }
  }

  /// The coefficient of `one`; every file has a variable.
  private var hasOne: Bool { constant != 0 || program.variables.isEmpty }

  // MARK: MPS

  private var mps: String {
    var columns: [[(row: String, value: Double)]] = program.variables.map { _ in [] }
    for term in objective { columns[term.variable.index].append(("obj", term.coefficient)) }
    for row in rows {
      for term in row.terms { columns[term.variable.index].append((row.name, term.coefficient)) }
    }
    var lines = comments.map { "* \($0)" } + ["NAME program", "ROWS", " N obj"]
    lines += rows.map { row in
      switch row.sense {
      case .atMost: " L \(row.name)"
      case .atLeast: " G \(row.name)"
      case .equal: " E \(row.name)"
      }
    }
    lines.append("COLUMNS")
    var isInteger = false
    var markers = 0
    func mark(_ integer: Bool) {
      guard integer != isInteger else { return }
      isInteger = integer
      lines.append(" m\(markers) 'MARKER' '\(integer ? "INTORG" : "INTEND")'")
      markers += 1
    }
    for (index, variable) in program.variables.enumerated() {
      mark(variable.kind == .integer)
      // A variable in no row is one all the same.
      let entries = columns[index].isEmpty ? [("obj", 0)] : columns[index]
      lines += entries.map { " x\(index) \($0.0) \($0.1)" }
    }
    mark(false)
    if hasOne { lines.append(" one obj \(constant)") }
    lines.append("RHS")
    lines += rows.filter { $0.side != 0 }.map { " rhs \($0.name) \($0.side)" }
    lines.append("BOUNDS")
    for (index, variable) in program.variables.enumerated() {
      lines += Self.mpsBounds("x\(index)", variable.lower, variable.upper)
    }
    if hasOne { lines += Self.mpsBounds("one", 1, 1) }
    return (lines + ["ENDATA"]).joined(separator: "\n") + "\n"
  }

  private static func mpsBounds(_ name: String, _ lower: Double, _ upper: Double) -> [String] {
    switch (lower.isFinite, upper.isFinite) {
    case (false, false): [" FR bnd \(name)"]
    case (true, false): [" LO bnd \(name) \(lower)", " PL bnd \(name)"]
    case (false, true): [" MI bnd \(name)", " UP bnd \(name) \(upper)"]
    case (true, true):
      lower == upper
        ? [" FX bnd \(name) \(lower)"] : [" LO bnd \(name) \(lower)", " UP bnd \(name) \(upper)"]
    }
  }

  // MARK: LP

  private var lp: String {
    var lines = comments.map { "\\ \($0)" } + ["Minimize"]
    lines += Self.sum("obj", objective, extra: hasOne ? " \(Self.signed(constant)) one" : "")
    lines.append("Subject To")
    // A file needs a row.
    if rows.isEmpty { lines.append(" none: 0 \(hasOne ? "one" : "x0") <= 0") }
    for row in rows {
      var sum = Self.sum(row.name, row.terms, extra: row.terms.isEmpty ? " + 0 \(hasOne ? "one" : "x0")" : "")
      let sense =
        switch row.sense {
        case .atMost: "<="
        case .atLeast: ">="
        case .equal: "="
        }
      sum[sum.count - 1] += " \(sense) \(row.side)"
      lines += sum
    }
    lines.append("Bounds")
    for (index, variable) in program.variables.enumerated() {
      lines.append(Self.lpBounds("x\(index)", variable.lower, variable.upper))
    }
    if hasOne { lines.append(Self.lpBounds("one", 1, 1)) }
    let integers = program.variables.indices.filter { program.variables[$0].kind == .integer }
    if !integers.isEmpty { lines += ["Generals"] + integers.map { " x\($0)" } }
    return (lines + ["End"]).joined(separator: "\n") + "\n"
  }

  private static func lpBounds(_ name: String, _ lower: Double, _ upper: Double) -> String {
    switch (lower.isFinite, upper.isFinite) {
    case (false, false): " \(name) free"
    case (true, false): " \(name) >= \(lower)"
    case (false, true): " -inf <= \(name) <= \(upper)"
    case (true, true): lower == upper ? " \(name) = \(lower)" : " \(lower) <= \(name) <= \(upper)"
    }
  }

  /// Over several lines, since readers limit their length.
  private static func sum(_ name: String, _ terms: [LinearExpression.Term], extra: String) -> [String] {
    var lines = [" \(name):"]
    for (index, term) in terms.enumerated() {
      if index > 0, index.isMultiple(of: 8) { lines.append(" ") }
      lines[lines.count - 1] += " \(signed(term.coefficient)) x\(term.variable.index)"
    }
    lines[lines.count - 1] += terms.isEmpty && extra.isEmpty ? " + 0 x0" : extra
    return lines
  }

  private static func signed(_ value: Double) -> String { value < 0 ? "- \(-value)" : "+ \(value)" }
}
