import CostModel
import Graph
import Hardware
import Plan
import TestSupport
import Testing

@testable import Planning

/// What the plan, the verifier and the simulator take for loads, against a derivation of their own.
@Suite struct LoadOracleTests {
  @Test(arguments: 1...40)
  func theLoweringPutsOnEachResourceWhatTheDefinitionsSay(seed: UInt64) throws {
    try compare(SmallQuestions.task(seed: seed, objective: .throughput))
  }

  /// Two look-ups of one table, the second by ids that depend on the first one's results.
  @Test(arguments: [1, 2, 3, 4, 8, 10] as [UInt64])
  func tablesThatAreLookedUpTwiceAreServedInRounds(seed: UInt64) throws {
    let (batch, width) = (16, 64)
    var builder = GraphBuilder(name: "twice")
    let table = builder.constant("table", .float32, [500_000, width])
    let first = builder.input("first", .int64, [batch * 3])
    let lengths = builder.input("lengths", .int32, [batch])
    func lookup(_ ids: GraphBuilder.Value, _ name: String) -> GraphBuilder.Value {
      let sum = builder.add("SparseLengthsSum", [table, ids, lengths], domain: "glow", name: name)
      builder.declare(sum, .float32, [batch, width])
      return sum
    }
    let one = lookup(first, "one")
    let relu = builder.add("Softmax", [one], name: "softmax")
    let ids = builder.add("Cast", [relu], name: "cast", attributes: ["to": .int(7)])
    let flat = builder.add(
      "Reshape", [ids, builder.constant("shape", .int64, [1])], name: "flat")
    builder.declare(flat, .int64, [batch * width])
    let two = lookup(flat, "two")
    builder.output(builder.add("Add", [two, one], name: "sum"))
    let graph = try builder.build().graph
    let system = try SmallQuestions.system(seed: seed)
    let task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: .init(gap: 0.001, threads: 1), rules: try PlanRules([], graph: graph, system: system))
    try compare(task)
  }

  private func compare(_ task: PlanningTask) throws {
    var worst: (difference: Double, text: String)?
    var count = 0
    SmallQuestions.forEachPlacement(task, most: 300) { placement in
      count += 1
      let program = Lowering(
        graph: task.graph, system: task.system, placement: placement, costs: task.costs
      ).program
      let lowered = LoadSummary(program, followsTurns: false).loads
      let oracle = LoadOracle(
        graph: task.graph, system: task.system, placement: placement, costs: task.costs
      ).loads(shares: program.variants.map(\.share))
      for (resource, pair) in zip(lowered, oracle).enumerated() {
        let difference = abs(pair.0 - pair.1) / max(1e-12, pair.1)
        if difference > max(1e-9, worst?.difference ?? 0) {
          worst = (
            difference,
            "\(program.resources[resource].name): \(pair.0), by definition \(pair.1): \(placement)"
          )
        }
      }
    }
    #expect(count > 0)
    #expect(worst == nil, "\(worst?.text ?? "")")
  }
}
