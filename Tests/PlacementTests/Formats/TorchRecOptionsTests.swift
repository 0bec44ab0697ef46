import Foundation
import Placement
import Solvers
import Testing

@Suite struct TorchRecOptionsTests {
  private static let text = """
    { "instance": "small", "mode": "dp", "devices": 2, "hbm_caps": [100, 100], "tables": {
      "b": [ { "type": "table_wise", "kernel": "quant", "uniform": false,
               "shards": [ { "n": 1, "perf": 3, "hbm": 60, "ddr": 0 } ] },
             { "type": "row_wise", "kernel": "quant", "uniform": true,
               "shards": [ { "n": 1, "perf": 2, "hbm": 31, "ddr": 0 }, { "n": 1, "perf": 2, "hbm": 29, "ddr": 0 } ] } ],
      "a": [ { "type": "column_wise", "kernel": "quant", "uniform": false,
               "shards": [ { "n": 3, "perf": 1, "hbm": 20, "ddr": 0 } ] } ] } }
    """

  @Test func becomesAProblemAndAnAnswerInItsOwnTerms() throws {
    let file = try TorchRecOptions(json: Data(Self.text.utf8))
    let problem = file.problem()
    #expect(problem.units.map(\.name) == ["a", "b"])
    #expect(problem.units[0].options[0].shards[0].count == 3)
    #expect(problem.units[1].options[1].shards.map(\.devices) == [[0], [1]])
    let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
    // Whole b on one device beside no shard of a, or one: 3 | 3 with b alone is best.
    #expect(solution.certificate.objective == 3 && solution.certificate.status == .optimal)
    let answer = file.answer(try #require(solution.assignment))
    #expect(answer["a"]?.devices.count == 3 && answer["b"]?.option == 0)
  }

  @Test func refusesTablesOfOneName() {
    let text = Self.text.replacing("\"a\": [", with: "\"b\": [], \"a\": [")
    #expect {
      try TorchRecOptions(json: Data(text.utf8))
    } throws: { error in
      (error as? FormatError)?.findings.map(\.description) == ["tables.b: is given twice"]
    }
  }

  @Test func refusesAUniformOptionThatDoesNotCoverTheDevices() {
    let text = Self.text.replacingOccurrences(of: "\"devices\": 2", with: "\"devices\": 3")
    #expect {
      try TorchRecOptions(json: Data(text.utf8))
    } throws: { error in
      (error as? FormatError)?.findings.map(\.location) == ["hbm_caps", "tables.b[1]"]
    }
  }
}
