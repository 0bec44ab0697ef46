import TestSupport
import Testing

@testable import Partitioner

/// Plans with operators cut over teams of cards.
@Suite struct TeamSearchTests {
  private func model(width: Int = 4096, layers: Int = 4) throws -> Model {
    Model(graph: try SampleNets.chain(length: layers, width: width, batch: 8))
  }

  private func system(_ name: String = "h100-sxm", cards: Int = 4) throws -> System {
    try Partitioner.system(named: name, cards: cards)
  }

  @Test(arguments: [2, 4])
  func aTeamTakesItsPartOfTheTime(count: Int) throws {
    let (model, system) = (try model(), try system())
    let plan = try Partitioner.plan(
      model, on: system, options: PlanOptions(objective: .latency, teams: .of(count, by: .weights)))
    #expect(plan.model.cut == count)
    #expect(plan.system.cards.count == 4 / count)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    // Derived again: every product by the cost model on its part, every exchange by the ring.
    let part = model.asPlanned(in: plan)
    let costs = Partitioner.costs(of: plan, model: model)
    let team = try #require(plan.system.cards[0].team)
    let busy = part.graph.operators.indices.reduce(0.0) {
      $0 + (costs.cost(of: OperatorID($1), on: .card(0))?.seconds ?? 0)
    }
    let exchanges = part.graph.operators.filter { $0.work.collective != nil }
    #expect(!exchanges.isEmpty)
    #expect(exchanges.allSatisfy { $0.work.collective == .allReduce || $0.work.collective == .allGather })
    #expect(plan.predicted.latencySeconds >= busy)
    // Parts and exchanges run nowhere but on the one team that there is.
    if count == 4 { #expect(plan.certificate.bound >= busy) }
    #expect(busy > Double(exchanges.count) * team.latencySeconds)
    #expect(plan.notes.contains { $0.contains("teams of \(count) cards act as one") })
  }

  /// Where products are limited by arithmetic, a batch that is shared out takes a part of the time, and nothing is exchanged.
  @Test func aBatchIsSharedOutForLatency() throws {
    let model = Model(graph: try SampleNets.chain(length: 24, width: 2048, batch: 2048))
    let system = try system("t4")
    var options = PlanOptions(objective: .latency)
    let plan = try Partitioner.plan(model, on: system, options: options)
    #expect(plan.model.cut == 4)
    #expect(plan.model.cutBy == .batch)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    #expect(plan.certificate.scope.contains("batches shared out over teams of"))
    #expect(
      plan.notes.contains { $0.hasSuffix("compute a card's part of the batch, and nothing is exchanged") })
    options.teams = .none
    let whole = try Partitioner.plan(model, on: system, options: options)
    #expect(plan.predicted.latencySeconds < 0.5 * whole.predicted.latencySeconds)
    #expect(plan.certificate.bound <= whole.certificate.objective)
    for kind in GraphCut.Kind.allCases {
      options.teams = .of(4, by: kind)
      let asked = try Partitioner.plan(model, on: system, options: options)
      #expect(asked.model.cutBy ?? .weights == kind)
      #expect(asked.certificate.objective >= plan.certificate.bound * (1 - 1e-9))
      #expect(Partitioner.check(asked, model: model).isEmpty)
    }
    // A budget that no copy meets is met by a team, at almost the rate of copies.
    options = PlanOptions(latencyBudgetMilliseconds: 1000 * 0.6 * whole.predicted.latencySeconds)
    let within = try Partitioner.plan(model, on: system, options: options)
    #expect(within.model.cutBy == .batch)
    #expect(within.predicted.latencySeconds <= 0.6 * whole.predicted.latencySeconds)
  }

  /// What may be chosen is never worse than what may not, by more than the gap.
  @Test(arguments: [PlanObjective.latency, .throughput, .energy], [1024, 4096])
  func teamsAreNeverWorse(objective: PlanObjective, width: Int) throws {
    let (model, system) = (try model(width: width), try system())
    var options = PlanOptions(objective: objective)
    let free = try Partitioner.plan(model, on: system, options: options)
    var values: [Double] = []
    for teams in [TeamChoice.none, .of(2), .of(4)] {
      options.teams = teams
      let plan = try Partitioner.plan(model, on: system, options: options)
      #expect(Partitioner.check(plan, model: model).isEmpty)
      values.append(plan.certificate.objective)
      // A bound over teams holds for each of them.
      if objective == .latency {
        #expect(free.certificate.bound <= plan.certificate.objective * (1 + 1e-9))
      }
    }
    #expect(free.certificate.objective <= values[0] * (1 + options.gap))
    if objective == .latency {
      #expect(free.certificate.objective <= (values.min() ?? 0) * (1 + options.gap))
    }
    #expect(Partitioner.check(free, model: model).isEmpty)
  }

  /// Teams may leave cards over, so what two cards do three can do as well.
  @Test func moreCardsAreNeverWorse() throws {
    let model = try model()
    var best = Double.infinity
    for cards in 1...5 {
      let plan = try Partitioner.plan(
        model, on: try system(cards: cards), options: PlanOptions(objective: .latency))
      #expect(plan.certificate.objective <= best * (1 + plan.certificate.gap + 1e-9), "\(cards) cards")
      best = min(best, plan.certificate.objective)
      #expect(plan.certificate.bound <= best * (1 + 1e-9), "\(cards) cards")
    }
  }

  /// Two alike cards beside others are a team as if they were alone; the others are left out.
  @Test func unlikeCardsKeepNoneFromATeam() throws {
    let model = Model(graph: try SampleNets.chain(length: 24, width: 2048, batch: 2048))
    let options = PlanOptions(objective: .latency)
    let alone = try Partitioner.plan(model, on: try system("t4", cards: 2), options: options)
    #expect(alone.model.cut == 2)
    var mixed = try system("t4", cards: 2)
    for number in 0..<2 {
      var other = try system("nnpi", cards: 1).cards[0]
      other.name = "other\(number)"
      other.unsupportedOperators.append("Relu")
      mixed.cards.insert(other, at: 0)
    }
    let plan = try Partitioner.plan(model, on: mixed, options: options)
    #expect(plan.certificate.objective <= alone.certificate.objective * (1 + plan.certificate.gap + 1e-9))
    #expect(plan.certificate.bound <= alone.certificate.objective * (1 + 1e-9))
    #expect(plan.notes.contains { $0.hasSuffix("2 cards are in no team and left out") })
    #expect(Partitioner.check(plan, model: model).isEmpty)
  }

  /// Weights that no card holds are held by a team, with the answer of one card after the other's parts.
  @Test func aModelThatNoCardHoldsIsFasterInATeam() throws {
    let model = try model(width: 8192, layers: 8)
    var system = try system()
    for card in system.cards.indices {
      system.cards[card].reservedBytes = system.cards[card].processor.dram.bytes - 300_000_000
    }
    let whole = try Partitioner.plan(
      model, on: system, options: PlanOptions(objective: .latency, teams: .none))
    let free = try Partitioner.plan(model, on: system, options: PlanOptions(objective: .latency))
    #expect(free.model.cut == 4)
    #expect(free.predicted.latencySeconds < 0.75 * whole.predicted.latencySeconds)
    let program = try Partitioner.program(of: free, model: model)
    #expect(program.devices.count == 2)
  }

  @Test func teamsThatCannotBeAreRefused() throws {
    let system = try system()
    for count in [3, 8] {
      let error = #expect(throws: PartitionError.self) {
        try Partitioner.plan(try model(), on: system, options: PlanOptions(teams: .of(count)))
      }
      #expect(error?.kind == .usage)
    }
    let error = #expect(throws: PartitionError.self) {
      try Partitioner.plan(
        try model(width: 97), on: system, options: PlanOptions(teams: .of(2, by: .weights)))
    }
    #expect(error?.kind == .usage)
    #expect(error?.problems.first?.contains("no operator that can be cut") ?? false)
  }

  /// What cards do not run is not shared out over them.
  @Test func operatorsThatCardsDoNotRunAreRefused() throws {
    var system = try system()
    for card in system.cards.indices { system.cards[card].unsupportedOperators = ["Relu"] }
    let error = #expect(throws: PartitionError.self) {
      try Partitioner.plan(try model(), on: system, options: PlanOptions(teams: .of(2)))
    }
    #expect(error?.problems.first?.contains("Relu") ?? false)
    let plan = try Partitioner.plan(try model(), on: system, options: PlanOptions(objective: .latency))
    #expect(plan.model.cut == nil)
  }
}
