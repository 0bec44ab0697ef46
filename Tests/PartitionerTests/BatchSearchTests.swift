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

  /// A budget that a batch of 96 just keeps leaves no power of two above 64.
  @Test func sizesBetweenPowersOfTwoAreTried() throws {
    let system = try Partitioner.system(cards: 2)
    let model = Model(graph: try SampleNets.chain(length: 6, width: 1024, batch: 96))
    let fastest = try Partitioner.plan(model, on: system, options: PlanOptions(objective: .latency))
    let found = try search(budget: fastest.predicted.latencySeconds * 1000 * 1.001)
    let powers =
      found.trials.filter { $0.batch & ($0.batch - 1) == 0 }.compactMap(\.itemsPerSecond).max() ?? 0
    #expect(found.plan.predicted.throughputPerSecond * Double(found.batch) >= powers)
    #expect(found.trials.contains { $0.batch & ($0.batch - 1) != 0 })
    #expect(found.trials.map(\.batch).count == Set(found.trials.map(\.batch)).count)
  }

  @Test func aTighterBudgetHasNoLargerBatch() throws {
    #expect(try search(budget: 0.2).batch <= search(budget: 2).batch)
  }

  @Test func withoutABudgetThereIsNothingToChooseBy() {
    let error = #expect(throws: PartitionError.self) { try search(budget: nil) }
    #expect(error?.kind == .usage)
  }
}
