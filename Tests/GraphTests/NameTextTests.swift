import Testing

@testable import Graph

@Suite struct NameTextTests {
  @Test func longNamesLoseTheirMiddle() {
    let name = "encoder" + String(repeating: "x", count: 5000) + "weight"
    let shown = NameText.shown(name)
    #expect(shown.count == NameText.widest)
    #expect(shown.hasPrefix("encoder") && shown.hasSuffix("weight") && shown.contains("…"))
    #expect(NameText.shown("table_7") == "table_7")
    #expect(NameText.width(NameText.shown(String(repeating: "表", count: 60), columns: 20)) <= 20)
  }

  @Test func nothingBreaksALineOrSteersATerminal() {
    #expect(NameText.oneLine("a\nb\r\tc") == "a\\nb\\r\\tc")
    #expect(NameText.oneLine("\u{1B}[31m\u{0}\u{202E}\u{2028}") == "\\u{1B}[31m\\u{0}\\u{202E}\\u{2028}")
    for kept in ["ünïcödé №1", "表", "a/b c", "👩‍🚀", "\\n", ""] { #expect(NameText.oneLine(kept) == kept) }
  }

  @Test func columnsAreKept() {
    let rows = TextTable.render([["type", "count", "operations"], ["表\n", "1", "2"], ["ab", "30", "4"]])
    #expect(rows == ["  type  count  operations", "  表\\n      1           2", "  ab       30           4"])
  }
}
