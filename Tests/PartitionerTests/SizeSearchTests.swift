import Graph
import TestSupport
import Testing

@testable import Partitioner

@Suite struct SizeSearchTests {
  /// Two products of `width` x `width` that have to be on the one card.
  private func load(_ width: Int) throws(PartitionError) -> Model {
    do { return Model(graph: try SampleNets.chain(length: 2, width: width, batch: 1)) } catch {
      throw PartitionError(.internalError, "\(error)")
    }
  }

  private func system(bytes: Int) throws -> System {
    var system = try Partitioner.system(cards: 1)
    system.cards[0].processor.dram.bytes = bytes + system.cards[0].reservedBytes
    return system
  }

  private var options: PlanOptions {
    var options = PlanOptions()
    options.rules.rules = [.forbid(units: ["*"], devices: ["host"])]
    return options
  }

  /// Weights in int8, 2 w^2 bytes, and activations of one request, some bytes for each of w.
  @Test(arguments: [2_000, 20_000, 50_000]) func theNextSizeHasNoPlan(bytes: Int) throws {
    let system = try system(bytes: bytes)
    let found = try Partitioner.largest("width", on: system, options: options) {
      size throws(PartitionError) in try load(size)
    }
    var largest = 0
    for size in 1...(found.size + 8) {
      if (try? Partitioner.plan(load(size), on: system, options: options)) != nil { largest = size }
    }
    #expect(found.size == largest)
    #expect(2 * found.size * found.size <= bytes && 2 * (found.size + 1) * (found.size + 9) > bytes)
    #expect(found.refusal?.size == found.size + 1 && found.refusal?.reason.isEmpty == false)
    #expect(found.plan.notes.last?.hasPrefix("width \(found.size) is the largest ") == true)
    #expect(Partitioner.check(found.plan, model: found.model).isEmpty)
  }

  @Test func aLatencyBudgetEndsItAsMemoryDoes() throws {
    let system = try Partitioner.system(cards: 1)
    var options = options
    options.latencyBudgetMilliseconds = 0.05
    let found = try Partitioner.largest("width", on: system, options: options) {
      size throws(PartitionError) in try load(size)
    }
    #expect(found.plan.predicted.latencySeconds <= 5e-5)
    let refused = try #require(found.refusal).size
    #expect(refused > found.size && refused <= found.size + 1 + found.size / 1000)
    #expect((try? Partitioner.plan(load(refused), on: system, options: options)) == nil)
  }

  @Test func whatTheModelDoesNotDependOnIsRefused() throws {
    let error = #expect(throws: PartitionError.self) {
      try Partitioner.largest("past", on: Partitioner.system(cards: 1)) {
        _ throws(PartitionError) in try load(64)
      }
    }
    #expect(error?.kind == .usage && error?.description.contains("depends on past") == true)
  }

  /// Not even a size of 1: with the reasons that a plan has.
  @Test func withoutAnyPlanTheReasonsAreGiven() throws {
    let system = try system(bytes: 1)
    let error = #expect(throws: PartitionError.self) {
      try Partitioner.largest("width", on: system, options: options) {
        size throws(PartitionError) in try load(size)
      }
    }
    #expect(error?.kind == .infeasible && error?.description.contains("each of these alone would do") == true)
  }
}
