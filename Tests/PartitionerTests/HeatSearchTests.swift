import Graph
import Hardware
import TestSupport
import Testing

@testable import Partitioner

@Suite struct HeatSearchTests {
  /// Two tables of 64 MB and 128 MB in int8, of which the hottest rows take most look-ups.
  private static func model() throws -> Model {
    Model(
      graph: try SampleNets.recommendation(
        rows: [1_000_000, 2_000_000], width: 64, batch: 64, lookups: [200, 100]))
  }

  /// One card with room for half of the tables.
  private static func system(memory: Int) throws -> System {
    var system = try Partitioner.system(cards: 1)
    system.cards[0].processor.dram.bytes = system.cards[0].reservedBytes + memory
    // A host that is slow at look-ups, so that it pays to do few there.
    system.host.processor.lookupsPerCorePerSecond /= 20
    system.host.processor.dram.randomFraction = 0.02
    return system
  }

  private static func options(_ change: (inout PlanOptions) -> Void = { _ in }) -> PlanOptions {
    var options = PlanOptions(tablePrecisions: [.int8], teams: .none)
    options.access = TableAccess(
      usual: .none,
      tables: [
        .init(table: "table0", curve: [[0.1, 0.9], [0.5, 0.99]]),
        .init(table: "table1", curve: [[0.1, 0.9], [0.5, 0.99]]),
      ])
    change(&options)
    return options
  }

  @Test func hotRowsOnTheCardServeAsMuchAsTablesThatFit() throws {
    let model = try Self.model()
    let (small, large) = (try Self.system(memory: 130_000_000), try Self.system(memory: 1_000_000_000))
    let split = try Partitioner.plan(model, on: small, options: Self.options())
    let whole = try Partitioner.plan(model, on: small, options: Self.options { $0.splitsByHeat = false })
    let roomy = try Partitioner.plan(model, on: large, options: Self.options { $0.splitsByHeat = false })
    #expect(split.model.hot != nil && whole.model.hot == nil)
    #expect(split.predicted.throughputPerSecond > 1.3 * whole.predicted.throughputPerSecond)
    #expect(split.predicted.throughputPerSecond > 0.85 * roomy.predicted.throughputPerSecond)
    #expect(split.certificate.bound <= split.certificate.objective)
    #expect(split.notes.contains { $0.contains("split by heat") })
    // Cold rows are on the host, hot ones on the card.
    #expect(split.tables.contains { $0.name.hasSuffix(".hot") && $0.shards[0].site != "host" })
    #expect(split.tables.contains { $0.name.hasSuffix(".cold") && $0.shards[0].site == "host" })
  }

  @Test func thePlanIsCheckedSimulatedAndReadBack() throws {
    let model = try Self.model()
    let plan = try Partitioner.plan(model, on: Self.system(memory: 130_000_000), options: Self.options())
    #expect(Partitioner.check(plan, model: model).isEmpty)
    #expect(Partitioner.check(plan, model: model.asPlanned(in: plan)).isEmpty)
    let again = try Partitioner.decodePlan(bytes: Array(Partitioner.encode(plan).utf8), name: "plan")
    #expect(again == plan)
    var options = SimulationOptions(load: .backToBack)
    options.requests = 2000
    let report = try Partitioner.simulate(plan, model: model, options: options)
    #expect(abs(report.throughputPerSecond.value / plan.predicted.throughputPerSecond - 1) < 0.05)
    // Other rows than the plan's have other look-ups and bytes.
    var changed = plan
    changed.model.hot?[0].rows += 1000
    #expect(!Partitioner.check(changed, model: model).isEmpty)
    changed.model.hot = [.init(table: "nothing", rows: 10)]
    #expect(!Partitioner.check(changed, model: model).isEmpty)
    changed = plan
    changed.access = nil
    #expect(!Partitioner.check(changed, model: model).isEmpty)
  }

  @Test func nothingIsSplitWhereNothingIsSaidOfRows() throws {
    let model = try Self.model()
    let system = try Self.system(memory: 130_000_000)
    for change: (inout PlanOptions) -> Void in [
      { $0.access = nil }, { $0.access = TableAccess(usual: .none) }, { $0.allowsSplits = false },
    ] {
      #expect(try Partitioner.plan(model, on: system, options: Self.options(change)).model.hot == nil)
    }
  }
}
