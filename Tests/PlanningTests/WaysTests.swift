import CostModel
import Graph
import Hardware
import Placement
import Plan
import Solvers
import TestSupport
import Testing

@testable import Planning

/// No question with less to choose from, about another objective or with another start has a better answer, and none of
/// its plans is below the bound.
@Suite struct WaysTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var name: String
    var cards: Int
    /// Of a card, beside what is reserved; `nil` for all that it has.
    var megabytes: Int?
    var system: String?
    var testDescription: String { "\(name), \(cards) x \(system ?? "default")" }
  }

  static let settings = [
    Setting(name: "tables", cards: 3, megabytes: 60),
    Setting(name: "tables", cards: 2, system: "h100"),
    Setting(name: "chain", cards: 3, megabytes: 13),
    Setting(name: "chain", cards: 2),
    Setting(name: "recurrent", cards: 2, system: "h100"),
    Setting(name: "branches", cards: 2),
    Setting(name: "tables", cards: 3, system: unlike),
    Setting(name: "chain", cards: 2, system: unlike),
    Setting(name: "branches", cards: 2, system: unlike),
  ]

  /// The first card of another kind than the rest.
  private static let unlike = "an H100 before NNP-I"

  private func graph(_ name: String) throws -> Graph {
    switch name {
    case "tables":
      return try SampleNets.recommendation(
        rows: [900_000, 400_000, 650_000, 150_000, 1_200_000], lookups: [4, 16, 1])
    case "chain": return try SampleNets.chain(length: 5, width: 2048, batch: 16, middle: "Softmax")
    case "branches":
      var builder = GraphBuilder(name: "branches")
      let input = builder.input("input", .float32, [8, 512])
      let ways = (0..<3).map { index in
        builder.add(
          "MatMul", [input, builder.constant("weights\(index)", .float32, [512, 512])], name: "way\(index)")
      }
      let sum = builder.add(
        "Add", [builder.add("Add", [ways[0], ways[1]], name: "first"), ways[2]], name: "sum")
      builder.output(builder.add("Softmax", [sum], name: "softmax"))
      return try builder.build().graph
    default:
      // Steps too small for a card to be worth its commands.
      var builder = GraphBuilder(name: "recurrent")
      var state = builder.input("state", .float32, [1, 16])
      for index in 0..<6 {
        let weights = builder.constant("weights\(index)", .float32, [16, 16])
        state = builder.add(
          "Tanh", [builder.add("MatMul", [state, weights], name: "step\(index)")], name: "state\(index)")
      }
      builder.output(state)
      return try builder.build().graph
    }
  }

  private func task(_ setting: Setting, _ objective: PlanObjective, _ precisions: [Precision]) throws
    -> PlanningTask
  {
    let name = setting.system == Self.unlike ? nil : setting.system
    var system = try SystemCatalog.system(name ?? SystemCatalog.defaultName, cards: setting.cards)
    if setting.system == Self.unlike {
      system.cards[0] = try SystemCatalog.system("h100", cards: 1).cards[0]
    }
    if let megabytes = setting.megabytes {
      for card in system.cards.indices {
        system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + megabytes * 1_000_000
      }
    }
    let graph = try graph(setting.name)
    return PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: objective, latencyBudgetMilliseconds: nil, tablePrecisions: precisions, allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
  }

  /// The question with less to choose from, and about other objectives.
  private func others(_ task: PlanningTask) -> [(String, PlanningTask)] {
    var others: [(String, PlanningTask)] = []
    for objective in PlanObjective.allCases where objective != task.objective {
      var other = task
      other.objective = objective
      others.append(("\(objective)", other))
    }
    if task.hasTables {
      var other = task
      other.tablePrecisions = [task.tablePrecisions[0]]
      others.append(("first precision", other))
      other = task
      other.allowsSplits = false
      others.append(("whole tables", other))
    }
    return others + (1..<task.system.cards.count).map { ("\($0) cards", task.using(cards: $0)) }
  }

  @Test(arguments: settings, PlanObjective.allCases)
  func noOtherQuestionHasABetterAnswer(setting: Setting, objective: PlanObjective) throws {
    let task = try task(setting, objective, [.int8, .int4])
    let planned = try Planner.plan(task)
    let answer = Candidate(planned.placement, task: task).value(objective)
    #expect(planned.defect == nil)
    #expect(planned.bound > 0)
    #expect(planned.bound <= answer * (1 + 1e-9))
    var best: (name: String, placement: ModelPlacement, value: Double)?
    for (name, question) in others(task) {
      guard let other = try? Planner.plan(question) else { continue }
      #expect(other.defect == nil, "\(name)")
      let value = Candidate(other.placement, task: task).value(objective)
      #expect(planned.bound <= value * (1 + 1e-9), "\(name)")
      // A narrower precision must gain 1 %.
      #expect(answer <= value * 1.021, "\(name)")
      if value < best?.value ?? .infinity { best = (name, other.placement, value) }
    }
    guard let best else { return }
    var started = task
    started.start = best.placement
    let again = try Planner.plan(started)
    #expect(
      Candidate(again.placement, task: task).value(objective) <= best.value * 1.011, "start from \(best.name)"
    )
    #expect(again.defect == nil, "start from \(best.name)")
  }

  /// Two of four cards have room for most tables each, and copies on those save what commands to the others take.
  @Test func copiesOnTheBestCardsAreFoundBeforeTheWorkIsSpent() throws {
    let graph = try SampleNets.recommendation(
      rows: (0..<40).map { 400_000 << ($0 * 7 % 10) }, width: 16, batch: 1, lookups: [1, 8, 20, 80])
    var system = try SystemCatalog.system("l40s", cards: 4)
    for (card, megabytes) in [(0, 47_000), (1, 4000), (2, 200), (3, 47_000)] {
      system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + megabytes * 1_000_000
    }
    system.host.reservedBytes = system.host.processor.dram.bytes - 1_900_000_000
    func value(_ cards: [Int]) throws -> Double {
      var part = system
      part.cards = cards.map { system.cards[$0] }
      let task = PlanningTask(
        graph: graph, system: part, costs: CostModel(graph: graph, system: part, options: CostOptions()),
        objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8, .int4],
        allowsSplits: true,
        search: SearchOptions(gap: 0.01, work: WorkBudget(effort: 0.05), threads: 1), choosesInFlight: true)
      return Candidate(try Planner.plan(task).placement, task: task).value(.throughput)
    }
    // The search among all cards has little time left for what those two could do.
    #expect(try value([0, 1, 2, 3]) <= value([0, 3]) * 1.2)
  }

  /// With memory set aside for the usual requests in flight copies have no room and pipelines are likely; with one request
  /// copies have. The bound ranges over both.
  @Test func theProofCoversWhatOtherNumbersInFlightMakeLikely() throws {
    let graph = try SampleNets.chain(length: 6, width: 512, batch: 1024)
    var looked = 0
    for quarter in 8...160 {
      let bytes = quarter * 250_000
      var system = try SystemCatalog.system(cards: 3)
      for card in system.cards.indices {
        system.cards[card].processor.dram.bytes = system.cards[card].reservedBytes + bytes
      }
      let task = PlanningTask(
        graph: graph, system: system, costs: CostModel(graph: graph, system: system, options: CostOptions()),
        objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
        search: SearchOptions(gap: 0.0001, threads: 1), choosesInFlight: true)
      let one = task.with(requestsInFlight: 1)
      guard NetSplitPlanner(task: one).fitsEveryCard(), !NetSplitPlanner(task: task).fitsEveryCard() else {
        continue
      }
      looked += 1
      var usual = Ways(task, clock: SearchClock(task.search))
      usual.run(.likely)
      var ways = Ways(one, clock: SearchClock(task.search))
      ways.adopt(usual)
      ways.cover(usual)
      #expect(ways.proofs[Ways.Kind.pipeline.rawValue] != nil, "\(bytes) bytes")
      #expect(try Planner.plan(task).defect == nil, "\(bytes) bytes")
    }
    #expect(looked > 1)
  }

  /// What is proven of tables while plans have memory set aside for many requests in flight holds for plans with one, which
  /// have more room. Proven with the memory for many it would not.
  @Test(arguments: [PlanObjective.throughput, .energy])
  func proofsOfTablesHoldForAnyNumberInFlight(objective: PlanObjective) throws {
    func planned(_ task: PlanningTask) throws -> (bound: Double, best: Candidate?) {
      var found = Incumbents(task)
      let proof = try ShardingPlanner(task: task, clock: SearchClock(task.search)).plan(into: &found)
      return (proof.bound, found.best)
    }
    var differing = 0
    for megabytes in stride(from: 30, through: 120, by: 10) {
      let fixed = try task(
        Setting(name: "tables", cards: 3, megabytes: megabytes), objective, [.int8, .int4])
      var chosen = fixed
      chosen.choosesInFlight = true
      let one = fixed.with(requestsInFlight: 1)
      guard let best = try planned(one).best else { continue }
      let least = best.valueWithoutPlaces(one)
      for requests in [8, 64, 512] {
        let bound = try planned(chosen.with(requestsInFlight: requests)).bound
        #expect(bound <= least * (1 + 1e-9), "\(megabytes) MB, \(requests) requests")
        if try planned(fixed.with(requestsInFlight: requests)).bound > least * (1 + 1e-9) { differing += 1 }
      }
    }
    #expect(differing > 0)
  }

  /// Bounds of families that searches with other numbers of requests in flight left behind change no answer.
  @Test func knownFamiliesChangeNoAnswer() throws {
    for megabytes in stride(from: 30, through: 120, by: 30) {
      var task = try task(
        Setting(name: "tables", cards: 3, megabytes: megabytes), .throughput, [.int8, .int4])
      task.choosesInFlight = true
      let families = FamilyBounds()
      for requests in [64, 8, 1] {
        let part = task.with(requestsInFlight: requests)
        func planned(_ families: FamilyBounds) throws -> (Double, ModelPlacement?, ticks: Int) {
          var found = Incumbents(part)
          let clock = SearchClock(part.search)
          let proof = try ShardingPlanner(task: part, clock: clock).plan(into: &found, families: families)
          return (proof.bound, found.best?.placement, clock.ticks)
        }
        #expect(try planned(families) == planned(FamilyBounds()), "\(megabytes) MB, \(requests) requests")
      }
    }
  }

  /// With a budget, requests in flight beyond the usual ones take no more than half of it at the plan's rate.
  @Test func requestsInFlightLeaveHalfOfTheBudget() throws {
    let model = try SampleNets.chain(length: 24, width: 256, batch: 64, middle: "Softmax")
    var system = try SystemCatalog.system(cards: 1)
    system.cards[0].unsupportedOperators = ["Softmax"]
    var task = PlanningTask(
      graph: model, system: system, costs: CostModel(graph: model, system: system, options: CostOptions()),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1), choosesInFlight: true)
    let free = try Planner.plan(task)
    let loads = Candidate(free.placement, task: task).loads
    try #require(loads.latencySeconds > 0)
    for share in [1.0, 4, 16, 64] {
      task.latencyBudgetMilliseconds = loads.latencySeconds * 1000 * (1 + share)
      let planned = try Planner.plan(task)
      let own = Candidate(planned.placement, task: task)
      let seconds = Double(own.requestsInFlight) * (own.loads.loads.max() ?? 0)
      #expect(
        own.requestsInFlight <= task.costs.options.requestsInFlight
          || seconds <= loads.latencySeconds * (1 + share) / 2 * (1 + 1e-9), "\(share)")
    }
  }

  /// Wide tables fit and are as fast: nothing is given up.
  @Test(arguments: [[Precision.int8, .int4], [.fp32, .fp16, .int8, .int4]])
  func precisionIsNotGivenUpForNothing(precisions: [Precision]) throws {
    let task = try task(Setting(name: "tables", cards: 2, system: "h100"), .throughput, precisions)
    var wide = task
    wide.tablePrecisions = [precisions[0]]
    let answer = Candidate(try Planner.plan(task).placement, task: task)
    let wider = Candidate(try Planner.plan(wide).placement, task: task)
    let ranks = answer.placement.tables.map { precisions.firstIndex(of: $0.format.precision) ?? 0 }
    if wider.value(.throughput) <= answer.value(.throughput) * 1.01 {
      #expect(ranks.allSatisfy { $0 == 0 })
    } else {
      #expect(ranks.contains { $0 > 0 })
    }
  }

  /// Of tables that do not all fit in the first precision, those that do keep it, and the note has the price.
  @Test func onlyTheTablesThatMustAreNarrow() throws {
    var task = try task(Setting(name: "tables", cards: 1, megabytes: 90), .throughput, [.int8, .int4])
    task.system.host.reservedBytes = task.system.host.processor.dram.bytes - 1_000_000
    let planned = try Planner.plan(task)
    let precisions = planned.placement.tables.map(\.format.precision)
    #expect(precisions.contains(.int4))
    #expect(precisions.contains(.int8))
    #expect(planned.notes.contains { $0.contains("in int8 alone no plan was found that fits") })
  }

  /// The host has no room for the activations of every card's requests, and admits fewer of them.
  @Test func aHostWithLittleRoomServesManyCards() throws {
    let graph = try SampleNets.chain(length: 3, width: 1024, batch: 512, middle: "Softmax")
    var system = try SystemCatalog.system(cards: 8)
    for card in system.cards.indices { system.cards[card].unsupportedOperators = ["Softmax"] }
    system.host.reservedBytes = system.host.processor.dram.bytes - 40_000_000
    let task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 2)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    let planned = try Planner.plan(task)
    let used = planned.placement.cardsInUse
    let host = Lowering(
      graph: graph, system: system, placement: planned.placement, costs: task.costs
    ).program.devices[0]
    #expect(host.inFlightLimit < 2 * used)
    #expect(host.inFlightLimit >= 1)
    let fewer = try Planner.plan(task.using(cards: used))
    let values = [planned, fewer].map { Candidate($0.placement, task: task).value(.throughput) }
    #expect(values[0] <= values[1] * 1.01)
  }

  @Test func aFastCardIsUsedWhereverItStands() throws {
    let alone = try task(Setting(name: "chain", cards: 1, system: "h100"), .latency, [.int8])
    var slow = try SystemCatalog.system(cards: 1).cards[0]
    slow.name = "slow"
    var both = alone
    both.system.cards.insert(slow, at: 0)
    both.costs = CostModel(graph: both.graph, system: both.system, options: alone.costs.options)
    both.rules = PlanRules(graph: both.graph, system: both.system)
    let values = try [alone, both].map { task in
      Candidate(try Planner.plan(task).placement, task: task).value(.latency)
    }
    #expect(values[1] <= values[0] * 1.01)
  }

  @Test func fewerRequestsInFlightAreTakenWhereOthersHaveNoPlan() throws {
    let graph = try SampleNets.chain(length: 3, width: 1024, batch: 512)
    var system = try SystemCatalog.system(cards: 1)
    system.host.reservedBytes = system.host.processor.dram.bytes - 1_000_000
    system.cards[0].processor.dram.bytes = system.cards[0].reservedBytes + 30_000_000
    var task = PlanningTask(
      graph: graph, system: system,
      costs: CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 24)),
      objective: .throughput, latencyBudgetMilliseconds: nil, tablePrecisions: [.int8], allowsSplits: true,
      search: SearchOptions(gap: 0.01, threads: 1))
    #expect {
      try Planner.plan(task)
    } throws: { error in
      guard case .noneFound(let reasons) = error as? PlanningFailure else { return false }
      return reasons.contains { $0.contains("24 requests in flight") && $0.contains("activations") }
    }
    task.choosesInFlight = true
    let planned = try Planner.plan(task)
    #expect(planned.requestsInFlight < 24)
    #expect(planned.notes.contains { $0.hasPrefix("\(planned.requestsInFlight) requests in flight") })
    task.costs = task.costs.with(requestsInFlight: planned.requestsInFlight)
    #expect(Candidate(planned.placement, task: task).fits)
  }

  @Test func nothingIsSearchedAtLengthWhereMuchWorkBroughtNothing() throws {
    var task = try task(Self.settings[0], .energy, [.int8, .int4])
    task.search.work = WorkBudget(ticks: 10_000_000_000)
    var ways = Ways(task, clock: SearchClock(task.search))
    ways.offerGreedy()
    ways.incumbents.countWork(1_000_000_000)
    #expect(ways.incumbents.idleWork == 0, "what found the first plan brought something")
    ways.incumbents.countWork(600_000_000)
    ways.plan(ways.way(.tables))
    #expect(ways.proofs[Ways.Kind.tables.rawValue] == nil)
    ways.incumbents.forgetIdleWork()
    ways.plan(ways.way(.tables))
    #expect(ways.proofs[Ways.Kind.tables.rawValue] != nil)
  }

  @Test func tablesAreSearchedAtLengthForLatencyOnlyWhereThereIsNoPlan() throws {
    let task = try task(Self.settings[0], .latency, [.int8])
    var ways = Ways(task, clock: SearchClock(task.search))
    #expect(!ways.way(.tables).isBrief)
    ways.offerGreedy()
    #expect(ways.way(.tables).isBrief)
    #expect(!ways.way(.pipeline).isBrief)
  }

  /// Where requests in flight are a decision, latency takes no more work than of one request: no other number is asked.
  @Test func latencyIsAskedOfOneRequest() throws {
    func ticks(choosesInFlight: Bool) throws -> Int {
      var task = try task(Self.settings[0], .latency, [.int8, .int4])
      task.search.gap = 0
      task.search.work = WorkBudget(ticks: 2_000_000_000)
      task.choosesInFlight = choosesInFlight
      if !choosesInFlight { task = task.with(requestsInFlight: 1) }
      let clock = SearchClock(task.search)
      _ = try Planner.plan(task, clock: clock)
      return clock.ticks
    }
    let (chosen, one) = (try ticks(choosesInFlight: true), try ticks(choosesInFlight: false))
    #expect(chosen > 0)
    #expect(Double(chosen) < 1.1 * Double(one))
  }
}
