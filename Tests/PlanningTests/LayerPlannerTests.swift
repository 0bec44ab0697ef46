import Accuracy
import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// Precisions of layers as a decision, against every choice of them and against each other.
@Suite struct LayerPlannerTests {
  private static let choices = ["int8", "fp16"].compactMap { LayerPrecision(word: $0) }

  private func task(
    seed: UInt64, objective: PlanObjective, choices: [LayerPrecision] = choices, share: Double?
  ) throws -> PlanningTask {
    var task = try SmallQuestions.task(seed: seed, objective: objective)
    let errors = LayerErrors(graph: task.graph)
    let tables = TableErrors(graph: task.graph)
    // Between what fp16 and int8 cost everywhere, beside tables in the narrowest precision.
    let (low, high) = (
      errors.total(everywhere: LayerPrecision(.fp16)), errors.total(everywhere: LayerPrecision(.int8))
    )
    let limit = share.map { low + (high - low) * $0 + tables.total(everywhere: .int4) }
    task.layers = LayerQuestion(errors: errors, choices: choices, limit: limit)
    if let limit, !task.graph.embeddingTables.isEmpty {
      task.accuracy = AccuracyBudget(errors: tables, limit: limit)
    }
    return task
  }

  private func error(_ placement: ModelPlacement, _ task: PlanningTask) throws -> Double {
    let errors = try #require(task.layers).errors
    let layers = PlacedLayers(
      placement, graph: task.graph, system: task.system,
      options: task.costed { $0.layers = placement.layers }.costs.options)
    let tables = TableErrors(graph: task.graph)
    return layers.error(errors) + tables.total(of: placement.tables.map(\.format.precision))
  }

  /// Every placement in every choice of precisions within the limit.
  private func least(_ task: PlanningTask) throws -> Double {
    let question = try #require(task.layers)
    let operators = question.errors.operators
    var free = task
    free.layers = nil
    free.accuracy = nil
    var best = Double.infinity
    for code in 0..<(1 << operators.count) {
      var layers = [LayerPrecision?](repeating: nil, count: task.graph.operators.count)
      for (bit, op) in operators.enumerated() { layers[op.index] = question.choices[(code >> bit) & 1] }
      let part = free.costed { $0.layers = layers }
      SmallQuestions.forEachPlacement(part, most: 120) { placement in
        var placement = placement
        placement.layers = layers
        guard let lost = try? error(placement, task), question.allows(lost) else { return }
        let candidate = Candidate(placement, task: part)
        if candidate.fits { best = min(best, candidate.value(task.objective)) }
      }
    }
    return best
  }

  @Test(arguments: Array(UInt64(1)...12), PlanObjective.allCases)
  func boundsHoldForEveryPlacementInEveryChoice(seed: UInt64, objective: PlanObjective) throws {
    let task = try task(seed: seed, objective: objective, share: [0.2, 0.5, 0.9, nil][Int(seed % 4)])
    guard !(try #require(task.layers)).errors.operators.isEmpty else { return }
    let planned = try Planner.plan(task)
    #expect(planned.defect == nil)
    #expect(planned.bound <= (try least(task)) * (1 + 1e-9))
    let part = task.costed { $0.layers = planned.placement.layers }
      .with(requestsInFlight: planned.requestsInFlight)
    let candidate = Candidate(planned.placement, task: part)
    #expect(candidate.excessBytes.allSatisfy { $0 <= 0 })
    #expect(planned.bound <= candidate.value(objective) * (1 + 1e-9))
    if let limit = task.layers?.limit { #expect(try error(planned.placement, task) <= limit * (1 + 1e-9)) }
  }

  /// A larger budget, and more choices, are never worse by more than the gap and what is not worth a narrower precision.
  @Test(arguments: Array(UInt64(1)...12))
  func moreFreedomIsNeverWorse(seed: UInt64) throws {
    func value(_ choices: [LayerPrecision], _ share: Double?) throws -> Double {
      let task = try task(seed: seed, objective: .throughput, choices: choices, share: share)
      let planned = try Planner.plan(task)
      let part = task.costed { $0.layers = planned.placement.layers }
        .with(requestsInFlight: planned.requestsInFlight)
      return Candidate(planned.placement, task: part).value(.throughput)
    }
    let wide = try #require(LayerPrecision(word: "fp16"))
    let values = try [0.1, 0.4, 0.7, 1].map { try value(Self.choices, $0) } + [try value(Self.choices, nil)]
    for (tight, loose) in zip(values, values.dropFirst()) { #expect(loose <= tight * 1.011) }
    #expect(values[4] <= (try value([wide], nil)) * 1.011)
  }

  /// The question of one card that has all operators.
  private func onOneCard(_ graph: Graph) throws -> PlanningTask {
    let system = try SystemCatalog.system(cards: 1)
    return PlanningTask(
      graph: graph, system: system, costs: CostModel(graph: graph, system: system), objective: .throughput,
      latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1),
      rules: try PlanRules(
        [.forbid(units: ["*"], devices: ["host"])], graph: graph, system: system))
  }

  /// A chain of equal layers under a limit that allows half of them in int8: half of them are.
  @Test func halfOfAChainIsNarrow() throws {
    let graph = try SampleNets.chain(length: 8, width: 1024, batch: 64)
    let errors = LayerErrors(graph: graph)
    let (low, high) = (
      errors.total(everywhere: LayerPrecision(.fp16)), errors.total(everywhere: LayerPrecision(.int8))
    )
    var task = try onOneCard(graph)
    task.layers = LayerQuestion(errors: errors, choices: Self.choices, limit: (low + high) / 2 * 1.001)
    let planned = try Planner.plan(task)
    let narrow = planned.placement.layers.count { $0 == LayerPrecision(.int8) }
    #expect(narrow == errors.operators.count / 2)
    #expect(planned.notes.contains { $0.contains("are in fp16 for an accuracy budget of") })
    // In what is liked less only for a gain.
    task.layers?.limit = nil
    let free = try Planner.plan(task)
    #expect(free.placement.layers.allSatisfy { $0 == nil || $0 == LayerPrecision(.int8) })
  }

  /// What a plan to begin with has layers in counts only where they may be in it.
  @Test func whatLayersMayNotBeInIsNotTakenFromAStart() throws {
    let graph = try SampleNets.chain(length: 4, width: 1024, batch: 64)
    var task = try onOneCard(graph)
    let errors = LayerErrors(graph: graph)
    task.layers = LayerQuestion(errors: errors, choices: Self.choices, limit: nil)
    task.start = try Planner.plan(task).placement
    #expect(task.start?.layers.contains(LayerPrecision(.int8)) == true)
    let words = ["fp16", "w4a16"].compactMap { LayerPrecision(word: $0) }
    task.layers = LayerQuestion(errors: errors, choices: words, limit: nil)
    let planned = try Planner.plan(task)
    #expect(planned.placement.layers.allSatisfy { $0.map(words.contains) ?? true })
  }

  /// Layers that are told to be in fp16 lose what they lose there, so that tables have the rest of the budget.
  @Test func toldLayersLoseWhatTheyAreIn() throws {
    let graph = try SampleNets.recommendation(rows: [1000, 3000])
    let system = try SystemCatalog.system(cards: 2)
    let (errors, tables) = (LayerErrors(graph: graph), TableErrors(graph: graph))
    let (wide, narrow) = (LayerPrecision(.fp16), LayerPrecision(.int8))
    let limit = tables.total(everywhere: .int8) + errors.total(everywhere: narrow) / 2
    #expect(errors.total(everywhere: wide) < errors.total(everywhere: narrow) / 2)
    var task = PlanningTask(
      graph: graph, system: system, costs: CostModel(graph: graph, system: system), objective: .throughput,
      latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    task.accuracy = AccuracyBudget(errors: tables, limit: limit)
    let told = graph.operators.map { $0.work.kind == .matrix ? wide : nil }
    task.layers = LayerQuestion(errors: errors, choices: [narrow], limit: limit, told: told)
    let planned = try Planner.plan(task)
    #expect(planned.placement.layers == told)
    #expect(try error(planned.placement, task) <= limit)
  }

  /// Under a limit below what the widest choice loses on cards, some layers are on the host, and not all.
  @Test func whatLosesTooMuchIsOnTheHost() throws {
    let graph = try SampleNets.chain(length: 8, width: 1024, batch: 64)
    let system = try SystemCatalog.system(cards: 2)
    let errors = LayerErrors(graph: graph)
    var task = PlanningTask(
      graph: graph, system: system, costs: CostModel(graph: graph, system: system), objective: .throughput,
      latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    let limit = errors.total(everywhere: LayerPrecision(.fp16)) * 0.6
    task.layers = LayerQuestion(errors: errors, choices: Self.choices, limit: limit)
    let planned = try Planner.plan(task)
    let onHost = errors.operators.count { planned.placement.operators[$0.index] == .host }
    #expect(onHost > 0 && onHost < errors.operators.count)
    #expect(planned.notes.contains { $0.contains("on cards they would lose more than the accuracy budget") })
    #expect(try error(planned.placement, task) <= limit * (1 + 1e-9))
    #expect(planned.defect == nil)
  }

  /// Weights that fit in 4 bits alone: as many layers as have room stay in what is liked.
  @Test func whatIsLikedLessIsTakenForMemory() throws {
    let graph = try SampleNets.chain(length: 8, width: 1024, batch: 4)
    var system = try SystemCatalog.system(cards: 1)
    let costs = CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1))
    let all = graph.operators.indices.map { OperatorID($0) }
    let bytes =
      costs.weightBytes(of: all, on: .card(0)) * 3 / 4 + costs.activationBytes(of: all, on: .card(0)) * 2
    system.cards[0].reservedBytes = system.cards[0].processor.dram.bytes - bytes
    var task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 1)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1),
      rules: try PlanRules(
        [.forbid(units: ["*"], devices: ["host"])], graph: graph, system: system))
    let words = ["int8", "w4a16"].compactMap { LayerPrecision(word: $0) }
    task.layers = LayerQuestion(errors: LayerErrors(graph: graph), choices: words, limit: nil)
    let planned = try Planner.plan(task)
    let narrow = planned.placement.layers.count { $0 == words[1] }
    #expect(narrow > 0 && narrow < 8)
    // Prices of memory know what each layer takes in each precision.
    #expect(planned.bound > 0)
  }
}
