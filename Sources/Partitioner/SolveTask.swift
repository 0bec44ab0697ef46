import Placement
import Rules

/// A placement problem read from a file, with the user's rules and start, and how its format writes an answer.
struct SolveTask: Sendable {
  var format: SolveFormat
  var problem: Problem
  /// The problem before the rules.
  var given: Problem
  var answer: @Sendable (Assignment) -> SolveReport.Answer
  var start: Assignment?
  /// Why the start is passed over; empty when it is not.
  var warnings: [String]

  /// - Throws: `badInput` with every problem found; `usage` for options that do not fit the format.
  init(bytes: [UInt8], name: String, options: SolveOptions) throws(PartitionError) {
    self = try Self.located(name) {
      let format = try options.format ?? Self.detectFormat(bytes, name: name)
      var task = try Self(bytes, format, name: name, options: options)
      // Rules and the start are about a problem whose numbers hold.
      try task.given.validate()
      task.problem = try Self.ruled(task.given, by: options.rules)
      let faults = task.start.map { ProblemEvaluator.evaluate(task.problem, $0).violations } ?? []
      task.warnings = faults.map { "the assignment to start from is passed over: \($0)" }
      return task
    }
  }

  /// Names the file in the errors of a format and of the optimiser.
  static func located<Result>(_ name: String, _ body: () throws -> Result) throws(PartitionError) -> Result {
    do {
      return try body()
    } catch let error as PartitionError {
      throw error
    } catch let error as FormatError {
      throw PartitionError(.badInput, error.findings.map { "\(name): \($0)" })
    } catch let error as ProblemError {
      throw PartitionError(.badInput, error.issues.map { "\(name): \($0)" })
    } catch {
      throw PartitionError(.internalError, "\(name): \(error)")
    }
  }

  private init(
    _ format: SolveFormat, _ problem: Problem, start: Assignment?,
    answer: @escaping @Sendable (Assignment) -> SolveReport.Answer
  ) {
    (self.format, self.answer, self.start) = (format, answer, start)
    (self.problem, given, warnings) = (problem, problem, [])
  }

  private init(_ bytes: [UInt8], _ format: SolveFormat, name: String, options: SolveOptions) throws {
    switch format {
    case .problem:
      var problem = try ProblemFile.read(bytes)
      if let objective = options.objective { problem.objective = objective }
      if let isContiguous = options.isContiguous { problem.order = isContiguous ? .acyclicQuotient : .free }
      let asked = problem
      let start = try options.start.map { start in
        let choices = try start.choices([String: ProblemFile.Choice].self)
        return try start.located { () throws(FormatError) in try ProblemFile.assignment(choices, of: asked) }
      }
      self.init(format, problem, start: start) { .units(ProblemFile.answer($0, of: asked)) }
    case .torchrecOptions:
      guard options.objective != .latency else {
        throw PartitionError(
          .usage, "\(name): the format \(format.rawValue) has no latency; ask for throughput")
      }
      guard options.isContiguous == nil else {
        throw PartitionError(
          .usage,
          "\(name): the format \(format.rawValue) has no order, so --contiguous and --non-contiguous have no effect"
        )
      }
      let file = try TorchRecOptions(json: bytes)
      let start = try options.start.map { start in
        let choices = try start.choices([String: TorchRecOptions.Choice].self)
        return try start.located { () throws(FormatError) in try file.assignment(choices) }
      }
      self.init(format, file.problem(), start: start) { .tables(file.answer($0)) }
    case .dnnPartitioning:
      let file = try DNNPartitioning(json: bytes)
      let problem = file.problem(
        name: name, objective: options.objective ?? .throughput, contiguous: options.isContiguous ?? true)
      let start = try options.start.map { start in
        let answer = try start.choices(DNNPartitioning.Answer.self)
        return try start.located { () throws(FormatError) in try file.assignment(answer, of: problem) }
      }
      self.init(format, problem, start: start) { .graph(file.answer($0)) }
    }
  }

  private static func ruled(_ problem: Problem, by rules: PlacementRules?) throws(PartitionError) -> Problem {
    guard let rules else { return problem }
    do {
      return try rules.applied(to: problem)
    } catch {
      throw PartitionError(.badInput, error.findings.map { "\(rules.source): \($0)" })
    }
  }

  /// Each format has a field of its own that the others lack.
  private static func detectFormat(_ bytes: [UInt8], name: String) throws -> SolveFormat {
    var format: SolveFormat?
    do throws(FormatError) {
      try JSONReader.read(bytes) { json throws(FormatError) in
        try json.object { field, json throws(FormatError) in
          switch field {
          case "hbm_caps": format = .torchrecOptions
          case "maxFPGAs": format = .dnnPartitioning
          case "units": format = .problem
          default: return try json.skip()
          }
          // Nothing is wrong: the rest need not be read to know.
          throw FormatError(findings: [])
        }
      }
    } catch {
      if let format { return format }
      throw error
    }
    let known = SolveFormat.allCases.map(\.rawValue).joined(separator: ", ")
    throw PartitionError(
      .badInput, "\(name): of no known format (it has no hbm_caps, maxFPGAs or units); known are \(known)")
  }
}
