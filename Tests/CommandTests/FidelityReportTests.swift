import Foundation
import TestSupport
import Testing

/// The page of measured kernels is what the program makes of the data beside it, and says what is promised.
@Suite struct FidelityReportTests {
  @Test func thePageIsTrue() throws {
    let folder = try TemporaryFolder()
    let reports = Command.package.appendingPathComponent("reports/fidelity")
    let networks = folder.path("networks")
    let made = try runProgram(
      "python3",
      [Command.package.appendingPathComponent("models/generator/benchmarks.py").path, "--all", networks])
    #expect(made.status == 0, "\(made.errors)")
    let result = try Command.run(
      [reports.appendingPathComponent("data").path, folder.url.path, networks], in: folder,
      program: "fidelity-report")
    #expect(result.status == 0, "\(result.errors)")
    for page in [
      "kernels.md", "host.md", "gpu.md", "networks.md", "recommendation.md", "language.md", "threads.md",
    ] {
      let text = try String(contentsOf: reports.appendingPathComponent(page), encoding: .utf8)
      #expect(text == (try Command.read(page, in: folder)), "make fidelity makes the pages again")
    }
    for card in ["a100-sxm", "h100-sxm", "l40s"] {
      let picture = try String(
        contentsOf: reports.appendingPathComponent("kernels-\(card).svg"), encoding: .utf8)
      #expect(picture == (try Command.read("kernels-\(card).svg", in: folder)))
    }
  }

  /// Of sizes that figures were not fitted to; a class is as wrong as its figures say.
  @Test func classesOfKernelsAreAsWrongAsTheySay() throws {
    let page = try String(
      contentsOf: Command.package.appendingPathComponent("reports/fidelity/gpu.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").map {
      $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }.filter { $0.count == 10 && Int($0[1]) != nil }
    #expect(rows.count == 21)
    let medians = try rows.map { try #require(Double($0[6].replacingOccurrences(of: " %", with: ""))) }
    let peaks = try rows.map { try #require(Double($0[2].replacingOccurrences(of: " %", with: ""))) }
    #expect(medians.sorted()[medians.count / 2] <= 20)
    #expect(peaks.sorted()[peaks.count / 2] >= 35)
  }

  /// Of language models, which nothing was fitted to, half are within 10 % of a compiled one in decode, on either card.
  @Test func languageModelsAreWithinATenth() throws {
    let page = try String(
      contentsOf: Command.package.appendingPathComponent("reports/fidelity/language.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").map {
      $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }.filter { $0.count == 8 && $0[2] == "decode" }
    #expect(rows.count == 4)
    for row in rows {
      #expect(try #require(Double(row[4].replacingOccurrences(of: " %", with: ""))) <= 10, "\(row)")
    }
  }

  /// Of rows that no figure was fitted to, the median error is at most 10 % in bf16, on the L40S a little above, and at most 10 %
  /// in 8 bits too.
  @Test func mediansAreWhatIsPromised() throws {
    let page = try String(
      contentsOf: Command.package.appendingPathComponent("reports/fidelity/kernels.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").map {
      $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }.filter { $0.count == 8 && Int($0[2]) != nil }
    #expect(rows.count == 7)
    for row in rows {
      let median = try #require(Double(row[6].replacingOccurrences(of: " %", with: "")))
      #expect(median <= (row[0] == "l40s" ? 10.5 : 10), "\(row)")
    }
  }
}
