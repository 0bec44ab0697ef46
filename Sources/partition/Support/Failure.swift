import ArgumentParser
import Foundation
import Partitioner

/// Turns the library's errors into lines on standard error and an exit code.
enum Failure {
  /// Runs `body`; a ``PartitionError`` is printed, one line a problem, and becomes its exit code.
  static func reported<Result>(_ body: () throws(PartitionError) -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      ProgressLine.shared.clear()
      for problem in error.problems { print(problem) }
      throw ExitCode(error.kind.rawValue)
    }
  }

  /// `error: ...` on standard error; the library marks severities itself where it lists findings.
  static func print(_ problem: String) {
    let marked = problem.hasPrefix("error: ") ? problem : "error: " + problem
    note(marked)
  }

  /// A line on standard error.
  static func note(_ line: String, terminator: String = "\n") {
    // Nothing that a name holds may steer the terminal.
    let lines = line.split(separator: "\n", omittingEmptySubsequences: false).map {
      NameText.oneLine(String($0))
    }
    FileHandle.standardError.write(Data((lines.joined(separator: "\n") + terminator).utf8))
  }
}
