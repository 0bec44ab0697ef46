import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// Plans within an accuracy budget, against every placement and against each other.
@Suite struct AccuracyPlannerTests {
  /// Tables that fit two small cards and the host in int4 alone with ease.
  private func task(
    seed: Int, tables: Int = 3, objective: PlanObjective = .throughput,
    limit: (TableErrors) -> Double? = { _ in nil }
  ) throws -> PlanningTask {
    var random = SeededRandom(seed: UInt64(seed))
    let rows = (0..<tables).map { _ in Int.random(in: 10...60, using: &random) * 1_000_000 }
    let lookups = (0..<tables).map { _ in Int.random(in: 1...24, using: &random) }
    let graph = try SampleNets.recommendation(rows: rows, lookups: lookups)
    var system = try SystemCatalog.system(cards: 2)
    for card in system.cards.indices { system.cards[card].processor.dram.bytes = 3_500_000_000 }
    system.host.processor.dram.bytes = system.host.reservedBytes + 1_500_000_000
    var task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
      allowsSplits: false, search: SearchOptions(gap: 0.001, threads: 1))
    let errors = TableErrors(graph: graph)
    task.accuracy = limit(errors).map { AccuracyBudget(errors: errors, limit: $0) }
    return task
  }

  /// The middle between int8 everywhere and int4 everywhere.
  private func middle(_ errors: TableErrors) -> Double {
    (errors.total(everywhere: .int8) + errors.total(everywhere: .int4)) / 2
  }

  /// Every choice of host, copies and single cards for each table, whole, under every dense skeleton.
  private func least(_ task: PlanningTask) -> Double {
    let kinds = CardKinds(system: task.system)
    let units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    var sites: [PlacementSite] = [.host, .everyCard]
    sites += task.system.cards.indices.map { .card($0) }
    let choices = sites.flatMap { site in task.tablePrecisions.map { (site, $0) } }
    var best = Double.infinity
    for skeleton in DenseSkeleton.all(task: task, units: units) {
      func visit(_ placed: [TablePlacement]) {
        guard placed.count < task.graph.embeddingTables.count else {
          let candidate = Candidate(
            ModelPlacement(
              operators: skeleton.operators, tables: placed, sparseCores: task.system.cards.map { _ in 0 }),
            task: task)
          if candidate.fits { best = min(best, candidate.value(task.objective)) }
          return
        }
        let table = task.graph.embeddingTables[placed.count]
        for (site, precision) in choices {
          visit(
            placed + [
              TablePlacement(
                format: TableFormat(precision: precision), split: .whole,
                shards: [.init(site: site, rows: 0..<table.rows, columns: 0..<table.dimension)])
            ])
        }
      }
      visit([])
    }
    return best
  }

  private func value(_ planned: PlannedModel, _ task: PlanningTask) -> Double {
    Candidate(planned.placement, task: task).value(task.objective)
  }

  private func error(_ planned: PlannedModel, _ task: PlanningTask) -> Double {
    TableErrors(graph: task.graph).total(of: planned.placement.tables.map(\.format.precision))
  }

  @Test(arguments: 1...6, [PlanObjective.throughput, .energy])
  func plansAreWithinTheBudgetAndNearTheBest(seed: Int, objective: PlanObjective) throws {
    let task = try task(seed: seed, objective: objective, limit: middle)
    let best = least(task)
    let planned: PlannedModel
    do { planned = try Planner.plan(task) } catch {
      #expect(best == .infinity, "seed \(seed): \(error)")
      return
    }
    let value = value(planned, task)
    #expect(Candidate(planned.placement, task: task).fits)
    #expect(planned.bound <= best * (1 + 1e-9), "seed \(seed)")
    // Which tables are narrow is chosen by a heuristic.
    #expect(value <= best * (objective == .throughput ? 1.02 : 1.04), "seed \(seed): \(value) \(best)")
    let prices = try #require(planned.priceProof)
    #expect(prices.bound <= best * (1 + 1e-9), "seed \(seed)")
    let question = PlacementQuestion(
      graph: task.graph, system: task.system, costs: task.costs, objective: objective,
      tablePrecisions: task.tablePrecisions, rules: task.rules, accuracy: task.accuracy)
    #expect(question.value(of: prices) >= prices.bound * (1 - 1e-9))
  }

  /// The budget takes part in what is proven: no bound of the question without it is above the plan without it.
  @Test func pricesOfAccuracyRaiseBounds() throws {
    var raised = 0
    for seed in 1...12 {
      let task = try task(seed: seed) { $0.total(everywhere: .int8) }
      var free = task
      free.accuracy = nil
      let (within, without) = (ScopeFreeBound.prove(task).proof, ScopeFreeBound.prove(free).proof)
      let best = least(task)
      #expect(within.bound <= best * (1 + 1e-9), "seed \(seed)")
      if within.bound > without.bound * 1.001 { raised += 1 }
    }
    #expect(raised > 0)
  }

  @Test(arguments: 1...4)
  func largerBudgetsAreNoWorse(seed: Int) throws {
    let free = try task(seed: seed, tables: 5)
    let errors = TableErrors(graph: free.graph)
    let (least, most) = (errors.total(everywhere: .int8), errors.total(everywhere: .int4))
    var last = Double.infinity
    for step in 0...4 {
      var task = free
      task.accuracy = AccuracyBudget(errors: errors, limit: least + (most - least) * Double(step) / 4)
      guard let planned = try? Planner.plan(task) else {
        #expect(last == .infinity, "seed \(seed), step \(step)")
        continue
      }
      let value = value(planned, task)
      // The gap, and the 1 % that narrower precisions have to bring.
      #expect(value <= last * 1.012, "seed \(seed), step \(step)")
      #expect(task.accuracy?.allows(error(planned, task)) ?? false)
      last = min(last, value)
    }
    // As much as any precision loses is no limit.
    let planned = try Planner.plan(free)
    var wide = free
    wide.accuracy = AccuracyBudget(errors: errors, limit: 1e9)
    let within = try Planner.plan(wide)
    #expect(within.placement == planned.placement && within.bound == planned.bound)
  }

  @Test func budgetsThatNoPrecisionMeetsAreRefused() throws {
    let task = try task(seed: 1) { _ in 1e-6 }
    let failure = #expect(throws: PlanningFailure.self) { try Planner.plan(task) }
    guard case .infeasible(let reasons) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(reasons.first?.hasPrefix("the accuracy budget is 0.0001 %, and the tables lose ") ?? false)
  }
}
