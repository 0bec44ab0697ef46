#if COIN
  import CCOIN
  import Modeling

  /// A program inside Cbc, from creation to deletion, for one search.
  ///
  /// The objective's constant is a column that is fixed at 1, so that Cbc's relative gap is that of the program.
  @safe final class CbcModel {
    private var model: UnsafeMutableRawPointer?
    private let variableCount: Int
    private let columnCount: Int

    init(_ program: Program, _ matrix: ColumnMatrix) {
      variableCount = program.variables.count
      let constant = program.objective.constant
      let more = constant == 0 ? [] : [constant]
      columnCount = variableCount + more.count
      let model = unsafe Cbc_newModel()
      unsafe self.model = model
      unsafe Cbc_setLogLevel(model, 0)
      unsafe Cbc_setParameter(model, "log", "0")
      // Its seconds would be those of the processor else, of all threads together.
      unsafe Cbc_setParameter(model, "timeMode", "elapsed")
      unsafe Cbc_loadProblem(
        model, Int32(columnCount), Int32(program.constraints.count),
        matrix.starts + more.map { _ in Int32(matrix.values.count) }, matrix.rows, matrix.values,
        matrix.columnLower + more.map { _ in 1 }, matrix.columnUpper + more.map { _ in 1 },
        matrix.objective + more, matrix.rowLower, matrix.rowUpper)
      for (index, variable) in program.variables.enumerated() where variable.kind == .integer {
        unsafe Cbc_setInteger(model, Int32(index))
      }
      unsafe Cbc_setObjSense(model, program.sense == .minimise ? 1 : -1)
    }

    deinit { assert(unsafe model == nil, "a Cbc problem was left open") }

    func close() {
      unsafe Cbc_deleteModel(model)
      unsafe model = nil
    }

    func begin(with values: [Double]) {
      guard values.count == variableCount else { return }
      unsafe Cbc_setMIPStartI(model, Int32(variableCount), (0..<Int32(variableCount)).map { $0 }, values)
    }

    func limit(seconds: Double?, nodes: Int, gap: Double) {
      if let seconds { unsafe Cbc_setMaximumSeconds(model, seconds) }
      unsafe Cbc_setMaximumNodes(model, Int32(min(nodes, 2_000_000_000)))
      unsafe Cbc_setAllowableGap(model, 0)
      unsafe Cbc_setAllowableFractionGap(model, gap.isFinite ? max(0, gap) : 0)
    }

    func solve() -> StopReason {
      unsafe Cbc_solve(model)
      // Cbc's words: see `Cbc_status` and `Cbc_secondaryStatus`.
      switch unsafe (Cbc_status(model), Cbc_secondaryStatus(model)) {
      case (0, 2): return .gap
      case (0, 0), (0, 1), (0, 7): return .finished
      case (1, 3): return .nodeLimit
      case (1, 4): return .timeLimit
      default: return .numericalTrouble
      }
    }

    var word: String { unsafe "Cbc \(Cbc_status(model)), \(Cbc_secondaryStatus(model))" }
    var isInfeasible: Bool { unsafe Cbc_isProvenInfeasible(model) != 0 }
    var nodes: Int { Int(unsafe Cbc_getNodeCount(model)) }
    var iterations: Int { Int(unsafe Cbc_getIterationCount(model)) }
    var bound: Double { unsafe Cbc_getBestPossibleObjValue(model) }

    /// Of the best vector; `nil` where none was found.
    var values: [Double]? {
      guard let best = unsafe Cbc_bestSolution(model) else { return nil }
      return (0..<variableCount).map { unsafe best[$0] }
    }
  }
#endif
