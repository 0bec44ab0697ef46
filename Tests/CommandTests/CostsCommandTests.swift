import Foundation
import TestSupport
import Testing

@Suite struct CostsCommandTests {
  private struct Costs: Decodable {
    struct Row: Decodable {
      var `operator`: String, type: String, device: String, precision: String
      var seconds: Double, limit: String, bytes: Int, operations: Int, efficiency: Double, fusedInto: String?
    }
    struct Device: Decodable { var name: String, seconds: Double }
    var rows: [Row], devices: [Device]
  }

  @Test func theHostStandsBesideTheCards() throws {
    let folder = try Command.folder()
    let result = try Command.run(["costs", "recommendation.json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(snapshotDifference(result.output, named: "costs.txt") == nil)
    let short = try Command.run(["costs", "recommendation.json", "--top", "1"], in: folder)
    #expect(short.output.contains("and 8 quicker operators"))
  }

  @Test func jsonHasEveryOperatorOnEveryDevice() throws {
    let folder = try Command.folder()
    let result = try Command.run(
      ["costs", "perceptron.json", "--system", "h100", "--precision", "bf16", "--json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let costs = try JSONDecoder().decode(Costs.self, from: Data(result.output.utf8))
    #expect(costs.rows.map(\.device) == ["host", "h100-pcie", "host", "h100-pcie", "host", "h100-pcie"])
    #expect(costs.rows.map(\.operator) == ["first", "first", "relu", "relu", "second", "second"])
    #expect(costs.rows[2].fusedInto == "first" && costs.rows[0].fusedInto == nil)
    // The card has fp16 engines, which are as wide.
    #expect(costs.rows[1].precision == "fp16" && costs.rows[0].precision == "fp32")
    for device in costs.devices {
      let sum = costs.rows.filter { $0.device == device.name }.map(\.seconds).reduce(0, +)
      #expect(sum == device.seconds)
    }
  }

  @Test func severalInputsAreSentInOtherForms() throws {
    let folder = try Command.folder()
    let result = try Command.run(
      ["costs", "perceptron.json", "--input", "none=uint8", "--input", "other=shared"], in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("no input 'none'") && result.errors.contains("no input 'other'"))
    let twice = try Command.run(
      ["costs", "perceptron.json", "--input", "none=uint8", "--input", "none=shared"], in: folder)
    #expect(twice.status == 64 && twice.errors.contains("gives 'none' twice"))
  }

  @Test func csvHasTheSameRows() throws {
    let folder = try Command.folder()
    let csv = try Command.run(["costs", "perceptron.json", "--csv"], in: folder).output
    let lines = csv.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(
      lines.first
        == "operator,type,device,precision,seconds,limit,bytes,operations,efficiency,fusedInto,resultPrecision"
    )
    #expect(lines[1].hasPrefix("first,Gemm,host,fp32,"))
  }

  /// Twice the bandwidth halves what the DRAM needs, in costs and plans alike.
  @Test func aFigureIsVaried() throws {
    let folder = try Command.folder()
    func seconds(_ arguments: [String]) throws -> Double {
      let result = try Command.run(["costs", "perceptron.json", "--json"] + arguments, in: folder)
      let costs = try JSONDecoder().decode(Costs.self, from: Data(result.output.utf8))
      return try #require(costs.rows.first { $0.device == "nnp-i-1100" }).seconds
    }
    let usual = try seconds([])
    let slow = try seconds(["--set", "card.launchMicroseconds=1000"])
    #expect(slow > 0.001 && usual < 0.001)
    let planned = try Command.run(
      [
        "plan", "perceptron.json", "--json", "--set", "host.launchMicroseconds=1000", "--set", "card.cores=3",
      ],
      in: folder)
    #expect(planned.status == 0, "\(planned.errors)")
    #expect(planned.output.contains("\"cores\" : 3"))
  }

  @Test(arguments: [
    (["costs", "perceptron.json", "--set", "card.lunchMicroseconds=1"], "near are card.launchMicroseconds"),
    (["plan", "perceptron.json", "--set", "card.lunchMicroseconds=1"], "near are card.launchMicroseconds"),
    (["systems", "nnpi", "--set", "host.cores=none"], "'none' is not a number"),
    (["systems", "--set", "host.cores=1"], "--set needs the name of a system"),
    (["systems", "--export"], "--export needs the name of a system"),
    (["systems", "nnpi", "--export", "--json"], "both write to standard output"),
    (["costs", "perceptron.json", "--json", "--csv"], "both write to standard output"),
    (["costs", "perceptron.json", "--json", "--top", "3"], "--top has no effect"),
    (["costs", "perceptron.json", "--top", "-1"], "at least 0"),
    (["costs", "perceptron.json", "--set", "host.cores"], "not of the form PATH=VALUE"),
  ])
  func wrongUsageIsRefused(arguments: [String], message: String) throws {
    let result = try Command.run(arguments, in: Command.folder())
    #expect(result.status == 64, "\(arguments)")
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func anExportedSystemIsReadAgain() throws {
    let folder = try Command.folder()
    let figures = try Command.run(["systems", "nnpi"], in: folder)
    #expect(snapshotDifference(figures.output, named: "systems-nnpi.txt") == nil)
    let export = try Command.run(["systems", "nnpi", "--export"], in: folder)
    _ = try folder.write(export.output, to: "mine.json")
    let mine = try Command.run(["systems", "mine.json", "--json"], in: folder).output
    #expect(mine == (try Command.run(["systems", "nnpi", "--json"], in: folder).output))
    #expect(try Command.run(["systems", "mine.json", "--export"], in: folder).output == export.output)
  }
}
