import Foundation
import Graph
import Plan
import Testing

@testable import Reporting

@Suite struct PlanReportTests {
  /// Names from models are text and nothing else.
  @Test func namesAreEscaped() throws {
    var plan = try SamplePlan.recommendation(cards: 4, tables: 20)
    let name = "<script>alert('x')</script>&\"quoted\""
    plan.model.name = name
    plan.tables[0].name = name
    plan.partitions[0].operators = [name]
    plan.notes = [name]
    let page = PlanReport(plan).html
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;"))
    #expect(page.contains("default-src 'none'"))
  }

  /// Browsers mend what is not closed; this does not.
  @Test func thePageIsWellFormed() throws {
    let page = try PlanReport(SamplePlan.recommendation(cards: 4, tables: 20)).html
    var open: [Substring] = []
    let void: Set<Substring> = ["meta", "link", "br", "input", "!DOCTYPE", "!--"]
    for part in page.split(separator: "<").dropFirst(0) {
      guard let end = part.firstIndex(of: ">") else { continue }
      let tag = part[..<end]
      if tag.hasSuffix("/") || tag.hasPrefix("!") { continue }
      let word = tag.prefix { $0 != " " && $0 != "\n" }
      if word.hasPrefix("/") {
        #expect(open.last == word.dropFirst(), "\(word) after \(open.suffix(3))")
        _ = open.popLast()
      } else if !void.contains(word) {
        open.append(word)
      }
    }
    #expect(open.isEmpty)
    let ids = page.matches(of: /id="([^"]*)"/).map(\.1)
    #expect(Set(ids).count == ids.count)
  }

  /// Decisions that few plans take are on the page and in a comparison where they are taken.
  @Test func bucketsAccuracyAndHeatAreShown() throws {
    var plan = try SamplePlan.recommendation(cards: 4, tables: 20)
    let plain = plan
    var short = plan
    short.predicted.latencySeconds = plan.predicted.latencySeconds / 2
    short.certificate.objective = plan.certificate.objective / 2
    plan.buckets = .init(
      dimension: "seq", lengths: [.init(length: 8, count: 3), .init(length: 64, count: 1)], limit: 4,
      buckets: [
        .init(longest: 8, share: 0.75, objective: short.certificate.objective, plan: short),
        .init(longest: 64, share: 0.25, objective: plan.certificate.objective, plan: nil),
      ], expected: 0.625 * plan.certificate.objective, unbucketed: plan.certificate.objective,
      throughputPerSecond: 4321)
    plan.request.kept = [.init(precision: .fp16, pattern: "head*")]
    plan.access = .init(usual: .meta2021)
    plan.model.hot = [.init(table: "t", rows: 1234)]
    plan.accuracy = .init(
      [], errors: TableErrors(graph: try GraphBuilder(name: "none").build().graph, known: []))
    plan.accuracy?.error = 0.02
    plan.accuracy?.frontier = [
      .init(budget: 0.01, error: 0.008, objective: 2, bound: 1.9, throughputPerSecond: 777)
    ]
    plan.request.accuracyBudget = 0.03
    let page = PlanReport(plan).html
    for words in [
      "seq up to", "4,321", "head* in fp16", "as published (Meta, 2021)", "1,234 hot rows", "777",
      "of a budget of 3 %",
    ] { #expect(page.contains(words), "\(words)") }
    #expect(!page.contains("no row is taken to be in a cache"))
    #expect(PlanReport(plain).html.contains("no row is taken to be in a cache"))
    let text = PlanComparison(("a", plain), ("b", plan)).text
    for words in [
      "padding buckets", "kept precisions", "accuracy budget", "split by heat", "look-ups over rows",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!PlanComparison(("a", plain), ("b", plain)).text.contains("padding buckets"))
    #expect(PlanDrawing(plan).dot.contains("seq up to 64"))
  }

  /// Many cards that are alike are one row beside the host; the bottleneck's stands alone.
  @Test func alikeCardsAreDrawnTogether() throws {
    var plan = try SamplePlan.recommendation(cards: 64, tables: 64)
    for index in plan.predicted.loads.indices where plan.predicted.loads[index].resource.hasPrefix("card") {
      plan.predicted.loads[index].seconds = 0.001
    }
    for index in plan.predicted.memory.indices { plan.predicted.memory[index].usedBytes = 1_000_000_000 }
    plan.predicted.bottleneckResource = "card0.dram"
    let drawing = MachineDrawing(plan).html
    #expect(drawing.contains(">card0<") && drawing.contains(">card1 – card63<"))
    #expect(!drawing.contains("less busy"))
    #expect(MachineDrawing(try SamplePlan.recommendation(cards: 6, tables: 6)).html.contains(">card5<"))
  }

  @Test func areasFillTheBoxInProportion() {
    for sizes in [[6.0, 6, 4, 3, 2, 2, 1], [1], [1e9, 1], Array(repeating: 1.0, count: 500)] {
      let boxes = TableMap.squarified(sizes, in: .init(x: 0, y: 0, width: 600, height: 400))
      let total = sizes.reduce(0, +)
      #expect(boxes.count == sizes.count)
      for (size, box) in zip(sizes, boxes) {
        #expect(abs(box.width * box.height - size / total * 240_000) < 1e-6 * 240_000)
        #expect(
          box.x > -1e-6 && box.x + box.width < 600 + 1e-6 && box.y > -1e-6 && box.y + box.height < 400 + 1e-6)
      }
    }
    #expect(TableMap.squarified([], in: .init(x: 0, y: 0, width: 1, height: 1)).isEmpty)
  }

  @Test func manyTablesStayBelowTwoMegabytes() throws {
    var plan = try SamplePlan.recommendation(cards: 6, tables: 1000)
    for index in plan.tables.indices {
      plan.tables[index].name = "a rather long name of an embedding table \(index)"
    }
    #expect(PlanReport(plan).html.utf8.count < 2_000_000)
  }
}
