import Foundation
import TestSupport
import Testing

@testable import Graph

@Suite struct GraphStatisticsTests {
  /// x [1, 4] (16 B) -> a [1, 8] (32 B) -> b [1, 8] -> c = a + b [1, 8] -> d [1, 2] (8 B).
  private func network() throws -> Graph {
    var builder = GraphBuilder(name: "residual")
    builder.serving = Serving(
      latencyBudgetMilliseconds: 12.5, batch: 1, provenance: "made for a test",
      averageLookups: ["table": 2])
    let x = builder.input("x", .float32, [1, 4])
    let a = builder.add("MatMul", [x, builder.constant("w1", .float32, [4, 8])], name: "a")
    let b = builder.add("Relu", [a], name: "b")
    let c = builder.add("Add", [a, b], name: "c")
    let rows = builder.add(
      "SparseLengthsSum",
      [
        builder.constant("table", .float32, [1000, 2]), builder.input("ids", .int64, [6]),
        builder.input("lengths", .int32, [1]),
      ], domain: "glow", name: "rows")
    let d = builder.add("MatMul", [c, builder.constant("w2", .float32, [8, 2])], name: "d")
    builder.output(builder.add("Add", [d, rows], name: "y"))
    return try builder.build().graph
  }

  @Test func peakFollowsWhatIsAlive() throws {
    // Inputs 16 + 48 + 4. a: 100. b after x died: 84 + 32 = 116; c beside a and b: 148; then a and b die: 84;
    // rows: 92, its indices die: 40; d: 48; c dies.
    let statistics = ActivationStatistics(try network())
    #expect(statistics.peak == 148)
    #expect(statistics.total == 32 * 3 + 8 * 3)
  }

  @Test func totalsAreTheSumsOfTheParts() throws {
    let statistics = GraphStatistics(try network())
    #expect(statistics.parameters == 32 + 16 + 2000 && statistics.embeddingParameters == 2000)
    #expect(statistics.weightBytes == 4 * 2048 && statistics.embeddingBytes == 8000)
    #expect(statistics.macFlops == 2 * 32 + 2 * 16 && statistics.vectorFlops == 8 + 8 + 2 + 12)
    #expect(statistics.inputBytes == 68 && statistics.outputBytes == 8 && statistics.nodes == 6)
    #expect(statistics.arithmeticIntensity == 126.0 / Double(4 * 48 + 120 + 2 * 8))
    #expect(statistics.operatorsByType.map(\.type) == ["Add", "MatMul", "Relu", "glow::SparseLengthsSum"])
    #expect(statistics.largestOperators.first?.name == "a")
  }

  @Test func textIsReadable() throws {
    let finding = Finding(.warning, "something to know", file: "m.onnx", node: "a", field: "W")
    let statistics = GraphStatistics(try network(), findings: [finding])
    #expect(snapshotDifference(statistics.text, named: "statistics.txt") == nil)
  }

  @Test func encodesAndDecodes() throws {
    let statistics = GraphStatistics(try network(), findings: [Finding(.note, "n")])
    let data = try JSONEncoder().encode(statistics)
    #expect(try JSONDecoder().decode(GraphStatistics.self, from: data) == statistics)
  }

  @Test(arguments: [
    (0, "0"), (9999, "9999"), (10_000, "10 k"), (999_600, "1 M"), (70_009_648_449, "70 G"),
    (Int.max, "9.22 E"), (1_346_412_544, "1.35 G"),
  ]) func countsForPeople(value: Int, text: String) {
    #expect(Quantity.count(value) == text)
  }
}
