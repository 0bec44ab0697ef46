#if COIN
  import Modeling

  /// A program as COIN-OR takes it: columns one after the other, in arrays.
  ///
  /// The objective's constant is no part of it, nor are those of the rows: row bounds are shifted by them.
  struct ColumnMatrix {
    /// By column, and one more: where its entries begin.
    private(set) var starts: [Int32]
    private(set) var rows: [Int32]
    private(set) var values: [Double]
    let columnLower: [Double]
    let columnUpper: [Double]
    private(set) var objective: [Double]
    let rowLower: [Double]
    let rowUpper: [Double]
    /// By row.
    let constants: [Double]

    /// - Precondition: `program.validate()` has passed.
    init(_ program: Program) throws(ProgramError) {
      let expressions = program.constraints.map { $0.expression.merged() }
      let entryCount = expressions.reduce(0) { $0 + $1.terms.count }
      try program.checkSize(entries: entryCount)
      constants = expressions.map(\.constant)
      columnLower = program.variables.map { Self.bound($0.lower) }
      columnUpper = program.variables.map { Self.bound($0.upper) }
      rowLower = zip(program.constraints, constants).map { Self.bound($0.lower - $1) }
      rowUpper = zip(program.constraints, constants).map { Self.bound($0.upper - $1) }
      objective = Array(repeating: 0, count: program.variables.count)
      for term in program.objective.merged().terms { objective[term.variable.index] = term.coefficient }
      var counts = Array(repeating: Int32(0), count: program.variables.count + 1)
      for expression in expressions {
        for term in expression.terms { counts[term.variable.index + 1] += 1 }
      }
      for column in program.variables.indices { counts[column + 1] += counts[column] }
      starts = counts
      rows = Array(repeating: 0, count: entryCount)
      values = Array(repeating: 0, count: entryCount)
      for (row, expression) in expressions.enumerated() {
        for term in expression.terms {
          let place = Int(counts[term.variable.index])
          counts[term.variable.index] += 1
          (rows[place], values[place]) = (Int32(row), term.coefficient)
        }
      }
    }

    /// COIN-OR's infinity is the largest number.
    static func bound(_ value: Double) -> Double {
      value.isFinite ? value : value < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
    }
  }
#endif
