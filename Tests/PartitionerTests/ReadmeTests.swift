import Foundation
import Partitioner
import Testing

@Suite struct ReadmeTests {
  /// The lines of README.md under "From Swift", compiled. Nobody calls it.
  private func snippet() throws {
    // Begin
    let model = try Partitioner.loadModel(path: "model.onnx", dimensions: ["batch": 64])
    let system = try Partitioner.system(cards: 6)
    let plan = try Partitioner.plan(model, on: system, options: PlanOptions(gap: 0.01))
    let violations = Partitioner.check(plan, model: model)
    let report = try Partitioner.simulate(plan, model: model, options: SimulationOptions(load: .backToBack))
    print(
      plan.predicted.throughputPerSecond, plan.certificate.gap, violations.isEmpty, report.latency.p99.value)
    // End
  }

  @Test func itsSwiftIsWhatIsCompiledHere() throws {
    let here = URL(fileURLWithPath: #filePath)
    let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let readme = try lines(of: root.appendingPathComponent("README.md"))
    let start = try #require(readme.firstIndex(of: "## From Swift"))
    let block = readme[(start + 1)...].drop { !$0.hasPrefix("    ") }.prefix {
      $0.hasPrefix("    ") || $0.isEmpty
    }
    let shown = block.filter { !$0.contains("//") && !$0.contains("import ") }
    let source = try lines(of: here)
    let begin = try #require(source.firstIndex(of: "    // Begin"))
    let end = try #require(source.firstIndex(of: "    // End"))
    #expect(packed(shown) == packed(source[(begin + 1)..<end]))
    #expect(!packed(shown).isEmpty)
  }

  /// Where lines are broken is no difference.
  private func packed(_ lines: some Sequence<String>) -> String {
    lines.joined().filter { !$0.isWhitespace }
  }

  private func lines(of file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
  }
}
