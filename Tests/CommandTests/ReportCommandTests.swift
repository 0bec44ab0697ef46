import TestSupport
import Testing

@Suite struct ReportCommandTests {
  @Test func thePageStandsAlone() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(["report", "plan.json", "-o", "r.html"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let page = try Command.read("r.html", in: folder)
    for id in [
      "verdict", "machine", "memory", "load", "tables", "graph", "request", "latency", "assumed",
      "certificate",
    ] {
      #expect(page.contains("<section id=\"\(id)\""), "\(id)")
    }
    for forbidden in ["<script", "http://", "https://", "src=", "@import", "url("] {
      // The name of a namespace is not fetched.
      #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains(forbidden), "\(forbidden)")
    }
    let again = try Command.run(["report", "plan.json", "-o", "r.html"], in: folder)
    #expect(again.status == 0)
    #expect(try Command.read("r.html", in: folder) == page)
    _ = try folder.write("mine", to: "r.html")
    #expect(try Command.run(["report", "plan.json", "-o", "r.html"], in: folder).status == 73)
  }

  @Test func plansAreCompared() throws {
    let folder = try Command.plannedFolder()
    #expect(
      try Command.run(["plan", "recommendation.json", "--cards", "1", "-o", "one.json"], in: folder).status
        == 0)
    let same = try Command.run(["compare", "plan.json", "plan.json"], in: folder)
    #expect(same.output.contains("Everything is at the same place."))
    let result = try Command.run(["compare", "plan.json", "one.json", "--html", "c.html"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("batches a second"))
    #expect(try Command.read("c.html", in: folder).hasPrefix("<!DOCTYPE html>"))
  }

  @Test func aPlanIsExplained() throws {
    let folder = try Command.plannedFolder()
    let table = try Command.run(
      ["explain", "plan.json", "--table", "table_0", "--effort", "0.02", "--no-what-if"], in: folder)
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output.contains("chosen"))
    let whole = try Command.run(["explain", "plan.json", "--effort", "0.02", "--json"], in: folder)
    #expect(whole.status == 0)
    #expect(whole.output.contains("one more card"))
    #expect(try Command.run(["explain", "plan.json", "--table", "tabel_0"], in: folder).status == 64)
    #expect(
      try Command.run(["explain", "plan.json", "--table", "a", "--card", "0"], in: folder).status == 64)
  }
}
