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

  private static func sites(_ plan: PlanDocument, _ table: String) -> Set<String> {
    Set(plan.tables.filter { $0.name == table }.flatMap { $0.shards.map(\.site) })
  }

  /// A rule about a table is about both parts; a part can be named by itself.
  @Test func rulesHoldForParts() throws {
    let (model, system) = (try Self.model(), try Self.system(memory: 130_000_000))
    func plan(_ rules: [PlacementRules.Rule]) throws -> PlanDocument {
      let plan = try Partitioner.plan(
        model, on: system, options: Self.options { $0.rules = PlacementRules(rules: rules) })
      #expect(Partitioner.check(plan, model: model).isEmpty)
      return plan
    }
    let free = try plan([.reserve(devices: ["host"], bytes: 1e6)])
    #expect(free.model.hot != nil && Self.sites(free, "table0.hot") != ["host"])
    let pinned = try plan([.pin(units: ["table0"], devices: ["host"])])
    #expect(
      ["table0", "table0.hot", "table0.cold"].allSatisfy { Self.sites(pinned, $0).isSubset(of: ["host"]) })
    // The look-up stands for its table.
    let byLookup = try plan([.pin(units: ["lookup0"], devices: ["host"])])
    #expect(byLookup.certificate.objective == pinned.certificate.objective)
    let ofPart = try plan([.pin(units: ["table1.hot"], devices: ["host"])])
    #expect(ofPart.model.hot != nil && Self.sites(ofPart, "table1.hot") == ["host"])
    #expect(ofPart.certificate.objective > free.certificate.objective)
    #expect(ofPart.notes.contains { $0.hasSuffix("the rules name parts, which whole tables have not") })
    let error = #expect(throws: PartitionError.self) {
      try plan([.pin(units: ["table2.hot"], devices: ["host"])])
    }
    #expect(error?.kind == .badInput)
  }

  /// Parts in one precision lose what the whole table does, since their rows are added up together.
  @Test func accuracyIsThatOfTheWholeTable() throws {
    let (model, system) = (try Self.model(), try Self.system(memory: 130_000_000))
    let options = Self.options {
      $0.tablePrecisions = [.int8, .int4]
      $0.accuracyBudget = .everywhere(.int8)
    }
    let plan = try Partitioner.plan(model, on: system, options: options)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    #expect(plan.model.hot != nil)
    let whole = TableErrors(graph: model.graph)
    let parts = TableErrors(graph: model.asPlanned(in: plan).graph)
    for precision in [Precision.int8, .int4] {
      let (a, b) = (whole.total(everywhere: precision), parts.total(everywhere: precision))
      #expect(abs(a - b) < 1e-12)
    }
    #expect(plan.accuracy?.error ?? 1 <= whole.total(everywhere: .int8) * (1 + 1e-9))
    let front = try Partitioner.frontier(model, on: system, options: options)
    let points = front.accuracy?.frontier ?? []
    #expect(points.contains { $0.objective <= plan.certificate.objective * (1 + 1e-9) })
  }

  @Test func aSearchBeginsWithSplitTables() throws {
    let (model, system) = (try Self.model(), try Self.system(memory: 130_000_000))
    let plan = try Partitioner.plan(model, on: system, options: Self.options())
    var options = Self.options()
    let known = try Partitioner.startingPlacement(plan, for: model, on: system, options: options)
    #expect(known.hot == plan.model.hot && known.problems.isEmpty)
    (options.start, options.startHot) = (known.placement, known.hot)
    options.work = WorkBudget.standard.part(0.001)
    let again = try Partitioner.plan(model, on: system, options: options)
    #expect(again.certificate.objective <= plan.certificate.objective * (1 + 1e-9))
    options.splitsByHeat = false
    let none = try Partitioner.startingPlacement(plan, for: model, on: system, options: options)
    #expect(none.placement == nil && none.problems.count == 1)
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
