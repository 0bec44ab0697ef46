import ArgumentParser
import Foundation
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
        partition solve bert.json --non-contiguous --time-limit 20
      """)

  @Argument(help: "The file.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "What the file is; default: told from its content.")
  var format: SolveFormat?

  @Option(help: "What to minimise: the largest load, or the end-to-end time.")
  var objective: Problem.Objective?

  @Flag(help: "Whether each device's part must run as one piece; default for graphs: it must.")
  var contiguity: Contiguity?

  @Option(
    help: ArgumentHelp(
      "Your own rules: pin, forbid, keep together or apart, options, limits (JSON, see solver/schema/rules.schema.json).",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var constraints: String?

  @Option(
    help: ArgumentHelp(
      "An assignment to begin from: what --json printed, whole or its assignment.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var start: String?

  @Option(help: "Stop at this proven relative gap, for example 0.01 or 1%.")
  var gap = Fraction(0.01)

  @Option(help: ArgumentHelp("Stop after this time with the best so far.", valueName: "seconds"))
  var timeLimit: Double?

  @Option(help: "Worker threads.")
  var threads = 2

  @Option(help: "Seed of the search's random choices.")
  var seed: UInt64 = 1

  @Flag(help: "Print JSON: objective, bound, gap, status, seconds, provedBy and the assignment.")
  var json = false

  @Option(name: .shortAndLong, help: "Write the JSON to a file as well.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Write each improvement with its time as a line of JSON: seconds, incumbent, bound.", valueName: "file")
  )
  var log: String?

  func validate() throws {
    if gap.value >= 1 { throw ValidationError("--gap is \(gap.value); give a fraction below 1") }
    if let timeLimit, !(timeLimit > 0 && timeLimit.isFinite) {
      throw ValidationError("--time-limit is \(timeLimit); give seconds above 0")
    }
    if !(1...256).contains(threads) { throw ValidationError("--threads is \(threads); give 1 to 256") }
  }

  func run() throws {
    let report = try Failure.reported { () throws(PartitionError) in
      let bytes = try read(file)
      var options = options(log: try log.map { path throws(PartitionError) in try SearchLog(path: path) })
      if let constraints {
        options.rules = try Partitioner.placementRules(path: constraints)
      }
      if let start { options.start = try StartFile(path: start) }
      Interrupt.listen()
      let report = try Partitioner.solve(bytes, name: file, options: options)
      ProgressLine.shared.clear()
      for warning in report.warnings ?? [] { Failure.note("warning: \(warning)") }
      let text = try JSONText.encode(report)
      if let output { try Partitioner.write(text, to: output) }
      print(json ? text : SolveSummary(report).text, terminator: "")
      return report
    }
    if report.assignment == nil { throw ExitCode(PartitionError.Kind.infeasible.rawValue) }
  }

  private func read(_ path: String) throws(PartitionError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PartitionError(.missingFile, "\(path): no such file, or it cannot be read")
    }
    return Array(data)
  }

  private func options(log: SearchLog?) -> SolveOptions {
    SolveOptions(
      format: format, objective: objective, isContiguous: contiguity.map { $0 == .contiguous },
      search: SearchOptions(
        gap: gap.value, timeLimit: timeLimit, threads: threads, seed: seed,
        isCancelled: { Interrupt.isRequested },
        progress: { progress in
          ProgressLine.shared.show(SearchStatus.line(progress))
          log?.add(progress)
        }))
  }
}
