import Foundation
import TestSupport
import Testing

/// `--constraints` and `--start` of `plan` and `solve`.
@Suite struct RulesTests {
  private func rules(_ rules: String) -> String {
    "{\"format\": \"placement-rules\", \"version\": 1, \"rules\": [\(rules)]}"
  }

  private static let pins =
    #"{"kind": "pin", "units": ["table_1", "table_2"], "devices": ["card1"]}, {"kind": "apart", "units": ["table_3", "table_4"]},"#
    + #"{"kind": "limit", "devices": ["card*"], "count": 4}"#

  private struct Plan: Decodable {
    struct Table: Decodable { var name: String, shards: [Shard] }
    struct Shard: Decodable { var site: String }
    var tables: [Table]
  }

  @Test func aFigureBeyondAllMemoryIsSaidAsItIs() throws {
    let folder = try Command.folder()
    let reserve =
      #"{"kind": "reserve", "devices": ["card*"], "bytes": 1.7e308}, {"kind": "forbid", "units": ["*"], "devices": ["host"]}"#
    _ = try folder.write(rules(reserve), to: "rules.json")
    let result = try Command.run(
      ["plan", "perceptron.json", "--cards", "1", "--constraints", "rules.json"], in: folder)
    #expect(result.status == 2, "\(result.errors)")
    #expect(result.errors.contains("without rule 1 (reserve 1.7e+308 B on card*)"), "\(result.errors)")
  }

  @Test func plansKeepRulesAndTheCheckKnows() throws {
    let folder = try Command.folder()
    _ = try folder.write(rules(Self.pins), to: "rules.json")
    let result = try Command.run(
      ["plan", "recommendation.json", "--cards", "2", "--constraints", "rules.json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let text = try Command.read("plan.json", in: folder)
    let plan = try JSONDecoder().decode(Plan.self, from: Data(text.utf8))
    for table in plan.tables where ["table_1", "table_2"].contains(table.name) {
      #expect(table.shards.map(\.site).allSatisfy { $0 == "card1" })
    }
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    let schema = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    #expect(try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(in: text) == [])
    let tampered = text.replacing(
      "\"card1\"\n        ],\n        \"kind\" : \"pin\"",
      with: "\"card0\"\n        ],\n        \"kind\" : \"pin\"")
    try #require(tampered != text)
    _ = try folder.write(tampered, to: "tampered.json")
    let check = try Command.run(["check", "tampered.json"], in: folder)
    #expect(check.status == 3)
    #expect(check.errors.contains("table 'table_1' is where a rule forbids it"))
  }

  @Test func aPlanToStartFromIsCheckedFirst() throws {
    let folder = try Command.plannedFolder()
    let again = try Command.run(
      ["plan", "recommendation.json", "--cards", "2", "--start", "plan.json", "-o", "again.json"], in: folder)
    #expect(again.status == 0 && again.errors == "", "\(again.errors)")
    _ = try folder.write(
      rules(#"{"kind": "forbid", "units": ["*"], "devices": ["every card"]}"#), to: "rules.json")
    let ruled = try Command.run(
      ["plan", "recommendation.json", "--cards", "2", "--start", "plan.json", "--constraints", "rules.json"],
      in: folder)
    #expect(ruled.status == 0)
    #expect(ruled.errors.hasPrefix("warning: plan.json is passed over: "))
    let other = try Command.run(["plan", "perceptron.json", "--start", "again.json"], in: folder)
    #expect(other.status == 64)
    #expect(other.errors.hasPrefix("error: the plan to start from is of another model"))
  }

  /// Rules are applied to what holds by itself alone.
  @Test func rulesOfAProblemThatDoesNotHold() throws {
    let folder = try TemporaryFolder()
    let problem = """
      {"format": "placement-problem", "version": 1, "lanes": ["a"],
       "devices": [{"name": "c", "group": 1, "memory": 9}, {"name": "d", "group": 1, "memory": 9}],
       "units": [{"name": "u", "options": [{"name": "o", "shards": [{"devices": ["c", "d"], "memory": 1}]}]},
                 {"name": "v", "options": [{"name": "o", "shards": [{"devices": ["c", "d"], "memory": 1}]}]}],
       "nets": [{"producer": "u", "consumers": ["v"], "out": [{"a": 1}], "incoming": [{"a": 1}]}]}
      """
    _ = try folder.write(problem, to: "problem.json")
    _ = try folder.write(rules(#"{"kind": "reserve", "devices": ["c"], "bytes": 1}"#), to: "rules.json")
    let result = try Command.run(["solve", "problem.json", "--constraints", "rules.json"], in: folder)
    #expect(result.status == 65)
    #expect(result.errors.contains("net 0: out has 1 entries for 2 device groups"), "\(result.errors)")
  }

  @Test func impossibleRulesAreExplained() throws {
    let folder = try Command.folder()
    _ = try folder.write(
      rules(
        #"{"kind": "pin", "units": ["top"], "devices": ["host"]}, {"kind": "forbid", "units": ["top"], "devices": ["host"]}"#
      ),
      to: "rules.json")
    var transcript = ""
    for arguments in [
      ["recommendation.json", "--cards", "2", "--constraints", "rules.json"],
      ["recommendation.json", "--cards", "2", "--latency-budget", "0.001"],
    ] {
      let result = try Command.run(["plan"] + arguments, in: folder)
      #expect(result.status == 2)
      transcript += "$ partition plan \(arguments.joined(separator: " "))\n\(result.errors)\n"
    }
    #expect(snapshotDifference(transcript, named: "rules-explained.txt") == nil)
  }

  @Test func badRulesAndStartsAreLocated() throws {
    let folder = try Command.plannedFolder()
    let texts = [
      ("unknown kind", rules(#"{"kind": "glue", "units": ["a"]}"#)),
      ("unknown device", rules(#"{"kind": "pin", "units": ["top"], "devices": ["card7"]}"#)),
      ("unknown unit", rules(#"{"kind": "together", "units": ["nobody"]}"#)),
      ("empty list", rules(#"{"kind": "pin", "units": [], "devices": ["card0"]}"#)),
      ("not a number", rules(#"{"kind": "reserve", "devices": ["card0"], "bytes": NaN}"#)),
      ("negative count", rules(#"{"kind": "limit", "devices": ["card0"], "count": -1}"#)),
      ("two limits", rules(#"{"kind": "limit", "devices": ["card0"], "count": 1, "bytes": 1}"#)),
      ("unknown option", rules(#"{"kind": "options", "units": ["*"], "never": ["triangles"]}"#)),
      ("version", #"{"format": "placement-rules", "version": 9, "rules": []}"#),
      ("another file", "{}"),
    ]
    var transcript = ""
    for (name, text) in texts {
      _ = try folder.write(text, to: "rules.json")
      let result = try Command.run(
        ["plan", "recommendation.json", "--cards", "2", "--constraints", "rules.json"], in: folder)
      #expect(result.status == 65, "\(name): \(result.status)")
      transcript += "# \(name)\n\(result.errors)"
    }
    _ = try folder.write(
      #"{"hbm_caps": [9, 9], "devices": 2, "instance": "two", "tables": {"a": [{"type": "t", "kernel": "k", "shards": [{"n": 1, "perf": 1, "hbm": 1}], "uniform": false}]}}"#,
      to: "two.json")
    for (name, text) in [
      ("unknown table", #"{"b": {"option": 0, "devices": [0]}}"#),
      ("no such option or device", #"{"assignment": {"a": {"option": 3, "devices": [7]}}}"#),
      ("no assignment", #"{"status": "limit"}"#),
    ] {
      _ = try folder.write(text, to: "start.json")
      let result = try Command.run(["solve", "two.json", "--start", "start.json"], in: folder)
      #expect(result.status == 65, "\(name): \(result.status) \(result.errors)")
      transcript += "# start: \(name)\n\(result.errors)"
    }
    #expect(try Command.run(["solve", "two.json", "--start", "nowhere.json"], in: folder).status == 66)
    #expect(snapshotDifference(transcript, named: "bad-rules.txt") == nil)
  }

  @Test(arguments: [
    (#"{"format": "placement-problem", "version": 1, "lanes": ["t"], "devices": [{"name": "a"}, {"name": "b"}], "units": [{"name": "u", "options": [{"name": "o", "shards": [{"loads": {"t": 2}}]}]}, {"name": "v", "options": [{"name": "o", "shards": [{"loads": {"t": 3}}]}]}]}"#),
    (#"{"maxSizePerFPGA": 9, "maxFPGAs": 2, "maxCPUs": 1, "nodes": [{"id": 4, "supportedOnFpga": 1, "cpuLatency": 9, "fpgaLatency": 1, "size": 1}, {"id": 5, "supportedOnFpga": 1, "cpuLatency": 9, "fpgaLatency": 1, "size": 1}], "edges": [{"sourceId": 4, "destId": 5, "cost": 1}]}"#),
  ]) func anAnswerIsAStart(problem: String) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(problem, to: "p.json")
    let first = try Command.run(["solve", "p.json", "--json", "-o", "answer.json"], in: folder)
    #expect(first.status == 0, "\(first.errors)")
    let again = try Command.run(["solve", "p.json", "--start", "answer.json", "--json"], in: folder)
    #expect(again.status == 0 && again.errors == "", "\(again.errors)")
    _ = try folder.write(rules(#"{"kind": "limit", "devices": ["*"], "count": 0}"#), to: "rules.json")
    let none = try Command.run(
      ["solve", "p.json", "--start", "answer.json", "--constraints", "rules.json"], in: folder)
    #expect(none.status == 2)
    #expect(none.errors.hasPrefix("warning: the assignment to start from is passed over: "))
    #expect(none.output.contains("without rule 1 (at most 0 of * on each of *)"))
  }
}
