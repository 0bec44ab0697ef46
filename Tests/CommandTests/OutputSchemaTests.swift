import Foundation
import TestSupport
import Testing

/// What commands print with `--json` is what the schemas in `solver/schema` say, which describe every property.
@Suite struct OutputSchemaTests {
  private static let folder = Command.package.appendingPathComponent("solver/schema")

  private static func schema(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent("\(name).schema.json"), encoding: .utf8)
  }

  @Test(arguments: [
    ("check", ["check", "plan.json"]),
    ("numerics", ["numerics", "plan.json"]),
    ("explanation", ["explain", "plan.json", "--table", "table_0", "--effort", "0.02"]),
    ("replan", ["replan", "plan.json", "--cards", "1", "--effort", "0.02"]),
    ("costs", ["costs", "recommendation.json"]),
    ("inspection", ["inspect", "recommendation.json"]),
    (
      "simulation",
      [
        "simulate", "plan.json", "--requests", "200", "--rate", "100", "--fail", "card1@t=10ms,back=20ms",
        "--availability", "0",
      ]
    ),
    ("simulation", ["simulate", "plan.json", "--requests", "200"]),
    ("rate-search", ["simulate", "plan.json", "--requests", "200", "--slo", "50ms"]),
    ("systems", ["systems"]), ("systems", ["systems", "h100"]),
  ])
  func outputConforms(name: String, arguments: [String]) throws {
    let result = try Command.run(arguments + ["--json"], in: Command.plannedFolder())
    #expect(result.status == 0, "\(result.errors)")
    #expect(try JSONSchema(Self.schema(name)).problems(in: result.output) == [])
  }

  /// What is found for numbers of each format, and for numbers of which nothing can be made.
  @Test(arguments: [
    ("tables.json", InspectSystemsSolveTests.tables, 0), ("chain.json", InspectSystemsSolveTests.chain, 0),
    ("problem.json", InspectSystemsSolveTests.problem(memory: 8), 0),
    ("problem.json", InspectSystemsSolveTests.problem(memory: 1), 2),
  ])
  func solutionsConform(name: String, content: String, status: Int32) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(content, to: name)
    let result = try Command.run(["solve", name, "--json"], in: folder)
    #expect(result.status == status, "\(result.errors)")
    #expect(try JSONSchema(Self.schema("solve")).problems(in: result.output) == [])
  }

  /// Of a plan in several parts with tables; `ExportTests` hold every manifest that they read against it too.
  @Test func manifestsOfPartsConform() throws {
    let folder = try TemporaryFolder()
    let planned = try Command.run(
      ["plan", TestPython.model("beside.onnx"), "--cards", "2", "--effort", "0.1"], in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let written = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    try #require(written.status == 0, "\(written.errors)")
    let manifest = try Command.read("parts/manifest.json", in: folder)
    let schema = try JSONSchema(Self.schema("parts"))
    #expect(try schema.problems(in: manifest) == [])
    // It is not met by anything.
    let other = manifest.replacingOccurrences(of: "\"device\"", with: "\"place\"")
    #expect(try schema.problems(in: other) != [])
  }

  /// There is no schema that the test below does not look at.
  @Test func noSchemaIsLeftOut() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.count { $0.hasSuffix(".schema.json") } == 16)
  }

  @Test func calibrationsConform() throws {
    let result = try Command.run(
      ["calibrate", "--costs", "a.json", "--costs", "b.json", "--json"], in: CalibrateCommandTests.folder())
    #expect(result.status == 0, "\(result.errors)")
    #expect(try JSONSchema(Self.schema("calibration")).problems(in: result.output) == [])
  }

  /// A line each: planned and replayed, without a plan, and refused.
  @Test func pointsOfSweepsConform() throws {
    let folder = try SweepCommandTests.folder()
    let points =
      SweepCommandTests.points + [
        "--simulate", "--latency-budget", "50ms", "--rate-within-budget", "-o", "out.jsonl",
      ]
    #expect(try Command.run(points + ["--accuracy-budgets", "1%,none"], in: folder).status == 0)
    _ = try folder.write("name,rows,dim\na,90000000000,512\n", to: "large.csv")
    let question = [
      "sweep", "--models", "large.csv", "--batches", "8,auto", "--cards", "1", "-o", "large.jsonl",
    ]
    #expect(try Command.run(question, in: folder).status == 0)
    let schema = try JSONSchema(Self.schema("sweep-point"))
    for name in ["out.jsonl", "large.jsonl"] {
      for line in try Command.read(name, in: folder).split(separator: "\n") {
        #expect(try schema.problems(in: String(line)) == [])
      }
    }
    let large = try Command.read("large.jsonl", in: folder)
    #expect(large.contains("\"infeasible\"") && large.contains("\"refused\""))
  }

  /// Every property has a description, of its own or of what it refers to.
  @Test(arguments: [
    "calibration", "check", "costs", "explanation", "inspection", "numerics", "parts", "problem",
    "rate-search", "replan", "rules", "simulation", "solve", "sweep", "sweep-point", "systems", "plan",
  ])
  func propertiesAreDescribed(name: String) throws {
    let text =
      try name == "plan"
      ? String(
        contentsOf: Command.package.appendingPathComponent("Sources/Plan/plan.schema.json"), encoding: .utf8)
      : Self.schema(name)
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
    var bare: [String] = []
    func walk(_ value: Any, _ path: String) {
      if let list = value as? [Any] { for item in list { walk(item, path) } }
      guard let object = value as? [String: Any] else { return }
      for (key, child) in object {
        if key == "properties", let properties = child as? [String: Any] {
          for (property, schema) in properties {
            let words = (schema as? [String: Any])?["description"] as? String
            if words?.isEmpty ?? true { bare.append("\(path).\(property)") }
            walk(schema, "\(path).\(property)")
          }
        } else {
          walk(child, path)
        }
      }
    }
    walk(json, name)
    #expect(bare.sorted() == [])
  }
}
