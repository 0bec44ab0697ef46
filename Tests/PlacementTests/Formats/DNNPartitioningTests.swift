import Foundation
import Rules
import Solvers
import Testing

@testable import Placement

@Suite struct DNNPartitioningTests {
  /// 7 -> 8 -> 9 and 7 -> 9; 9 cannot run on an accelerator.
  private static let text = """
    {"maxSizePerFPGA": 100, "maxFPGAs": 2, "maxCPUs": 1,
     "nodes": [
      {"id": 7, "supportedOnFpga": 1, "cpuLatency": 30, "fpgaLatency": 3, "isBackwardNode": 0, "size": 60},
      {"id": 8, "supportedOnFpga": true, "cpuLatency": 40, "fpgaLatency": 4, "isBackwardNode": false, "size": 60},
      {"id": 9, "supportedOnFpga": 0, "cpuLatency": 5, "fpgaLatency": 1, "isBackwardNode": 0}],
     "edges": [
      {"sourceId": 7, "destId": 8, "cost": 2}, {"sourceId": 7, "destId": 9, "cost": 2},
      {"sourceId": 8, "destId": 9, "cost": 1}]}
    """

  private func findings(_ old: String, _ new: String) -> [String] {
    let text = Self.text.replacingOccurrences(of: old, with: new)
    do throws(FormatError) {
      _ = try DNNPartitioning(json: Data(text.utf8))
      return []
    } catch {
      return error.findings.map(\.description)
    }
  }

  @Test func loadsFollowTheOriginal() throws {
    let file = try DNNPartitioning(json: Data(Self.text.utf8))
    let problem = file.problem(name: "three", contiguous: true)
    let solution = try GraphEngine.solve(problem, options: SearchOptions(gap: 0))
    let assignment = try #require(solution.assignment)
    let evaluation = ProblemEvaluator.evaluate(problem, assignment)
    // 7: 3 + out 2 once for two readers. 8: in 2 + 4 + out 1. The core pays no transfer.
    #expect(evaluation.loads.map { $0[0] }.sorted() == [5, 5, 7])
    #expect(solution.certificate.objective == 7 && solution.certificate.status == .optimal)
    let answer = file.answer(assignment)
    #expect(Set(answer.fpgas) == [[7], [8]] && answer.cpus == [[9]])
  }

  @Test func latencyHasOneCPUThatRunsAsReady() throws {
    let file = try DNNPartitioning(json: Data(Self.text.utf8))
    let problem = file.problem(name: "three", objective: .latency, contiguous: true)
    let solution = try GraphEngine.solve(problem, options: SearchOptions(gap: 0))
    // 3 + 2 out, 2 in + 4 + 1 out, then 5 on the core.
    #expect(solution.certificate.objective == 17 && solution.certificate.status == .optimal)
  }

  @Test func everythingWrongIsLocated() {
    #expect(
      findings("\"maxFPGAs\": 2", "\"maxFPGAs\": -1") == ["maxFPGAs: must be between 0 and 100000, is -1"])
    #expect(
      findings("\"destId\": 9, \"cost\": 2", "\"destId\": 9, \"cost\": 3") == [
        "edges[1].cost: node 7 has an edge of cost 2.0 too; all its edges must cost the same"
      ])
    #expect(findings("\"id\": 8", "\"id\": 7").first == "nodes[1]: id 7 is already taken by nodes[0]")
    #expect(
      findings("\"sourceId\": 8, \"destId\": 9", "\"sourceId\": 9, \"destId\": 7")
        == ["edges: the graph has a circle; nodes on it or behind it: 7, 8, 9"])
    #expect(findings("\"fpgaLatency\": 4, ", "") == ["nodes[1].fpgaLatency: is missing"])
    #expect(
      findings("\"cpuLatency\": 30", "\"cpuLatency\": -3") == [
        "nodes[0].cpuLatency: must be finite and not negative"
      ])
    #expect(findings("\"destId\": 8", "\"destId\": 12") == ["edges[0]: there is no node with id 12"])
  }
}
