/// A program with its figures, which take long to work out where requests are followed.
public struct EvaluatedProgram: Sendable {
  public var program: ExecutionProgram
  public var summary: LoadSummary

  public init(program: ExecutionProgram, summary: LoadSummary) {
    self.program = program
    self.summary = summary
  }
}

extension LoadSummary {
  /// - Parameter known: Whose figures are taken where it is of the same program.
  public init(_ program: ExecutionProgram, known: EvaluatedProgram?) {
    if let known, !known.summary.leavesTurnsOut, known.program == program {
      self = known.summary
    } else {
      self.init(program)
    }
  }
}
