import Foundation
import Modeling

/// GLPK's own command, which reads what `ProgramText` writes and shares nothing with the project but that.
public enum GLPSol {
  /// `nil` where it is not installed (Debian and Ubuntu: package glpk-utils).
  public static let path = ["/usr/bin/glpsol", "/usr/local/bin/glpsol"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// The optimum of a program's text; `nil` where it has none, or the command does not read it.
  public static func optimum(of text: String, _ format: ProgramText.Format) throws -> Double? {
    guard let path else { return nil }
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "program.\(format.rawValue)")
    let solution = folder.path("solution")
    let option = format == .mps ? "--freemps" : "--lp"
    let result = try runProgram(path, [option, file, "-w", solution])
    guard result.status == 0, let answer = try? String(contentsOfFile: solution, encoding: .utf8) else {
      return nil
    }
    // `s bas ROWS COLUMNS f f VALUE`, or `s mip ROWS COLUMNS o VALUE`.
    guard let line = answer.split(separator: "\n").first(where: { $0.hasPrefix("s ") }) else { return nil }
    let words = line.split(separator: " ")
    guard words.dropFirst(4).dropLast().allSatisfy({ $0 == "f" || $0 == "o" }) else { return nil }
    return words.last.flatMap { Double($0) }
  }
}
