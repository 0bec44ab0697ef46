import Testing

@testable import Reporting

/// What is printed fits the terminal, and loses nothing by it.
@Suite struct TextWidthTests {
  private static func words(_ lines: [String]) -> [Substring] {
    lines.flatMap { $0.split(separator: " ") }.sorted()
  }

  @Test(arguments: [40, 60, 80, 200]) func tablesFit(columns: Int) throws {
    var table = TextTable([("device", .left), ("holds", .left), ("memory", .right), ("busiest", .left)])
    table.add(["host", "25 tables (20 in int8, 5 in int4)", "44.5 GB", "cores"])
    table.add(["card0 to card5", "16 tables in int4, replica of 134 tables in int4", "15.0 GB", "link in"])
    let whole = table.lines()
    #expect(whole.count == 3)
    let lines = TextWidth.$columns.withValue(columns) { table.lines() }
    #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
    #expect(Set(Self.words(lines)) == Set(Self.words(whole)))
    #expect(columns < 100 || lines == whole)
  }

  /// Figures are not broken: further columns stand below, behind the first again.
  @Test func figuresThatHaveNoRoomFollowBelow() {
    var table = TextTable([("system", .left)] + (0..<9).map { ("figure \($0)", .right) })
    table.add(["nnpi"] + (0..<9).map { "\($0).94 GB/s" })
    let lines = TextWidth.$columns.withValue(60) { table.lines() }
    #expect(lines.allSatisfy { $0.count <= 60 }, "\(lines)")
    #expect(lines.count { $0.hasPrefix("  nnpi") } >= 2)
    for figure in 0..<9 { #expect(lines.contains { $0.contains("\(figure).94 GB/s") }) }
  }

  @Test func summariesFit() throws {
    let plan = try SamplePlan.recommendation(cards: 6, tables: 100)
    let whole = PlanSummary(plan).text.split(separator: "\n").map(String.init)
    let lines = TextWidth.$columns.withValue(80) {
      PlanSummary(plan).text.split(separator: "\n").map(String.init)
    }
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
    #expect(Self.words(lines) == Self.words(whole))
  }

  @Test func longWordsAreBroken() {
    #expect(TextTable.wrapped("a bb cccccccccc d", columns: 4) == ["a bb", "cccc", "cccc", "cc d"])
    #expect(TextTable.wrapped("short", columns: 80) == ["short"])
  }
}
