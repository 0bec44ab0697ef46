import Foundation
import TestSupport
import Testing

/// `--accuracy-budget`, `--errors`, `--layer-precision` and `--frontier` of `plan`, and what `check` makes of them.
@Suite struct AccuracyTests {
  private struct Plan: Decodable {
    struct Accuracy: Decodable {
      struct Part: Decodable { var precision: String, tables: Int, error: Double, sources: [String] }
      struct Known: Decodable { var table: String, precision: String, error: Double }
      struct Point: Decodable { var error: Double, throughputPerSecond: Double }
      struct Layers: Decodable { var precision: String, layers: Int, share: Double, sources: [String] }
      struct KnownLayer: Decodable { var layer: String, precision: String, error: Double }
      var error: Double, precisions: [Part], known: [Known]?, frontier: [Point]?
      var layers: [Layers]?, knownLayers: [KnownLayer]?
    }
    struct Request: Decodable { var accuracyBudget: Double?, layerPrecisions: [String]? }
    struct Entry: Decodable { var precision: String, operators: [String] }
    var request: Request, accuracy: Accuracy, layers: [Entry]?
  }

  private func plan(_ file: String, in folder: TemporaryFolder) throws -> (text: String, plan: Plan) {
    let text = try Command.read(file, in: folder)
    return (text, try JSONDecoder().decode(Plan.self, from: Data(text.utf8)))
  }

  @Test func plansKeepTheBudgetAndTheCheckKnows() throws {
    let folder = try Command.folder()
    let free = try Command.run(
      ["plan", "recommendation.json", "--cards", "2", "--table-precision", "int4,int8", "-o", "free.json"],
      in: folder)
    #expect(free.status == 0, "\(free.errors)")
    #expect(try plan("free.json", in: folder).plan.request.accuracyBudget == nil)
    let result = try Command.run(
      [
        "plan", "recommendation.json", "--cards", "2", "--table-precision", "int4,int8", "--accuracy-budget",
        "int8", "-o", "plan.json",
      ], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("int8 tables serve 100 % of look-ups, error 0.47 % (assumed)"))
    let (text, read) = try plan("plan.json", in: folder)
    #expect(read.accuracy.precisions.map(\.precision) == ["int8"])
    #expect(read.accuracy.error <= read.request.accuracyBudget ?? 0)
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    let schema = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    #expect(try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(in: text) == [])
    let budget = try #require(
      text.split(separator: "\n").first { $0.contains("\"accuracyBudget\"") }.map(String.init))
    _ = try folder.write(
      text.replacing(budget, with: "    \"accuracyBudget\" : 0.0001,"), to: "tampered.json")
    let check = try Command.run(["check", "tampered.json"], in: folder)
    #expect(check.status == 3)
    #expect(check.errors.contains("above the budget of 0.0001"), "\(check.errors)")
  }

  @Test func errorsComeFromAFileOrAreRefused() throws {
    let folder = try Command.folder()
    _ = try folder.write(#"{"table_0": {"int8": 0.5}, "table_1": {"int8": 0}}"#, to: "errors.json")
    let result = try Command.run(
      ["plan", "recommendation.json", "--cards", "1", "--table-errors", "errors.json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let read = try plan("plan.json", in: folder).plan
    #expect(read.accuracy.known?.map(\.error) == [0.5, 0])
    #expect(read.accuracy.precisions.first?.sources == ["sidecar", "assumed"])
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    _ = try folder.write(#"{"table_9": {"int8": 0.5}}"#, to: "other.json")
    let other = try Command.run(
      ["plan", "recommendation.json", "--cards", "1", "--table-errors", "other.json"], in: folder)
    #expect(other.status == 65)
    #expect(other.errors.contains("table_9.int8: is of no embedding table and no layer of the model"))
    let small = try Command.run(
      ["plan", "recommendation.json", "--cards", "1", "--accuracy-budget", "0"], in: folder)
    #expect(small.status == 2)
    #expect(small.errors.contains("the accuracy budget is 0 %"))
    let wrong = try Command.run(["plan", "recommendation.json", "--accuracy-budget=-1"], in: folder)
    #expect(wrong.status == 64)
  }

  @Test func frontiersGrowInErrorAndRate() throws {
    let folder = try Command.folder()
    let result = try Command.run(
      ["plan", "recommendation.json", "--cards", "2", "--table-precision", "int4,int8", "--frontier"],
      in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let (text, read) = try plan("plan.json", in: folder)
    let points = try #require(read.accuracy.frontier)
    #expect(!points.isEmpty)
    for (a, b) in zip(points, points.dropFirst()) {
      #expect(a.error < b.error && a.throughputPerSecond < b.throughputPerSecond)
    }
    #expect(result.output.contains("batches/s"))
    let schema = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    #expect(try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(in: text) == [])
    let layers = try Command.run(["plan", "perceptron.json", "--frontier", "-o", "other.json"], in: folder)
    #expect(layers.status == 0, "\(layers.errors)")
    #expect(try plan("other.json", in: folder).plan.accuracy.frontier?.isEmpty == false)
  }

  /// A model without tables: what its layers lose is within the budget, the document says which is in what, and the check knows.
  @Test func layersKeepTheBudget() throws {
    let folder = try Command.folder()
    let free = try Command.run(
      ["plan", "perceptron.json", "--cards", "2", "--no-net-split", "-o", "free.json"], in: folder)
    #expect(free.status == 0, "\(free.errors)")
    let wide = try plan("free.json", in: folder).plan
    #expect(wide.request.layerPrecisions == nil && wide.layers == nil)
    let error = wide.accuracy.error
    #expect(error > 0 && wide.accuracy.layers?.map(\.precision) == ["int8"])
    let result = try Command.run(
      ["plan", "perceptron.json", "--cards", "2", "--no-net-split", "--accuracy-budget", "\(error * 0.7)"],
      in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let (text, read) = try plan("plan.json", in: folder)
    #expect(read.request.layerPrecisions == ["int8", "fp16"])
    #expect(read.accuracy.error <= error * 0.7)
    let schema = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    #expect(try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(in: text) == [])
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    // From the plan itself nothing is lost.
    let again = try Command.run(
      [
        "plan", "perceptron.json", "--cards", "2", "--no-net-split", "--accuracy-budget", "\(error * 0.7)",
        "--start",
        "plan.json",
        "-o", "again.json",
      ], in: folder)
    #expect(again.status == 0, "\(again.errors)")
    for command in [
      ["simulate", "plan.json"], ["numerics", "plan.json"], ["replan", "plan.json", "--lost", "card0"],
    ] {
      #expect(try Command.run(command, in: folder).status == 0)
    }
    let budget = try #require(
      text.split(separator: "\n").first { $0.contains("\"accuracyBudget\"") }.map(String.init))
    _ = try folder.write(
      text.replacing(budget, with: "    \"accuracyBudget\" : 0.00001,"), to: "tampered.json")
    let check = try Command.run(["check", "tampered.json"], in: folder)
    #expect(check.status == 3)
  }

  @Test func precisionsOfLayersAreReadOrRefused() throws {
    let folder = try Command.folder()
    let result = try Command.run(
      ["plan", "perceptron.json", "--cards", "1", "--layer-precision", "w4a16", "--no-net-split"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let read = try plan("plan.json", in: folder).plan
    #expect(read.layers?.map(\.precision) == ["w4a16"])
    #expect(read.accuracy.layers?.map(\.precision) == ["w4a16"])
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    let wrong = try Command.run(["plan", "perceptron.json", "--layer-precision", "int8,int9"], in: folder)
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("'int9' is no precision of layers"))
    let twice = try Command.run(["plan", "perceptron.json", "--layer-precision", "int8,int8"], in: folder)
    #expect(twice.status == 64)
  }
}
