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
