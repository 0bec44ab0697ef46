import TestSupport
import Testing

/// The program behind `make workloads`, on small models.
@Suite struct WorkloadsReportTests {
  @Test func everyMachineHasItsFigures() throws {
    let folder = try Command.folder()
    func report(_ models: String...) throws -> ProgramResult {
      try Command.run(models, in: folder, program: "workloads-report")
    }
    let result = try report("recommendation.json", "perceptron.json")
    try #require(result.status == 0, "\(result.errors)")
    let rows = result.output.split(separator: "\n").map {
      $0.split(separator: "|").map { $0.filter { $0 != " " } }
    }
    for machine in ["6cards", "1card", "hostalone"] {
      let found = rows.filter { $0.first == machine }
      try #require(found.count == 2)
      // The budget is far above what a batch takes; the perceptron has none.
      #expect(found[0][5].first?.isNumber == true)
      #expect(found[1][5] == "nobudget")
      for row in found { #expect(row[1] == row[2]) }
    }
    #expect(result.output.contains("1 of 1 on six cards"))
    #expect(try report("perceptron.json").output == report("perceptron.json").output)
  }

  @Test func defectiveModelsEndItWithTheReason() throws {
    let folder = try Command.folder()
    #expect(try Command.run([], in: folder, program: "workloads-report").status == 64)
    let missing = try Command.run(["nothing.onnx"], in: folder, program: "workloads-report")
    #expect(missing.status == 66)
    #expect(missing.errors.contains("nothing.onnx"))
  }
}
