import TestSupport
import Testing

@testable import Plan
@testable import Reporting

@Suite struct PlanSummaryTests {
  @Test func recommendationModel() throws {
    let text = PlanSummary(try SamplePlan.recommendation(cards: 3, tables: 40)).text
    #expect(snapshotDifference(text, named: "recommendation.txt") == nil)
  }

  @Test func hostOnlyWithAnOpenGap() throws {
    let text = PlanSummary(try SamplePlan.hostOnly()).text
    #expect(snapshotDifference(text, named: "host-only.txt") == nil)
  }

  @Test func optimalPlanSaysSo() throws {
    var plan = try SamplePlan.recommendation(cards: 1, tables: 1)
    plan.certificate.gap = 0
    plan.certificate.bound = plan.certificate.objective
    #expect(PlanSummary(plan).certificateWords.hasPrefix("optimal: no placement has less than 2.00 ms"))
  }

  @Test func aGapThatIsRoundedToWhatWasAskedForIsALittleMore() throws {
    var plan = try SamplePlan.hostOnly()
    plan.certificate.gap = 0.01004
    plan.request.requestedGap = 0.01
    #expect(
      PlanSummary(plan).certificateWords.hasPrefix("gap 1.0 %, a little more than the 1.0 % asked for: "))
    plan.certificate.gap = 0.02
    #expect(PlanSummary(plan).certificateWords.hasPrefix("gap 2.0 %, more than the 1.0 % asked for: "))
  }

  @Test func ofManyCardsTheBusiestAreShown() throws {
    let text = PlanSummary(try SamplePlan.recommendation(cards: 40, tables: 80)).text
    let shown = text.split(separator: "\n").filter { $0.hasPrefix("  card") }
    #expect(shown.map { $0.prefix(8) } == (32..<40).map { "  card\($0)" })
    #expect(text.contains("  and 32 less busy cards\n"))
  }

  @Test func missedBudgetIsPlain() throws {
    var plan = try SamplePlan.recommendation(cards: 1, tables: 1)
    plan.predicted.meetsLatencyBudget = false
    #expect(PlanSummary(plan).text.contains("over its budget of 100 ms"))
  }
}
