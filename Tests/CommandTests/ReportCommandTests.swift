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

  /// Red arrows add up to the bottleneck that the drawing names, copies on every card counted with their part.
  @Test(arguments: ["dlrm-less-complex", "dlrm-more-complex"])
  func redArrowsAddUp(model: String) throws {
    let folder = try Command.folder()
    let path = Command.package.appendingPathComponent("models/\(model).json").path
    let result = try Command.run(
      ["plan", path, "--cards", "6", "--effort", "0.1", "--dot", "p.dot"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let dot = try Command.read("p.dot", in: folder)
    func seconds(_ text: Substring) -> Double {
      let parts = text.split(separator: " ")
      let units = ["ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1]
      return (Double(parts[0]) ?? .nan) * (units[String(parts[1])] ?? .nan)
    }
    let named = try #require(dot.firstMatch(of: /add up to the bottleneck: link[^,]*, ([0-9.]+ \S+) a batch/))
    let parts = dot.matches(of: /\\n([0-9.]+ \S+) of the bottleneck/).map { seconds($0.1) }
    #expect(parts.count > 1)
    #expect(abs(parts.reduce(0, +) / seconds(named.1) - 1) < 0.01, "\(parts)")
    // What a device hands itself is drawn as well.
    #expect(dot.contains("style=dashed"))
    let page = try Command.run(["report", "plan.json", "-o", "r.html", "--no-simulation"], in: folder)
    #expect(page.status == 0, "\(page.errors)")
    let html = try Command.read("r.html", in: folder)
    #expect(html.contains("Red lines add up to the bottleneck") && html.contains("stroke-dasharray=\"4 3\""))
  }

  /// Of many partitions that take turns, devices are drawn; each partition is in the list.
  @Test func manyLevelsAreDrawnByDevice() throws {
    let folder = try Command.folder()
    let path = Command.package.appendingPathComponent("models/xlm-r.json").path
    #expect(try Command.run(["plan", path, "--cards", "6", "--effort", "0.1"], in: folder).status == 0)
    #expect(
      try Command.run(["report", "plan.json", "-o", "r.html", "--no-simulation"], in: folder).status == 0)
    let html = try Command.read("r.html", in: folder)
    #expect(html.contains("drawn together by device"))
    #expect(html.contains("<th scope=\"row\">card0 – card5 dense cores"))
    let widths = html.matches(of: /viewBox="0 0 (\d+) \d+"/).compactMap { Int($0.1) }
    #expect(widths.max() ?? 0 <= 1200)
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
