import Foundation
import TestSupport
import Testing

/// Programs in C, compiled here against the header and the dynamic library.
@Suite struct CProgramTests {
  /// The folder of the tests' own build, where the library lies as well.
  private static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let header = package.appendingPathComponent("Sources/CPartitioner/include")

  /// Compiles a program of the `Programs` folder and runs it.
  private func run(_ name: String, _ arguments: [String] = []) throws -> ProgramResult {
    let folder = try TemporaryFolder()
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Programs/\(name).c").path
    let compiled = try runProgram(
      "cc",
      [
        "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I", Self.header.path, source,
        "-L", Self.products.path, "-lpartitioner", "-lpthread", "-Wl,-rpath,\(Self.products.path)",
        // The Swift runtime that the library itself links is found through the library, not through the program.
        "-Wl,--allow-shlib-undefined", "-o", folder.path(name),
      ])
    try #require(compiled.status == 0, "\(compiled.errors)")
    return try runProgram(folder.path(name), arguments)
  }

  @Test func plansAndSimulatesAModel() throws {
    let model = Self.package.appendingPathComponent("models/resnext101-32x4d.json").path
    let folder = try TemporaryFolder()
    let result = try run("plan_and_simulate", [model, folder.path("")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    let said = result.output.split(separator: "\n")
    #expect(
      said == [
        "outage ok", "rules ok", "start ok", "explain ok", "replan ok", "sizing ok", "survive ok", "alone ok",
        "batch ok", "largest ok",
        "program ok", "new model ok", "buckets ok",
        "levers ok", "layers ok",
        "compare ok", "page ok", "sweep ok", "merge ok", "pareto ok",
        "version 0.1.0",
        "plan ok", "name ok", "check ok", "report ok",
        "drawing ok",
      ])
  }

  @Test func handlesAnswerWhatTheCallsInOneDo() throws {
    let model = Self.package.appendingPathComponent("models/dlrm-less-complex.json").path
    let result = try run("handles", [model])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    #expect(snapshotDifference(result.output, named: "handles.txt") == nil)
  }

  @Test(arguments: ["resnext3d", "dlrm-less-complex"]) func threadsDoNotDisturbEachOther(model: String) throws
  {
    let path = Self.package.appendingPathComponent("models/\(model).json").path
    let result = try run("threads", [path])
    #expect(result.status == 0, "\(result.errors)\(result.output)")
    #expect(result.output == "threads ok\n")
  }

  /// What a plan leaves behind would add up: nine kilobytes a plan are eight megabytes.
  @Test func aThousandPlansInOneProcessDoNotGrow() throws {
    let result = try run("repeat", ["1000"])
    #expect(result.status == 0, "\(result.errors)")
    let kilobytes = try #require(Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kilobytes < 8192)
  }

  @Test func misuseGivesAStatusAndAMessage() throws {
    let result = try run("misuse")
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(snapshotDifference(result.output, named: "misuse.txt") == nil)
  }

  @Test(arguments: [["cc", "-std=c99"], ["c++", "-std=c++11"]]) func headerCompilesAlone(compiler: [String])
    throws
  {
    let folder = try TemporaryFolder()
    let isC = compiler[0] == "cc"
    let source = try folder.write(
      "#include \"partitioner.h\"\n#include \"partitioner.h\"\nint main() { return PARTITIONER_OK; }\n",
      to: isC ? "header.c" : "header.cpp")
    let result = try runProgram(
      compiler[0],
      Array(compiler.dropFirst()) + [
        "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-I", Self.header.path, source,
      ])
    #expect(result.status == 0, "\(result.errors)")
  }

  /// The functions of the header and nothing else, so that the library can be loaded beside other Swift.
  @Test func exportsTheHeaderAndNothingElse() throws {
    let library = Self.products.appendingPathComponent("libpartitioner.so").path
    let result = try runProgram("nm", ["-D", "--defined-only", library])
    try #require(result.status == 0, "\(result.errors)")
    // A lower-case letter marks a symbol that is local to the library.
    let names = result.output.split(separator: "\n").map { $0.split(separator: " ") }
      .filter { $0.count == 3 && $0[1].allSatisfy(\.isUppercase) }.map { String($0[2]) }
    let header = try String(contentsOf: Self.header.appendingPathComponent("partitioner.h"), encoding: .utf8)
    #expect(
      names.sorted() == [
        "partitioner_bucket", "partitioner_check", "partitioner_compare", "partitioner_costs",
        "partitioner_draw",
        "partitioner_explain", "partitioner_export", "partitioner_free", "partitioner_inspect",
        "partitioner_last_error", "partitioner_model_load", "partitioner_model_operator",
        "partitioner_model_operator_count", "partitioner_model_release", "partitioner_pareto",
        "partitioner_plan",
        "partitioner_plan_assignment", "partitioner_plan_check", "partitioner_plan_json",
        "partitioner_plan_make",
        "partitioner_plan_read", "partitioner_plan_release", "partitioner_plan_simulate",
        "partitioner_plan_watched", "partitioner_program", "partitioner_replan", "partitioner_replan_model",
        "partitioner_report", "partitioner_simulate", "partitioner_sweep", "partitioner_sweep_merge",
        "partitioner_system_device_count", "partitioner_system_device_kind", "partitioner_system_device_name",
        "partitioner_system_load", "partitioner_system_release", "partitioner_version",
      ])
    for name in names { #expect(header.contains(name + "(")) }
  }
}
