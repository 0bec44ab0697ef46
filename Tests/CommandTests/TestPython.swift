import Foundation
import TestSupport
import Testing

/// ONNX Runtime in Python, and models that it runs: what `.ci/python` installs.
enum TestPython {
  private static let folder = Command.package.appendingPathComponent("Tests/Python")
  private static let interpreter = Command.package.appendingPathComponent(".build/python/bin/python").path
  /// Where the models are, or why there are none.
  private static let written = Result { try write() }

  /// The path of a model of `Tests/Python/models.py`.
  static func model(_ name: String) throws -> String {
    try written.get().appendingPathComponent(name).path
  }

  /// Runs a script of `Tests/Python`.
  static func run(
    _ script: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ProgramResult {
    try start([folder.appendingPathComponent(script).path] + arguments, environment)
  }

  /// Runs a module, such as pip.
  static func runModule(
    _ name: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ProgramResult {
    try start(["-m", name] + arguments, environment)
  }

  private static func start(_ arguments: [String], _ environment: [String: String]) throws -> ProgramResult {
    try #require(
      FileManager.default.isExecutableFile(atPath: interpreter),
      "there is no ONNX Runtime to compare with: run .ci/python, or make test, which does")
    return try runProgram(interpreter, arguments, environment: environment)
  }

  private static func write() throws -> URL {
    let models = Command.package.appendingPathComponent(".build/python/models")
    try? FileManager.default.removeItem(at: models)
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    let result = try run("models.py", [models.path])
    try #require(result.status == 0, "\(result.errors)")
    return models
  }
}
