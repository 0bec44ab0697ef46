import Graph
import TestSupport
import Testing

@testable import Partitioner

@Suite struct BatchSearchTests {
  private func search(budget: Double?) throws -> BatchSearch {
    let options = PlanOptions(latencyBudgetMilliseconds: budget)
    return try Partitioner.batch(on: Partitioner.system(cards: 2), options: options) {
      batch throws(PartitionError) in
      do { return Model(graph: try SampleNets.chain(length: 6, width: 1024, batch: batch)) } catch {
        throw PartitionError(.internalError, "\(error)")
      }
    }
  }

  @Test func noOtherPowerOfTwoWithinTheBudgetServesMore() throws {
    let budget = 1.0
    let found = try search(budget: budget)
    let system = try Partitioner.system(cards: 2)
    #expect(found.plan.predicted.latencySeconds * 1000 <= budget)
    #expect(found.batch > 1)
    let best = found.plan.predicted.throughputPerSecond * Double(found.batch)
    var batch = 1
    while batch <= 4096 {
      let model = Model(graph: try SampleNets.chain(length: 6, width: 1024, batch: batch))
      let options = PlanOptions(latencyBudgetMilliseconds: budget)
      if let plan = try? Partitioner.plan(model, on: system, options: options) {
        #expect(plan.predicted.throughputPerSecond * Double(batch) <= best * 1.011)
      }
      batch *= 2
    }
    #expect(Partitioner.check(found.plan, model: found.model).isEmpty)
  }

  @Test func aTighterBudgetHasNoLargerBatch() throws {
    #expect(try search(budget: 0.2).batch <= search(budget: 2).batch)
  }

  @Test func withoutABudgetThereIsNothingToChooseBy() {
    let error = #expect(throws: PartitionError.self) { try search(budget: nil) }
    #expect(error?.kind == .usage)
  }
}
