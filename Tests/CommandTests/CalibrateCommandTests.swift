import Foundation
import TestSupport
import Testing

/// Profiles in, a description that the other commands take out.
@Suite struct CalibrateCommandTests {
  /// A profile with products that take `factor` times 2 us and as long as 10 GFLOPS need.
  private static func profile(_ sizes: [Int], factor: Double) -> String {
    let rows = sizes.map { n in
      let microseconds = factor * (2 + 2 * Double(n * n * n) / 1e4)
      return """
        {"cat": "Node", "name": "product\(n)_kernel_time", "dur": \(microseconds), "args": {"op_name": "MatMul",
        "provider": "CPUExecutionProvider", "input_type_shape": [{"float": [\(n), \(n)]}, {"float": [\(n), \(n)]}],
        "output_type_shape": [{"float": [\(n), \(n)]}]}}
        """
    }
    return "[" + rows.joined(separator: ",") + "]"
  }

  static func folder() throws -> TemporaryFolder {
    let folder = try Command.folder()
    _ = try folder.write(profile([8, 16, 32, 64, 128, 256], factor: 1), to: "a.json")
    _ = try folder.write(profile([12, 24, 48, 96, 192, 384], factor: 1.1), to: "b.json")
    return folder
  }

  @Test func aCalibratedSystemIsTakenByTheOthers() throws {
    let folder = try Self.folder()
    let arguments = [
      "calibrate", "--costs", "a.json", "b.json", "--system", "nnpi", "--date", "2026-01-31", "-o",
      "mine.json",
    ]
    let result = try Command.run(arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(snapshotDifference(result.output, named: "calibrate.txt") == nil)
    let mine = try Command.read("mine.json", in: folder)
    #expect(mine.contains("partition calibrate, 2026-01-31: fitted to 12 shapes in a.json, b.json"))
    // The same bytes again, over the old description.
    #expect(try Command.run(arguments, in: folder).status == 0)
    #expect(try Command.read("mine.json", in: folder) == mine)
    let costs = try Command.run(["costs", "perceptron.json", "--system", "mine.json"], in: folder)
    #expect(costs.status == 0, "\(costs.errors)")
    #expect(try Command.run(["plan", "perceptron.json", "--system", "mine.json"], in: folder).status == 0)
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    let figures = try Command.run(["systems", "mine.json"], in: folder)
    #expect(figures.output.contains("host.classes.product.efficiency"))
  }

  private struct Report: Decodable {
    struct Spread: Decodable { var median: Double }
    struct Class: Decodable { var operatorClass: String, before: Spread, after: Spread }
    struct Model: Decodable { var name: String, before: Double, after: Double, leftOut: Double? }
    struct Device: Decodable { var name: String, classes: [Class], models: [Model] }
    var devices: [Device]
  }

  @Test func errorsShrink() throws {
    let folder = try Self.folder()
    let result = try Command.run(
      ["calibrate", "--costs", "a.json", "--costs", "b.json", "--json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let device = try #require(
      try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)).devices.first)
    #expect(device.name == "host" && device.models.map(\.name) == ["a.json", "b.json"])
    for model in device.models {
      #expect(abs(model.before - 1) > 0.3 && abs(model.after - 1) < 0.1)
      #expect(abs(try #require(model.leftOut) - 1) < 0.2)
    }
    #expect(device.classes.map(\.operatorClass) == ["product"])
  }

  @Test func whatIsWrongIsSaid() throws {
    let folder = try Self.folder()
    _ = try folder.write("name,seconds\nx,1\n", to: "rows.csv")
    _ = try folder.write("[{\"operator\": \"x\", \"seconds\": 1}]", to: "names.json")
    #expect(try Command.run(["calibrate", "--costs", "gone.json"], in: folder).status == 66)
    #expect(try Command.run(["calibrate", "--costs", "a.json", "a.json"], in: folder).status == 64)
    let nothing = try Command.run(["calibrate", "--costs", "names.json"], in: folder)
    #expect(nothing.status == 65 && nothing.errors.contains("no kernel can be used"))
    let other = try Command.run(["calibrate", "--costs", "a.json", "-o", "b.json"], in: folder)
    #expect(other.status == 73 && other.errors.contains("is not a description of a system"))
  }
}
