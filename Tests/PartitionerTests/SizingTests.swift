import Graph
import Hardware
import TestSupport
import Testing

@testable import Partitioner

@Suite struct SizingTests {
  private func model() throws -> Model {
    Model(graph: try SampleNets.chain(length: 6, width: 1024, batch: 64))
  }

  private func plan(
    _ model: Model, on system: System, _ sizing: SizingOptions, options: PlanOptions = PlanOptions()
  ) throws -> PlanDocument {
    var options = options
    options.sizing = sizing
    return try Partitioner.plan(model, on: system, options: options)
  }

  private func serves(_ plan: PlanDocument, _ model: Model, rate: Double) throws -> Bool {
    var options = SimulationOptions(load: .poisson(requestsPerSecond: rate))
    options.growsWithLoad = true
    return try Partitioner.simulate(plan, model: model, options: options).verdict.holds
  }

  @Test func fewerCardsAreRefutedByTheirBound() throws {
    let model = try model()
    let one = try Partitioner.plan(model, on: Partitioner.system(cards: 1))
    let rate = 2.5 / one.predicted.bottleneckSeconds
    let plan = try plan(model, on: Partitioner.system(cards: 6), SizingOptions(ratePerSecond: rate))
    let sizing = try #require(plan.sizing)
    #expect(plan.system.cards.count == 3)
    #expect(sizing.isProven && sizing.price == nil)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    #expect(try serves(plan, model, rate: rate))
    // As many as the enumeration of all numbers says.
    let two = try Partitioner.plan(model, on: Partitioner.system(cards: 2))
    #expect(two.certificate.bound * rate > 1)
    #expect(
      sizing.trials.contains {
        $0.outcome == .refuted && $0.cards == [.init(model: "nnp-i-1100", count: 2)]
      })
  }

  /// Of a system with two kinds of cards, one of them four times as fast: held against all mixtures.
  @Test(arguments: [(400.0, 100.0), (450, 100), (300, 100), (100, 100), (50, 100)])
  func theCheapestMixtureIsThatOfTheEnumeration(fast: Double, slow: Double) throws {
    let model = try model()
    var system = try Partitioner.system(cards: 4)
    for card in 0..<2 {
      system.cards[card].model = "quick"
      system.cards[card].processor.cores *= 4
      system.cards[card].processor.dram.bytesPerSecond *= 4
      system.cards[card].link.bytesPerSecond *= 4
    }
    let slowCard = try Partitioner.plan(model, on: Partitioner.system(cards: 1))
    let prices = MachinePrices(["host": 10, "quick": fast, "nnp-i-1100": slow])
    for share in [0.6, 1.7, 3.5] {
      let rate = share / slowCard.predicted.bottleneckSeconds
      let answer = try plan(model, on: system, SizingOptions(ratePerSecond: rate, prices: prices))
      let sizing = try #require(answer.sizing)
      #expect(Partitioner.check(answer, model: model).isEmpty)
      #expect(try serves(answer, model, rate: rate))
      #expect(sizing.price == prices.price(of: answer.system))
      for quick in 0...2 {
        for usual in 0...2 where quick + usual > 0 {
          var part = system
          part.cards = Array(system.cards.prefix(quick) + system.cards.dropFirst(2).prefix(usual))
          guard let price = prices.price(of: part), price < sizing.price ?? 0 else { continue }
          // A rate within the usual gap is refuted by a closer look, as machines that are tried are.
          var closely = PlanOptions()
          closely.gap = 0
          let other = try Partitioner.plan(model, on: part, options: closely)
          if sizing.isProven { #expect(other.certificate.bound * rate > 1) }
          #expect(try other.predicted.throughputPerSecond < rate || !serves(other, model, rate: rate))
        }
      }
    }
  }

  @Test func theCheapestOfSeveralSystemsIsTaken() throws {
    let model = try model()
    let systems = [try Partitioner.system(cards: 4), try Partitioner.system(named: "h100", cards: 2)]
    let one = try Partitioner.plan(model, on: Partitioner.system(cards: 1))
    let rate = 2.5 / one.predicted.bottleneckSeconds
    for (price, system) in [(100.0, systems[1]), (100_000, systems[0])] {
      let prices = MachinePrices(["card": 900, "h100-pcie": price, "host": 500])
      let answer = try plan(
        model, on: systems[0],
        SizingOptions(ratePerSecond: rate, prices: prices, alternatives: [systems[1]]))
      #expect(answer.system.name == system.name)
      #expect(answer.sizing?.isProven == true)
      #expect(Partitioner.check(answer, model: model).isEmpty)
      for other in systems {
        for count in 1...other.cards.count {
          var part = other
          part.cards = Array(other.cards.prefix(count))
          guard let cost = prices.price(of: part), cost < answer.sizing?.price ?? 0 else { continue }
          #expect(try Partitioner.plan(model, on: part).certificate.bound * rate > 1)
        }
      }
    }
  }

  /// The 99th percentile under load decides, not the time of one batch in an empty system.
  @Test func aBudgetThatOnlyTheQueueExceedsNeedsMoreCards() throws {
    let model = try model()
    let one = try Partitioner.plan(model, on: Partitioner.system(cards: 1))
    let rate = 0.9 / one.predicted.bottleneckSeconds
    let options = PlanOptions(latencyBudgetMilliseconds: one.predicted.latencySeconds * 1000 * 1.2)
    let answer = try plan(
      model, on: Partitioner.system(cards: 6), SizingOptions(ratePerSecond: rate), options: options)
    #expect(answer.system.cards.count > 1)
    #expect(try serves(answer, model, rate: rate))
    // One card has the rate, and the budget for one batch, but not both.
    let alone = try Partitioner.plan(model, on: Partitioner.system(cards: 1), options: options)
    #expect(alone.predicted.throughputPerSecond > rate)
    #expect(try !serves(alone, model, rate: rate))
    #expect(answer.sizing?.isProven == false)
  }

  @Test func whatNoMachineServesHasNoPlan() throws {
    let error = #expect(throws: PartitionError.self) {
      try plan(try model(), on: Partitioner.system(cards: 2), SizingOptions(ratePerSecond: 1e9))
    }
    #expect(error?.kind == .infeasible)
    #expect(error?.description.contains("at most") ?? false)
  }

  @Test func questionsThatMakeNoSenseAreRefused() throws {
    let (model, system) = (try model(), try Partitioner.system(cards: 2))
    for rate in [0, -1, .infinity, .nan] {
      let error = #expect(throws: PartitionError.self) {
        try plan(model, on: system, SizingOptions(ratePerSecond: rate))
      }
      #expect(error?.kind == .usage)
    }
    for prices in [["host": 1], ["card": -1], ["card": 1, "h100-pcie": 2], ["card": .infinity]] {
      let error = #expect(throws: PartitionError.self) {
        try plan(model, on: system, SizingOptions(ratePerSecond: 1, prices: MachinePrices(prices)))
      }
      #expect(error?.kind == .usage)
    }
  }

  @Test func aRuleThatNamesACardNeedsTheCard() throws {
    let model = try model()
    var options = PlanOptions()
    options.rules = PlacementRules(rules: [.pin(units: ["matmul0"], devices: ["card1"])])
    let answer = try plan(
      model, on: Partitioner.system(cards: 3), SizingOptions(ratePerSecond: 1), options: options)
    #expect(answer.system.cards.count == 2)
    #expect(answer.sizing?.isProven == true)
  }

  @Test func theCheckFindsWhatIsNotSo() throws {
    let model = try model()
    // More than the host serves alone.
    let alone = try Partitioner.plan(model, on: Partitioner.system(cards: 0))
    let plan = try plan(
      model, on: Partitioner.system(cards: 2),
      SizingOptions(
        ratePerSecond: 1.5 / alone.predicted.bottleneckSeconds, prices: MachinePrices(["card": 5])))
    let own = try #require(plan.sizing?.trials.firstIndex { $0.outcome == .serves })
    func kinds(_ change: (inout PlanDocument.SizingEntry) -> Void) throws -> [Violation.Kind] {
      var changed = plan
      var entry = try #require(plan.sizing)
      change(&entry)
      changed.sizing = entry
      return Partitioner.check(changed, model: model).map(\.kind)
    }
    #expect(try kinds { _ in } == [])
    #expect(try kinds { $0.ratePerSecond = 1e9 } == [.sizing])
    #expect(try kinds { $0.ratePerSecond = -1 } == [.sizing])
    #expect(try kinds { $0.price = 1 } == [.sizing])
    #expect(try kinds { $0.prices = ["card": -5] } == [.sizing])
    #expect(try kinds { $0.trials = [] } == [.sizing])
    #expect(try kinds { $0.trials[own].cards[0].count = .max } == [.sizing])
    #expect(
      try kinds {
        var smaller = $0.trials[own]
        (smaller.price, smaller.outcome) = (1, .unproven)
        $0.trials.insert(smaller, at: 0)
        $0.isProven = true
      } == [.sizing])
  }
}
