import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

@Suite struct ModelUnitsTests {
  private func task(_ graph: Graph, objective: PlanObjective = .throughput, lacking: [[String]]) throws
    -> PlanningTask
  {
    var system = try SystemCatalog.system(cards: lacking.count)
    for (card, types) in lacking.enumerated() { system.cards[card].unsupportedOperators = types }
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.05, threads: 1))
  }

  private func flows(_ task: PlanningTask) -> [ModelFlows.Flow] {
    let kinds = CardKinds(system: task.system)
    return ModelFlows(
      task: task,
      units: ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    ).flows
  }

  private static let machines: [[[String]]] = [
    [[]], [["Relu"], ["Sigmoid", "Reshape"]], [["Identity", "Mul"], ["Identity", "Mul"]],
  ]

  @Test(arguments: 1...60)
  func unitsNeverWaitForEachOtherInACircle(seed: Int) throws {
    let graph = try SeededModel.graph(seed: UInt64(seed), operators: 20 + seed)
    for machine in Self.machines {
      #expect(ModelFlows.isAcyclic(flows(try task(graph, lacking: machine))))
    }
  }

  @Test func aCircleWouldBeSeen() throws {
    let chain = flows(try task(SampleNets.chain(length: 2), lacking: [[]]))
    #expect(ModelFlows.isAcyclic(chain))
    #expect(!ModelFlows.isAcyclic(chain + [.init(producer: 3, readers: [2], bytes: 1)]))
  }

  @Test(arguments: [PlanObjective.throughput, .latency, .energy])
  func everyModelHasAPlan(objective: PlanObjective) throws {
    for seed in 1...4 {
      let graph = try SeededModel.graph(seed: UInt64(seed), operators: 15)
      for machine in Self.machines {
        let task = try task(graph, objective: objective, lacking: machine)
        let planned = try Planner.plan(task)
        #expect(Candidate(planned.placement, task: task).fits)
      }
    }
  }

  /// What PyTorch writes for a product whose result is shaped before it is added to: one unit.
  @Test(arguments: ["Reshape", "Dropout", "Identity", "Unsqueeze"])
  func aViewInsideAGroupBelongsToItsUnit(view: String) throws {
    var builder = GraphBuilder(name: "view")
    let x = builder.input("x", .float32, [4, 64])
    let product = builder.add("MatMul", [x, builder.constant("w", .float32, [64, 64])])
    let second =
      switch view {
      case "Reshape": builder.constant("s", .int64, [2], values: .ints([2, 128]))
      case "Unsqueeze": builder.constant("s", .int64, [1], values: .ints([0]))
      default: nil as GraphBuilder.Value?
      }
    let shaped = builder.add(view, second.map { [product, $0] } ?? [product])
    builder.output(builder.add("Relu", [shaped]))
    let task = try task(builder.build().graph, lacking: [[], []])
    let units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: [0])
    #expect(units.units.map { $0.operators.count } == [3])
    #expect(Candidate(try Planner.plan(task).placement, task: task).fits)
  }
}
