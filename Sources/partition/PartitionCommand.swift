import ArgumentParser
import CBuild
import Foundation
import Partitioner
import Reporting
import Rules

@main
struct PartitionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partition",
    abstract:
      "Decides what of a neural network runs where on a host and its accelerator cards, and proves how good that is.",
    discussion: """
      Examples:
        partition plan models/dlrm-more-complex.json --cards 6
        partition simulate plan.json --rate 200
        partition dot plan.json | dot -Tsvg > plan.svg

      Exit codes:
        0   done
        2   no plan exists, or none was found in time; the reasons say what would help
        3   the plan does not hold, in the check or in the simulation
        64  wrong usage: an option or its value
        65  bad input: what is in a file
        66  a file is missing or cannot be read
        69  a program that is needed is not there
        70  a defect of this program
        73  an output cannot be written, or would replace another file; it was left as it was
        75  a sweep was interrupted; call it again to go on
      """,
    version: versionText,
    subcommands: [
      PlanCommand.self, SimulateCommand.self, CheckCommand.self, NumericsCommand.self, ReportCommand.self,
      CompareCommand.self,
      ExplainCommand.self, ReplanCommand.self, DotCommand.self, ExportCommand.self, InspectCommand.self,
      CostsCommand.self, ProfileCommand.self, CalibrateCommand.self, SolveCommand.self, SweepCommand.self,
      SystemsCommand.self,
    ])

  /// The version, the commit that was built, and the solvers that were built in.
  private static var versionText: String {
    let commit = unsafe String(cString: partition_build_commit())
    let solvers = SolverName.allCases.map(\.solver.name).joined(separator: ", ")
    return "\(Partitioner.version) (\(commit.isEmpty ? "" : "commit \(commit), ")\(solvers))"
  }

  static func main() {
    Self.main(nil)
  }

  /// Runs the command; a mistyped one is told with the one that is meant.
  static func main(_ arguments: [String]?) {
    let words = arguments ?? Array(CommandLine.arguments.dropFirst())
    if let message = mistyped(words) {
      Failure.print(message)
      Self.exit(withError: ExitCode(PartitionError.Kind.usage.rawValue))
    }
    do {
      var command = try parseAsRoot(words)
      try TextWidth.$columns.withValue(Terminal.columns) { try command.run() }
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure, let hint = ValueHint(fullMessage(for: error)) else {
        exit(withError: error)
      }
      FileHandle.standardError.write(Data("\(hint.message)\n".utf8))
      Self.exit(withError: code)
    }
  }

  private static func mistyped(_ words: [String]) -> String? {
    let first = words.first == "help" ? words.dropFirst().first : words.first
    guard let word = first, !word.hasPrefix("-"), word != "help" else { return nil }
    let known = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !known.contains(word) else { return nil }
    let near = known.map { ($0, EditDistance.between(Array(word), Array($0))) }.min { $0.1 < $1.1 }
    let hint =
      near.flatMap { $0.1 <= 2 ? "did you mean \($0.0)?" : nil }
      ?? "they are \(known.joined(separator: ", "))"
    return "'\(NameText.shown(word))' is not a command; \(hint)"
  }
}
