import Foundation
import Partitioner
import TestSupport
import Testing

@testable import Questions

@Suite struct ExplainerTests {
  /// Tables that do not fit one card twice, and one that is small.
  static func planned(cards: Int = 2) throws -> (PlanDocument, Model) {
    let rows = [90_000_000, 60_000_000, 40_000_000, 500_000, 20_000, 30_000_000]
    let model = Model(graph: try SampleNets.recommendation(rows: rows))
    return (try Partitioner.plan(model, on: Partitioner.system(cards: cards)), model)
  }

  static let work = WorkBudget(effort: 0.02)

  /// Forcing a table elsewhere never beats the plan by more than its gap, and the chosen place is the plan itself.
  @Test func alternativesOfATableAreSolved() throws {
    let (plan, model) = try Self.planned()
    let name = plan.tables[0].name
    let answer = try Explainer(plan, model: model, work: Self.work).explain(.table(name), asksWhatIf: false)
    #expect(answer.alternatives.count { $0.isChosen } == 1)
    #expect(answer.alternatives.first { $0.isChosen }?.objective == plan.certificate.objective)
    let gap = max(plan.certificate.gap, plan.request.requestedGap)
    for other in answer.alternatives where !other.isChosen {
      #expect(other.objective != nil || other.reason != nil)
      if let change = other.change { #expect(change >= -gap - 1e-9, "\(other.place)") }
    }
    #expect(answer.alternatives.contains { $0.place == "host" && $0.seconds != nil })
    #expect(answer.whatIfs.isEmpty)
    #expect(!answer.limits.isEmpty)
  }

  /// More of the machine is never worse than the plan that it begins with.
  @Test func moreIsNeverWorse() throws {
    let (plan, model) = try Self.planned()
    let answer = try Explainer(plan, model: model, work: Self.work).explain(.plan)
    let lessPrefixes = ["no ", "tables in ", "operators on "]
    let more = answer.whatIfs.filter { row in !lessPrefixes.contains { row.change.hasPrefix($0) } }
    #expect(more.count == 5)
    for row in more {
      let difference = try #require(row.difference, "\(row.change): \(row.reason ?? "")")
      #expect(difference <= 1e-9, "\(row.change)")
    }
    // What the plan decided is worth something, or nothing.
    #expect(answer.whatIfs.contains { $0.change == "no copies on every card" })
    for row in answer.whatIfs where row.change.hasPrefix("no ") {
      if let difference = row.difference {
        #expect(difference >= -plan.request.requestedGap, "\(row.change)")
      }
    }
    let text = ExplanationSummary(answer).text
    #expect(text.contains("What would change it"))
    #expect(text.contains("one more card"))
  }

  /// Rules mean nothing where cards form groups, so one group that is as fast as all is asked about; the plan's own place has
  /// the plan's figure, and the others are compared with it alone.
  @Test func plansInGroupsAreExplainedAndPlannedAgain() throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let model = try Partitioner.loadModel(
      path: package.appendingPathComponent("models/dlrm-less-complex.json").path)
    let plan = try Partitioner.plan(
      model, on: Partitioner.system(cards: 6), options: PlanOptions(work: WorkBudget(effort: 0.1)))
    try #require(plan.groups == 2)
    let explainer = Explainer(plan, model: model, work: Self.work)
    let onHost = try #require(plan.tables.first { $0.shards.first?.site == "host" })
    let copied = try #require(plan.tables.first { $0.shards.first?.site == "every card" })
    for table in [onHost, copied] {
      let answer = try explainer.explain(.table(table.name), asksWhatIf: false)
      #expect(answer.subject.hasSuffix("in each of 2 groups of cards"))
      #expect(answer.alternatives.first { $0.isChosen }?.objective == plan.certificate.objective)
      let changes = answer.alternatives.filter { !$0.isChosen }.compactMap(\.change)
      #expect(changes.allSatisfy { $0 >= -0.01 }, "\(table.name): \(changes)")
      // A small one elsewhere is worth little; one group in place of two would be worth a tenth.
      if table.name == copied.name { #expect(changes.contains { $0 < 0.04 }, "\(changes)") }
    }
    let replan = try Replan(plan, model: model, change: .init(rate: 1), work: Self.work)
    #expect(replan.frontier.contains { $0.movedBytes == 0 })
    #expect(Partitioner.check(replan.plan, model: model).isEmpty)
    // A start in groups is no start where rules name cards.
    var options = PlanOptions(work: Self.work)
    options.rules.rules = [.pin(units: [copied.name], devices: ["every card"])]
    let start = try Partitioner.startingPlacement(plan, for: model, on: plan.system, options: options)
    #expect(start.placement == nil && start.problems.contains { $0.contains("2 groups") })
  }

  @Test func aCardAndAnOperator() throws {
    let (plan, model) = try Self.planned()
    let explainer = Explainer(plan, model: model, work: Self.work)
    let card = try explainer.explain(.card("card1"), asksWhatIf: false)
    #expect(card.alternatives.map(\.place) == ["without it"])
    #expect(card.limits.allSatisfy { $0.name.hasPrefix("card1") })
    let dense = try #require(plan.partitions.first { !$0.operators.isEmpty }?.operators.first)
    let answer = try explainer.explain(.operator(dense), asksWhatIf: false)
    #expect(answer.alternatives.count { $0.isChosen } <= 1)
    #expect(answer.alternatives.allSatisfy { $0.objective != nil || $0.reason != nil })
  }

  /// Where a device cannot run an operator there is nothing to solve, and it says so.
  @Test func whatCannotRunThereIsSaid() throws {
    let model = Model(graph: try SampleNets.chain(length: 6, middle: "NoSuchOperator"))
    let plan = try Partitioner.plan(model, on: Partitioner.system(cards: 1))
    let name = try #require(model.graph.operators.first { $0.type == "NoSuchOperator" }?.name)
    let answer = try Explainer(plan, model: model, work: Self.work).explain(
      .operator(name), asksWhatIf: false)
    #expect(answer.alternatives.contains { $0.place == "host" && $0.isChosen })
    #expect(answer.alternatives.filter { !$0.isChosen }.allSatisfy { $0.reason == "it cannot run there" })
  }

  @Test func unknownNamesAreTold() throws {
    let (plan, model) = try Self.planned()
    let explainer = Explainer(plan, model: model, work: Self.work)
    let name = plan.tables[0].name
    for subject: Explanation.Subject in [.table(name + "x"), .operator("no such"), .card("card9")] {
      do {
        _ = try explainer.explain(subject, asksWhatIf: false)
        Issue.record("\(subject)")
      } catch { #expect(error.kind == .usage) }
    }
  }
}
