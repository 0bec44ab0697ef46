import ArgumentParser
import Partitioner
import Reporting

extension SolveFormat: ExpressibleByArgument {}
extension Problem.Objective: ExpressibleByArgument {}

struct SolveCommand: ParsableCommand {
  enum Contiguity: String, EnumerableFlag {
    case contiguous, nonContiguous
  }

  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "Runs the optimiser on given numbers: loads, memories and edges from a file.",
    discussion: """
      The answer is in the format's own terms, so that somebody else's evaluator can recompute the objective. Exit code 2
      when no assignment exists or none was found within the limit. Ctrl-C ends the search with the best so far.

      Examples:
        partition solve instance.options.json --gap 0.001 --json
        partition solve bert.json --non-contiguous --time-limit 20s
      """)

  @Argument(help: "The file; - reads standard input.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "What the file is; default: told from its content.")
  var format: SolveFormat?

  @Option(help: "What to minimise: the largest load, or the end-to-end time.")
  var objective: Problem.Objective?

  @Flag(help: "Whether each device's part must run as one piece; default for graphs: it must.")
  var contiguity: Contiguity?

  @Option(
    help: ArgumentHelp(
      "An assignment to begin from: what --json printed, whole or its assignment.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var start: String?

  @OptionGroup var search: SearchArguments

  @Flag(help: "Print JSON: objective, bound, gap, status, seconds, provedBy and the assignment.")
  var json = false

  @Option(
    name: .shortAndLong, help: "Write the JSON to a file as well.", completion: .file(extensions: ["json"]))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write each improvement with its time as a line of JSON: seconds, incumbent, bound.", valueName: "file")
  )
  var log: String?

  @Flag(
    name: .shortAndLong, help: "Replace files that are there, whatever they are; else only what solve wrote.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    try GivenOnce.checkStandardInput([("the problem", file), ("--start", start)])
    if log == Output.standard { throw ValidationError("--log writes to a file, not to standard output") }
    if force, output == nil, log == nil {
      throw ValidationError("--force has no effect without --output or --log")
    }
  }

  func run() throws {
    Interrupt.listen()
    if search.verbose { ProgressLine.shared.beVerbose() }
    let report = try Failure.reported { () throws(PartitionError) in
      let output = try outputs()
      var options = options(log: try log.map { path throws(PartitionError) in try SearchLog(path: path) })
      options.rules = try search.rules()
      if let start { options.start = try StartFile(path: start) }
      let report = try Partitioner.solve(path: file, options: options)
      ProgressLine.shared.clear()
      for warning in report.warnings ?? [] { Failure.note("warning: \(warning)") }
      let text = try JSONText.encode(report)
      try output.write(text, for: "--output")
      if json {
        try Output.print(text)
      } else {
        try output.say(SolveSummary(report).text)
        try output.sayWhatWasWritten()
      }
      return report
    }
    if report.assignment == nil { throw ExitCode(PartitionError.Kind.infeasible.rawValue) }
  }

  private func outputs() throws(PartitionError) -> Output {
    var files: [Output.File] = []
    if let output { files.append(.init(option: "--output", path: output, content: .solveReport)) }
    if let log { files.append(.init(option: "--log", path: log, content: .searchLog)) }
    return try Output(
      files, printsResult: json, inputs: [file, search.constraints].compactMap(\.self), isForced: force)
  }

  private func options(log: SearchLog?) -> SolveOptions {
    SolveOptions(
      format: format, objective: objective, isContiguous: contiguity.map { $0 == .contiguous },
      search: SearchOptions(
        solver: search.solver, gap: search.gap.value, timeLimit: search.timeLimit?.seconds,
        work: search.effort?.work, threads: search.threads, seed: search.seed,
        isCancelled: { Interrupt.isRequested },
        progress: { progress in
          ProgressLine.shared.show(SearchStatus.line(progress))
          log?.add(progress)
        }))
  }
}
