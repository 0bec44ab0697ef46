import Graph
import TestSupport
import Testing

@testable import Partitioner

/// Machines that have no cards.
@Suite struct HostAloneTests {
  private func model() throws -> Model {
    Model(graph: try SampleNets.chain(length: 6, width: 1024, batch: 64))
  }

  /// What the host takes for all operators one after the other; there is nothing to choose.
  @Test(arguments: PlanObjective.allCases) func everyOperatorIsOnTheHost(objective: PlanObjective) throws {
    let (model, system) = (try model(), try Partitioner.system(cards: 0))
    let plan = try Partitioner.plan(model, on: system, options: PlanOptions(objective: objective))
    let costs = Partitioner.costs(of: plan, model: model)
    let seconds = model.graph.operators.indices.reduce(0) {
      $0 + (costs.cost(of: OperatorID($1), on: .host)?.seconds ?? 0)
    }
    #expect(abs(plan.predicted.latencySeconds / seconds - 1) < 1e-9)
    #expect(plan.certificate.status == .proven)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    #expect(!plan.notes.contains { $0.contains("on the host because") })
    #expect(
      try Partitioner.simulate(plan, model: model, options: SimulationOptions(load: .backToBack)).verdict
        .holds)
  }

  @Test func aHostThatServesTheRateNeedsNoCard() throws {
    let (model, system) = (try model(), try Partitioner.system(cards: 2))
    let alone = try Partitioner.plan(model, on: Partitioner.system(cards: 0))
    for (share, cards) in [(0.3, 0), (1.5, 1)] {
      var options = PlanOptions()
      options.sizing = SizingOptions(ratePerSecond: share / alone.predicted.bottleneckSeconds)
      let plan = try Partitioner.plan(model, on: system, options: options)
      #expect(plan.system.cards.count == cards)
      #expect(plan.sizing?.isProven == true)
      #expect(plan.sizing?.trials.first?.description.hasPrefix("the host of nnpi alone: ") == true)
      #expect(Partitioner.check(plan, model: model).isEmpty)
    }
  }

  @Test func tablesAreOnTheHost() throws {
    let model = Model(graph: try SampleNets.recommendation(rows: [1000, 20_000, 300]))
    let plan = try Partitioner.plan(model, on: Partitioner.system(cards: 0))
    #expect(plan.tables.allSatisfy { $0.shards.allSatisfy { $0.site == "host" } })
    #expect(plan.certificate.status == .proven)
    #expect(Partitioner.check(plan, model: model).isEmpty)
  }
}
