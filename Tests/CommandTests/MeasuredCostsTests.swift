import Foundation
import TestSupport
import Testing

/// Measured costs through the command: what a plan holds is what check and simulate count with.
@Suite struct MeasuredCostsTests {
  private static let rows =
    "operator,device,milliseconds\nfirst,host,4\nfirst,nnp-i-1100,2\nsecond,host,4\nsecond,nnp-i-1100,1\n"

  private static func folder() throws -> TemporaryFolder {
    let folder = try Command.folder()
    _ = try folder.write(rows, to: "rows.csv")
    _ = try folder.write(
      "from,to,bytes,seconds\nhost,card,1000,1e-3\nhost,card,1001000,2e-3\n", to: "links.csv")
    return folder
  }

  private struct Plan: Decodable {
    struct Predicted: Decodable {
      var bottleneckSeconds: Double, latencySeconds: Double, measuredShare: Double
    }
    struct Entry: Decodable { var `operator`: String, device: String, seconds: Double, match: String }
    struct System: Decodable { var cards: [Card] }
    struct Card: Decodable { var link: Link }
    struct Link: Decodable { var commandSeconds: Double }
    var predicted: Predicted, measured: [Entry], system: System, notes: [String]
  }

  @Test func thePlanHoldsWhatItWasMadeWith() throws {
    let folder = try Self.folder()
    let result = try Command.run(
      ["plan", "perceptron.json", "--cards", "2", "--costs", "rows.csv", "--costs", "links.csv"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("measured"))
    let plan = try JSONDecoder().decode(Plan.self, from: Data(Command.read("plan.json", in: folder).utf8))
    #expect(plan.measured.map(\.operator) == ["first", "second", "first", "second"])
    // 3 ms on each of two cards.
    #expect(abs(plan.predicted.bottleneckSeconds - 1.5e-3) < 1e-6)
    #expect(plan.predicted.measuredShare > 0.99)
    #expect(plan.system.cards.allSatisfy { $0.link.commandSeconds > 0.9e-3 })
    #expect(plan.notes.contains { $0.contains("was measured, not modelled (4 by name; from rows.csv)") })
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    let simulated = try Command.run(
      ["simulate", "plan.json", "--requests", "2000", "--json"], in: folder)
    #expect(simulated.status == 0, "\(simulated.errors)")
    struct Report: Decodable {
      struct Estimate: Decodable { var value: Double }
      var throughputPerSecond: Estimate
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(simulated.output.utf8))
    #expect(abs(report.throughputPerSecond.value * plan.predicted.bottleneckSeconds - 1) < 0.02)
  }

  @Test func aPlanWithOtherMeasurementsDoesNotHold() throws {
    let folder = try Self.folder()
    let planned = try Command.run(
      ["plan", "perceptron.json", "--cards", "2", "--costs", "rows.csv"], in: folder)
    #expect(planned.status == 0, "\(planned.errors)")
    for (seconds, message) in [("0.001", "loadMismatch"), ("-0.002", "unusableFigure")] {
      let text = try Command.read("plan.json", in: folder)
      #expect(text.contains("\"seconds\" : 0.002,"))
      _ = try folder.write(
        text.replacingOccurrences(of: "\"seconds\" : 0.002,", with: "\"seconds\" : \(seconds),"),
        to: "other.json")
      let result = try Command.run(["check", "other.json"], in: folder)
      #expect(result.status == 3)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  /// What the command prints of costs, it reads as measurements.
  @Test func costsAreReadAgain() throws {
    let folder = try Self.folder()
    for format in ["csv", "json"] {
      let plain = try Command.run(["costs", "perceptron.json", "--\(format)"], in: folder)
      _ = try folder.write(plain.output, to: "costs.\(format)")
      let result = try Command.run(
        ["costs", "perceptron.json", "--costs", "costs.\(format)", "--csv"], in: folder)
      #expect(result.status == 0, "\(result.errors)")
      let limits = result.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[5] }
      #expect(limits.count == 6 && limits.allSatisfy { $0 == "measured" })
    }
  }

  @Test func whatIsWrongWithAFileIsLocated() throws {
    let folder = try Self.folder()
    _ = try folder.write("operator,device,seconds\nfirst,host,soon\n", to: "bad.csv")
    for command in ["plan", "costs"] {
      let bad = try Command.run([command, "perceptron.json", "--costs", "bad.csv"], in: folder)
      #expect(bad.status == 65)
      #expect(bad.errors.contains("bad.csv: line 2: seconds: 'soon' is not a time"))
      #expect(try Command.run([command, "perceptron.json", "--costs", "none.csv"], in: folder).status == 66)
    }
    _ = try folder.write("operator,device,seconds\nnobody,host,1\n", to: "stranger.csv")
    let stranger = try Command.run(["costs", "perceptron.json", "--costs", "stranger.csv"], in: folder)
    #expect(stranger.status == 0)
    #expect(stranger.errors.contains("stranger.csv: 1 of 1 rows match nothing in the model (first: line 2)"))
  }

  @Test func profilingNeedsPython() throws {
    let folder = try Self.folder()
    let result = try Command.run(["profile", "perceptron.json", "--python", "no-such-python"], in: folder)
    #expect(result.status == 69)
    #expect(result.errors.contains("pip install onnxruntime"), "\(result.errors)")
    // A Python without packages: it finds none outside of its own library.
    _ = try folder.write("#!/bin/sh\nexec python3 -I -S \"$@\"\n", to: "bare-python")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path("bare-python"))
    let bare = try Command.run(
      ["profile", "perceptron.json", "--python", folder.path("bare-python"), "-o", "p.json"], in: folder)
    #expect(bare.status == 69)
    #expect(bare.errors.contains("pip install") || bare.errors.contains("install Python"), "\(bare.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("p.json")))
  }

  /// Where Python has the packages, the profile is one that plans read.
  @Test func aProfileIsReadByPlans() throws {
    let folder = try Self.folder()
    let result = try Command.run(["profile", "perceptron.json", "--runs", "3", "--no-fusion"], in: folder)
    guard result.status != 69 else { return }
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("3 kernels take"))
    let costs = try Command.run(["costs", "perceptron.json", "--costs", "profile.json", "--csv"], in: folder)
    #expect(
      costs.output.split(separator: "\n").filter { $0.contains(",host,") && $0.contains(",measured,") }.count
        == 3)
    let again = try Command.run(["profile", "perceptron.json", "--providers", "None"], in: folder)
    #expect(again.status == 64 && again.errors.contains("has no provider 'NoneExecutionProvider'"))
  }
}
