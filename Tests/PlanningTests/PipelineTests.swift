import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// Models that no card holds a copy of, against every placement on host, single cards and all cards.
@Suite struct PipelineTests {
  /// Cards with room for `weights` products of the chain and their activations.
  private func task(
    _ graph: Graph, cards: Int, megabytes: Int, _ change: (inout System) -> Void = { _ in }
  ) throws -> PlanningTask {
    var system = try SystemCatalog.system(cards: cards)
    for card in system.cards.indices {
      system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + megabytes * 1_000_000
    }
    change(&system)
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: true, search: SearchOptions(gap: 0.001, threads: 1))
  }

  /// The least bottleneck over all placements of the operators, in any order.
  private func leastBottleneck(_ task: PlanningTask, replicas: Bool) -> Double {
    let sites =
      [.host] + (replicas ? [.everyCard] : []) + task.system.cards.indices.map { PlacementSite.card($0) }
    let count = task.graph.operators.count
    var best = Double.infinity
    var picks = Array(repeating: 0, count: count)
    var isDone = false
    while !isDone {
      let placement = ModelPlacement(
        operators: picks.map { sites[$0] }, tables: [], sparseCores: task.system.cards.map { _ in 0 })
      if isSupported(placement, task) {
        let candidate = Candidate(placement, task: task)
        if candidate.fits { best = min(best, candidate.loads.bottleneckSeconds) }
      }
      var position = 0
      while position < count {
        picks[position] += 1
        if picks[position] < sites.count { break }
        picks[position] = 0
        position += 1
      }
      isDone = position == count
    }
    return best
  }

  private func isSupported(_ placement: ModelPlacement, _ task: PlanningTask) -> Bool {
    placement.operators.enumerated().allSatisfy { index, site in
      let cards =
        switch site {
        case .host: [Int]()
        case .card(let card): [card]
        case .everyCard: Array(task.system.cards.indices)
        }
      return cards.allSatisfy { task.costs.supports(OperatorID(index), card: $0) }
    }
  }

  @Test(arguments: [1, 2, 3, 4])
  func aChainThatNoCardHoldsIsCutOverCards(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let graph = try SampleNets.chain(
      length: 5, width: 2048, batch: 1 << Int.random(in: 2...7, using: &random), middle: "Softmax")
    let task = try task(graph, cards: 2 + seed % 2, megabytes: 13)
    let planned = try Planner.plan(task)
    let candidate = Candidate(planned.placement, task: task)
    let best = leastBottleneck(task, replicas: true)
    #expect(candidate.fits)
    #expect(planned.placement.operators.contains { $0 != .host && $0 != .everyCard })
    #expect(planned.bound > 0)
    #expect(planned.bound <= best * (1 + 1e-9))
    #expect(candidate.loads.bottleneckSeconds <= best * 1.05)
  }

  @Test(arguments: [1, 2, 3])
  func unlikeCardsGetUnlikeParts(seed: Int) throws {
    let graph = try SampleNets.chain(length: 5, width: 2048, batch: 1 << (2 * seed), middle: "Softmax")
    let task = try task(graph, cards: 2, megabytes: 13) { system in
      system.cards[1].processor.dram.bytes += 6_000_000
      system.cards[1].processor.launchSeconds *= 3
    }
    let planned = try Planner.plan(task)
    let candidate = Candidate(planned.placement, task: task)
    let best = leastBottleneck(task, replicas: false)
    #expect(candidate.fits)
    #expect(planned.bound <= best * (1 + 1e-9))
    #expect(candidate.loads.bottleneckSeconds <= best * 1.05)
  }

  @Test func anOperatorRunsOnTheOnlyCardThatHasIt() throws {
    let graph = try SampleNets.chain(length: 4, width: 2048, batch: 64, middle: "Softmax")
    let task = try task(graph, cards: 2, megabytes: 100) { system in
      system.cards[0].unsupportedOperators = ["Softmax"]
      system.host.processor.launchSeconds = 1
    }
    let planned = try Planner.plan(task)
    let middle = try #require(graph.operators.firstIndex { $0.type == "Softmax" })
    #expect(planned.placement.operators[middle] == .card(1))
    #expect(planned.bound <= leastBottleneck(task, replicas: false) * (1 + 1e-9))
  }

  /// Only card 0 subtracts and only card 1 multiplies, so a chain of both crosses between them twice.
  @Test func aBatchMayComeBackToACard() throws {
    var builder = GraphBuilder(name: "two backends")
    let x = builder.input("x", .float32, [64, 512])
    var value = x
    for (index, type) in ["Sub", "Mul", "Add", "Sub"].enumerated() {
      value = builder.add(
        type, [value, builder.constant("w\(index)", .float32, [64, 512])], name: "op\(index)")
    }
    builder.output(value)
    let graph = try builder.build().graph
    var task = try task(graph, cards: 2, megabytes: 100) { system in
      system.cards[0].unsupportedOperators = ["Mul"]
      system.cards[1].unsupportedOperators = ["Sub"]
    }
    let free = try Planner.plan(task)
    #expect(free.bound <= leastBottleneck(task, replicas: true) * (1 + 1e-9))
    task.rules = try PlanRules(
      [.forbid(units: ["*"], devices: ["host"])], graph: graph, system: task.system)
    let planned = try Planner.plan(task)
    #expect(planned.placement.operators[0] == .card(0))
    #expect(planned.placement.operators[1] == .card(1))
    #expect(planned.placement.operators[3] == .card(0))
    #expect(Candidate(planned.placement, task: task).fits)
  }

  @Test func tablesGoWithAPipeline() throws {
    let graph = try SampleNets.recommendation(rows: [100_000, 50_000, 20_000], hidden: 60_000)
    let task = try task(graph, cards: 2, megabytes: 12)
    let planned = try Planner.plan(task)
    let candidate = Candidate(planned.placement, task: task)
    #expect(candidate.fits)
    #expect(planned.bound <= candidate.loads.bottleneckSeconds)
    #expect(planned.placement.tables.count == 3)
  }

  /// Of pipelines alone.
  private func pipeline(_ task: PlanningTask) throws -> Candidate {
    var found = Incumbents(task)
    _ = try PipelinePlanner(
      task: task, replicated: NetSplitPlanner(task: task), clock: SearchClock(task.search)
    ).plan(into: &found)
    return try #require(found.best)
  }

  /// Products that take 1, 4 and 3, and a last operator that only card 1 runs.
  private func uneven(last: String?, _ change: (inout System) -> Void) throws -> PlanningTask {
    var builder = GraphBuilder(name: "uneven")
    let widths = [512, 512, 2048, 384]
    var value = builder.input("input", .float32, [4096, widths[0]])
    for (index, (rows, columns)) in zip(widths, widths.dropFirst()).enumerated() {
      value = builder.add(
        "MatMul", [value, builder.constant("weights\(index)", .float32, [rows, columns])], name: "op\(index)")
    }
    if let last { value = builder.add(last, [value], name: "last") }
    builder.output(value)
    let task = try task(try builder.build().graph, cards: 2, megabytes: 1000) { system in
      system.cards[0].unsupportedOperators = last.map { [$0] } ?? []
      system.cards[1].processor.launchSeconds *= 1.01
      system.host.processor.launchSeconds = 1
      system.uplink.bytesPerSecond = 1e12
      for card in system.cards.indices { system.cards[card].link.bytesPerSecond = 1e12 }
      change(&system)
    }
    // As many that none waits for another.
    return task.with(requestsInFlight: 64)
  }

  /// Parts that balance cross between the cards more often than parts in one piece, which is dear.
  @Test func commandsCountWhereTheyAreWhatTakesTime() throws {
    let free = try uneven(last: "Softmax") { _ in }
    let all = ModelPlacement(
      operators: free.graph.operators.map { _ in .card(1) }, tables: [], sparseCores: [0, 0])
    let seconds = Candidate(all, task: free).loads.bottleneckSeconds
    let task = try uneven(last: "Softmax") { system in
      for card in system.cards.indices { system.cards[card].link.commandSeconds = seconds * 0.4 }
    }
    let best = leastBottleneck(task, replicas: false)
    #expect(try pipeline(task).loads.bottleneckSeconds <= best * 1.05)
  }

  /// No two pieces in a row balance; the first product with the last does, beside the second.
  @Test func aBatchComesBackToAnUnlikeCardToo() throws {
    let task = try uneven(last: nil) { _ in }
    let best = leastBottleneck(task, replicas: false)
    #expect(try pipeline(task).loads.bottleneckSeconds <= best * 1.05)
  }
}
