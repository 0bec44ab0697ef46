import Hardware
import Partitioner
import TestSupport
import Testing

@testable import Questions

/// Questions about plans with padding buckets, with teams of cards, with kept precisions and with budgets of accuracy.
@Suite struct LeverTests {
  private static func load(_ length: Int) throws(PartitionError) -> Model {
    do { return Model(graph: try SampleNets.chain(length: 6, width: 512, batch: length)) } catch {
      throw PartitionError(.internalError, "\(error)")
    }
  }

  private static func bucketed(cards: Int = 2) throws -> BucketedPlan {
    try Partitioner.plan(
      BucketOptions(
        dimension: "rows", lengths: LengthHistogram(csv: "8,40\n64,30\n256,20\n1024,10"), limit: 3),
      on: Partitioner.system(cards: cards), options: PlanOptions(teams: .none), load: load)
  }

  private static func check(_ plan: PlanDocument) throws -> [Violation] {
    let models = try (plan.buckets?.buckets.dropLast() ?? []).map { try load($0.longest) }
    return Partitioner.check(plan, model: try load(1024), buckets: models)
  }

  /// The mean request is asked about, not the longest alone.
  @Test func bucketsAreExplainedTogether() throws {
    let found = try Self.bucketed()
    let entry = try #require(found.plan.buckets)
    #expect(entry.expected < 0.8 * found.plan.certificate.objective)
    let loader = LengthLoader(Self.load)
    let explainer = Explainer(found.plan, model: found.model, work: ExplainerTests.work, lengths: loader)
    let answer = try explainer.explain(.plan)
    #expect(answer.objective == entry.expected)
    #expect(answer.subject.contains("3 padding buckets"))
    let more = try #require(answer.whatIfs.first { $0.change == "one more card" })
    #expect(try #require(more.objective) < entry.expected)
    #expect(try #require(more.batchesPerSecond) > entry.throughputPerSecond)
    let less = try explainer.explain(.card("card1"), asksWhatIf: false)
    #expect(try #require(less.alternatives.first?.change) > 0.3)
    // Without the model at other lengths the mean is not known.
    #expect(throws: PartitionError.self) {
      try Explainer(found.plan, model: found.model, work: ExplainerTests.work).explain(.plan)
    }
    // One of them is a plan like any other.
    let own = try Partitioner.bucket(ofLength: 9, in: found.plan, name: "plan")
    let alone = try Explainer(
      own, model: Self.load(try #require(entry.buckets.first { $0.longest >= 9 }).longest)
    )
    .explain(.plan, asksWhatIf: false)
    #expect(
      alone.objective == own.certificate.objective && alone.objective < found.plan.certificate.objective)
  }

  @Test func bucketsAreReplannedTogether() throws {
    let found = try Self.bucketed()
    let system = try #require(try SystemChange(lost: ["card1"]).system(of: found.plan))
    let replan = try Replan(
      found.plan, model: found.model, change: .init(system: system), work: ExplainerTests.work,
      lengths: LengthLoader(Self.load))
    #expect(replan.plan.buckets != nil)
    #expect(try Self.check(replan.plan).isEmpty)
    #expect(replan.frontier.first { $0.isChosen }?.objective == replan.plan.buckets?.expected)
    let more = try Replan(
      found.plan, model: found.model, change: .init(system: Partitioner.system(cards: 3)),
      work: ExplainerTests.work, lengths: LengthLoader(Self.load))
    // The new card gets the weights of every bucket.
    #expect(more.moves.steps.contains { $0.to == "card2" && $0.what.contains("padded to") })
    let loss = try Survival.afterLosingAnyCard(
      found.plan, model: found.model, work: ExplainerTests.work, lengths: LengthLoader(Self.load))
    #expect(loss[0].batchesPerSecond > found.plan.predicted.throughputPerSecond / 2)
  }

  /// A card of a team takes the team with it, further cards come as teams, and exchanges go over the links that are widened.
  @Test func teamsAreChangedAsTeams() throws {
    var options = PlanOptions(objective: .latency, teams: .of(2, by: .weights))
    options.work = ExplainerTests.work
    let model = Model(graph: try SampleNets.chain(length: 6, width: 2048, batch: 32))
    let plan = try Partitioner.plan(model, on: Partitioner.system(cards: 4), options: options)
    func cards(_ change: SystemChange) throws -> [String] {
      try #require(try change.system(of: plan)).cards.map(\.name)
    }
    #expect(try cards(SystemChange(lost: ["card3"])) == ["card0-card1"])
    #expect(try cards(SystemChange(lost: ["card2", "card3"])) == ["card0-card1"])
    #expect(try cards(SystemChange(cards: 6)) == ["card0-card1", "card2-card3", "card4-card5"])
    #expect(throws: PartitionError.self) { try SystemChange(cards: 3).system(of: plan) }
    #expect(throws: PartitionError.self) { try SystemChange(lost: ["card4"]).system(of: plan) }
    #expect(try cards(SystemChange(lost: ["card0", "card2"])) == [])
    #expect(try cards(SystemChange(cards: 0)) == [])
    #expect(throws: PartitionError.self) { try SystemChange(cards: 1025).system(of: plan) }
    let explainer = Explainer(plan, model: model, work: ExplainerTests.work)
    let answer = try explainer.explain(.plan)
    #expect(answer.whatIfs.contains { $0.change == "one more team of 2 cards" })
    let wide = try #require(answer.whatIfs.first { $0.change == "links of the cards twice as wide" })
    let exchange = model.asPlanned(in: plan).graph.operators.count { $0.work.collective != nil }
    #expect(exchange > 0)
    #expect(try #require(wide.difference) < -0.05)
    let card = try explainer.explain(.card("card3"), asksWhatIf: false)
    #expect(card.subject == "card2-card3" && card.alternatives.map(\.place) == ["without its 2 cards"])
  }

  /// The host goes on alone.
  @Test func theLastCardMayBeLost() throws {
    let (plan, model) = try ExplainerTests.planned(cards: 1)
    let system = try #require(try SystemChange(lost: ["card0"]).system(of: plan))
    let replan = try Replan(plan, model: model, change: .init(system: system), work: ExplainerTests.work)
    #expect(replan.moves.steps.allSatisfy { $0.to == "host" })
    let loss = try Survival.afterLosingAnyCard(plan, model: model, work: ExplainerTests.work)
    #expect(loss.count == 1 && loss[0].batchesPerSecond > 0)
    #expect(loss[0].batchesPerSecond < plan.predicted.throughputPerSecond)
  }

  @Test func twiceTheSameCardIsRefused() throws {
    let (plan, _) = try ExplainerTests.planned(cards: 3)
    #expect(throws: PartitionError.self) { try SystemChange(lost: ["card1", "card1"]).system(of: plan) }
  }

  /// Weights are there once: shorter requests have layers in what the longest have them in, and so has a plan after a loss.
  @Test func layersStayInWhatTheyAreIn() throws {
    let half = LayerErrors(graph: try Self.load(1024).graph).total(everywhere: LayerPrecision(.int8)) / 2
    let options = PlanOptions(teams: .none, accuracyBudget: .error(half))
    let found = try Partitioner.plan(
      BucketOptions(
        dimension: "rows", lengths: LengthHistogram(csv: "8,40\n64,30\n256,20\n1024,10"), limit: 3),
      on: Partitioner.system(cards: 2), options: options, load: Self.load)
    let layers = try #require(found.plan.layers)
    for bucket in found.plan.buckets?.buckets.dropLast() ?? [] {
      let own = try Partitioner.bucket(ofLength: bucket.longest, in: found.plan, name: "plan")
      #expect(own.layers == layers)
    }
    #expect(try Self.check(found.plan) == [])
    let model = try Self.load(256)
    let plan = try Partitioner.plan(model, on: Partitioner.system(cards: 2), options: options)
    let system = try #require(try SystemChange(lost: ["card1"]).system(of: plan))
    let replan = try Replan(plan, model: model, change: .init(system: system), work: ExplainerTests.work)
    #expect(replan.plan.layers == plan.layers)
    #expect(Partitioner.check(replan.plan, model: model) == [])
    // Under a limit that the widest precision does not keep on cards, layers on the host are found again.
    let tight = PlanOptions(teams: .none, accuracyBudget: .error(half / 100))
    let narrow = try Partitioner.plan(model, on: Partitioner.system(cards: 2), options: tight)
    let other = try #require(try SystemChange(lost: ["card1"]).system(of: narrow))
    let again = try Replan(narrow, model: model, change: .init(system: other), work: ExplainerTests.work)
    #expect(Partitioner.check(again.plan, model: model) == [])
    let robust = try Partitioner.plan(
      model, on: Partitioner.system(cards: 2),
      options: {
        var own = options
        own.uncertainty = UncertaintyOptions(draws: 20, isRobust: true)
        return own
      }())
    #expect(Partitioner.check(robust, model: model) == [])
  }

  /// What a budget, a kept precision and the heat of rows cost or are worth is among the questions.
  @Test func decisionsOfAccuracyAreAskedAbout() throws {
    let model = Model(graph: try SampleNets.recommendation(rows: [3_000_000, 60_000, 40_000], width: 64))
    var options = PlanOptions(accuracyBudget: .everywhere(.int8))
    options.work = ExplainerTests.work
    options.access = TableAccess(usual: .meta2021)
    options.splitsByHeat = false
    try options.keep([KeptPrecision(precision: .fp16, pattern: "last")], in: model)
    let plan = try Partitioner.plan(model, on: Partitioner.system(cards: 2), options: options)
    let changes = try Explainer(plan, model: model, work: ExplainerTests.work).explain(.plan).whatIfs.map(
      \.change)
    #expect(changes.contains("no accuracy budget"))
    #expect(changes.contains("nothing kept in a precision of its own"))
    #expect(changes.contains("no row looked up more often than others"))
  }
}
