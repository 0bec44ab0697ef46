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

  /// Every property has a description, of its own or of what it refers to.
  @Test(arguments: [
    "check", "numerics", "explanation", "replan", "costs", "inspection", "simulation", "rate-search", "sweep",
    "solve", "systems",
  ])
  func propertiesAreDescribed(name: String) throws {
    let json = try JSONSerialization.jsonObject(with: Data(Self.schema(name).utf8))
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
