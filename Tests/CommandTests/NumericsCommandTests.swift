import Foundation
import TestSupport
import Testing

@Suite struct NumericsCommandTests {
  private struct Report: Decodable {
    struct Entry: Decodable { var precision: String, error: Double, hasWeights: Bool }
    var tables: [Entry], layers: [Entry], error: Double?, reason: String?
  }

  private func report(_ arguments: [String], in folder: TemporaryFolder) throws -> Report {
    let result = try Command.run(["numerics", "plan.json", "--json"] + arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  @Test func errorsAreThoseOfPrecisions() throws {
    let folder = try Command.plannedFolder()
    let found = try report([], in: folder)
    #expect(found.tables.count == 6 && found.layers.count == 1)
    for table in found.tables {
      #expect(table.precision == "int8" && !table.hasWeights)
      #expect(table.error > 0.001 && table.error < 0.01)
    }
    #expect(found.error ?? 1 > 0 && found.error ?? 1 < 0.05, "\(found.reason ?? "")")
    // The same seed gives the same errors, another one others.
    #expect(try report([], in: folder).error == found.error)
    #expect(try report(["--seed", "2"], in: folder).error != found.error)
    let text = try Command.run(["numerics", "plan.json"], in: folder).output
    #expect(text.contains("the outputs of a run of the whole model: "))
  }

  /// Constants that follow another batch are no weights of the file; those of the file still are.
  @Test func aPlanForAnotherBatchHasTheModelsWeights() throws {
    let folder = try TemporaryFolder()
    let plan = try Command.run(
      ["plan", TestPython.model("one_item.onnx"), "--batch", "4", "--effort", "0.1"], in: folder)
    try #require(plan.status == 0, "\(plan.errors)")
    let found = try report([], in: folder)
    #expect(!found.layers.isEmpty && found.layers.contains { $0.hasWeights })
  }

  @Test func aPlanInFullPrecisionLosesNothing() throws {
    let folder = try Command.folder()
    let plan = try Command.run(
      ["plan", "recommendation.json", "--cards", "1", "--table-precision", "fp32", "--precision", "fp32"],
      in: folder)
    #expect(plan.status == 0, "\(plan.errors)")
    let found = try report([], in: folder)
    #expect(found.tables.allSatisfy { $0.error == 0 })
  }
}
