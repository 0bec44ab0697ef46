import Foundation
import TestSupport
import Testing

/// `--keep` and `--skew` of `plan`.
@Suite struct KeepTests {
  private struct Plan: Decodable {
    struct Table: Decodable { var name: String, precision: String }
    struct Memory: Decodable { var device: String, staticBytes: Int }
    struct Predicted: Decodable { var memory: [Memory], latencySeconds: Double }
    var tables: [Table], predicted: Predicted, notes: [String]
  }

  private func plan(_ arguments: [String], in folder: TemporaryFolder) throws -> Plan {
    let result = try Command.run(["plan"] + arguments + ["--cards", "1"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let text = try Command.read("plan.json", in: folder)
    let schema = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    #expect(try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(in: text) == [])
    let check = try Command.run(["check", "plan.json"], in: folder)
    #expect(check.status == 0, "\(check.errors)")
    return try JSONDecoder().decode(Plan.self, from: Data(text.utf8))
  }

  /// Weights of 64 x 128 and 128 x 16 elements, a byte more for each that is kept.
  @Test func keptOperatorsHaveWiderWeights() throws {
    let folder = try Command.folder()
    let pins =
      #"{"format": "placement-rules", "version": 1, "rules": [{"kind": "forbid", "units": ["*"], "devices": ["host"]}]}"#
    _ = try folder.write(pins, to: "pins.json")
    func bytes(_ keep: [String]) throws -> Int {
      let arguments = ["perceptron.json", "--constraints", "pins.json"] + keep.flatMap { ["--keep", $0] }
      return try plan(arguments, in: folder).predicted.memory.first { $0.device == "card0" }?.staticBytes ?? 0
    }
    let none = try bytes([])
    #expect(try bytes(["fp16:first"]) == none + 64 * 128)
    #expect(try bytes(["fp16:last"]) == none + 128 * 16)
    #expect(try bytes(["fp16:sec*", "fp16:first"]) == none + 64 * 128 + 128 * 16)
    // Of several that name an operator the first counts.
    #expect(try bytes(["int8:second", "fp16:*"]) == none + 64 * 128)
    // Narrower as well.
    #expect(try bytes(["int8:*", "fp16:*"]) == none)
  }

  @Test func keptTablesStayInTheirPrecision() throws {
    let folder = try Command.folder()
    let kept = try plan(
      ["recommendation.json", "--table-precision", "int8,fp16", "--keep", "fp16:table_2"], in: folder)
    #expect(kept.tables.filter { $0.precision == "fp16" }.map(\.name) == ["table_2"])
  }

  @Test func whatNamesNothingIsRefused() throws {
    let folder = try Command.folder()
    for (keep, words) in [
      ("fp16:nothing", "fp16:nothing names no embedding table and no operator with matrix work"),
      ("fp16:table_1", "(--table-precision int8,int4,fp16)"),
      ("fp17:x", "is not of the form PRECISION:PATTERN"),
      ("fp16:", "is not of the form"),
    ] {
      let result = try Command.run(["plan", "recommendation.json", "--keep", keep], in: folder)
      #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test func hotRowsAreInThePlan() throws {
    let folder = try Command.folder()
    let cold = try plan(["recommendation.json", "--skew", "none"], in: folder)
    let hot = try plan(["recommendation.json", "--skew", "meta-2021"], in: folder)
    #expect(hot.predicted.latencySeconds <= cold.predicted.latencySeconds)
    #expect(hot.notes.contains { $0.contains("hot rows on chip serve") })
    #expect(!cold.notes.contains { $0.contains("hot rows") })
    _ = try folder.write(#"{"table_0": 1.1, "table_1": [[0.01, 0.5], [0.1, 0.9]]}"#, to: "skew.json")
    #expect(
      try plan(["recommendation.json", "--skew", "skew.json"], in: folder).notes.contains {
        $0.contains("hot rows")
      })
    for (text, words) in [
      (#"{"table_9": 1}"#, "there is no table 'table_9'"), (#"{"table_0": [[0.5, 0.1]]}"#, "steepest first"),
      (#"{"table_0": "hot"}"#, "table_0"), ("[]", "expected"),
    ] {
      _ = try folder.write(text, to: "bad.json")
      let result = try Command.run(["plan", "recommendation.json", "--skew", "bad.json"], in: folder)
      #expect(result.status == 65 && result.errors.contains(words), "\(result.errors)")
    }
  }

  @Test func theSheetsSkewCounts() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      "name,rows,dim,lookups,skew\nusers,4000000,64,80,1.1\nads,900000,64,20,\n", to: "tables.csv")
    let stated = try Command.run(["plan", "--tables", "tables.csv", "--cards", "1"], in: folder)
    #expect(stated.status == 0 && stated.output.contains("hot rows on chip serve"), "\(stated.errors)")
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    let split = [
      "plan", "--tables", "tables.csv", "--cards", "1", "--set", "card.dramGigabytes=1.1", "--set",
      "host.cores=1",
      "--set", "card.reservedGigabytes=1", "--table-precision", "int8",
    ]
    let parts = try Command.run(split, in: folder)
    #expect(parts.status == 0 && parts.output.contains("split by heat"), "\(parts.output)\(parts.errors)")
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    let schema = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    let text = try Command.read("plan.json", in: folder)
    #expect(try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(in: text) == [])
    let whole = try Command.run(split + ["--no-heat-split"], in: folder)
    #expect(whole.status == 0 && !whole.output.contains("split by heat"))
    let none = try Command.run(
      ["plan", "--tables", "tables.csv", "--cards", "1", "--skew", "none"], in: folder)
    #expect(none.status == 0 && !none.output.contains("hot rows"))
  }
}
