import Graph
import TestSupport
import Testing

@testable import Partitioner

@Suite struct FewestCardsTests {
  private func model() throws -> Model {
    Model(graph: try SampleNets.chain(length: 6, width: 1024, batch: 64))
  }

  @Test func fewerCardsAreRefutedByTheirBound() throws {
    let model = try model()
    let system = try Partitioner.system(cards: 6)
    let one = try Partitioner.plan(model, on: Partitioner.system(cards: 1))
    let rate = 2.5 / one.predicted.bottleneckSeconds
    let answer = try Partitioner.fewestCards(for: model, on: system, rate: rate)
    #expect(answer.cards == 3)
    #expect(answer.isProven)
    #expect(Partitioner.check(answer.plan, model: model).isEmpty)
    let report = try Partitioner.simulate(
      answer.plan, model: model, options: SimulationOptions(load: .poisson(requestsPerSecond: rate)))
    #expect(report.verdict.holds)
    // As many as the enumeration of all numbers says.
    let two = try Partitioner.plan(model, on: Partitioner.system(cards: 2))
    #expect(two.certificate.bound * rate > 1)
  }

  @Test func whatAllCardsDoNotServeHasNoPlan() throws {
    let error = #expect(throws: PartitionError.self) {
      try Partitioner.fewestCards(for: try model(), on: Partitioner.system(cards: 2), rate: 1e9)
    }
    #expect(error?.kind == .infeasible)
    #expect(error?.description.contains("at most") ?? false)
  }

  @Test(arguments: [0, -1, .infinity, .nan]) func ratesThatAreNoneAreRefused(_ rate: Double) throws {
    let error = #expect(throws: PartitionError.self) {
      try Partitioner.fewestCards(for: try model(), on: Partitioner.system(cards: 2), rate: rate)
    }
    #expect(error?.kind == .usage)
  }
}
