import Foundation
import TestSupport
import Testing

/// The built `partition` command.
enum Command {
  /// The folder of the tests' own build.
  private static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// The root of the package.
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Where a program of the package is.
  static func path(_ program: String) -> String { products.appendingPathComponent(program).path }

  /// Runs the command, or another program of the package, in a folder, so that the paths it prints are the relative ones
  /// that it was given.
  static func run(
    _ arguments: [String], in folder: TemporaryFolder, program: String = "partition"
  ) throws -> ProgramResult {
    // Help is wrapped at the terminal's width: fixed here.
    try runProgram(
      path(program), arguments, folder: folder.url,
      environment: ["COLUMNS": "100"])
  }

  /// A folder with the small models in it.
  static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write(SmallModels.recommendation(), to: "recommendation.json")
    _ = try folder.write(SmallModels.perceptron(), to: "perceptron.json")
    return folder
  }

  /// A folder with a plan of the small recommendation model on two cards.
  static func plannedFolder() throws -> TemporaryFolder {
    let folder = try folder()
    let result = try run(["plan", "recommendation.json", "--cards", "2"], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }

  /// The text of a file in a folder.
  static func read(_ name: String, in folder: TemporaryFolder) throws -> String {
    try String(contentsOfFile: folder.path(name), encoding: .utf8)
  }
}
