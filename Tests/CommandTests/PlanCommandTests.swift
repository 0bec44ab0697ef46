import Foundation
import TestSupport
import Testing

@Suite struct PlanCommandTests {
  @Test func writesOnlyThePlanAndPrintsASummary() throws {
    let folder = try Command.folder()
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    let result = try Command.run(["plan", "recommendation.json", "--cards", "2"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    for part in ["verdict", "bottleneck", "proof", "card0", "card1", "within its budget of 50"] {
      #expect(result.output.contains(part))
    }
    let after = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(Set(after).subtracting(before) == ["plan.json"])
  }

  @Test(arguments: [
    ["recommendation.json", "--cards", "2"], ["perceptron.json"], ["recommendation.json", "--no-split"],
    ["perceptron.json", "--objective", "latency", "--system", "h100"],
    ["recommendation.json", "--objective", "energy", "--table-precision", "int4"],
  ])
  func planConformsToItsSchema(arguments: [String]) throws {
    let folder = try Command.folder()
    let result = try Command.run(["plan"] + arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let path = Command.package.appendingPathComponent("Sources/Plan/plan.schema.json")
    let schema = try JSONSchema(String(contentsOf: path, encoding: .utf8))
    #expect(try schema.problems(in: Command.read("plan.json", in: folder)) == [])
  }

  @Test func sameInputSamePlanWhateverTheThreads() throws {
    let folder = try Command.folder()
    for threads in ["1", "2", "2"] {
      let name = "plan-\(threads).json"
      let result = try Command.run(
        ["plan", "recommendation.json", "--cards", "3", "--threads", threads, "-o", name], in: folder)
      #expect(result.status == 0, "\(result.errors)")
    }
    let one = try Command.read("plan-1.json", in: folder)
    #expect(one == (try Command.read("plan-2.json", in: folder)))
  }

  @Test func jsonGoesToStandardOutputAndNoFileIsWritten() throws {
    let folder = try Command.folder()
    let printed = try Command.run(["plan", "perceptron.json", "--json"], in: folder)
    #expect(printed.status == 0, "\(printed.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("plan.json")))
    _ = try Command.run(["plan", "perceptron.json"], in: folder)
    #expect(printed.output == (try Command.read("plan.json", in: folder)))
  }

  @Test func dimensionsAreBoundByName() throws {
    let folder = try Command.folder()
    _ = try folder.write(SmallModels.perceptron(isDynamic: true), to: "dynamic.json")
    #expect(try Command.run(["plan", "dynamic.json", "--dim", "batch=4"], in: folder).status == 0)
    let bound = try Command.read("plan.json", in: folder)
    #expect(bound.contains("\"batch\" : 4"))
    #expect(try Command.run(["plan", "dynamic.json", "--batch", "4"], in: folder).status == 0)
    #expect(bound == (try Command.read("plan.json", in: folder)))
  }

  @Test func drawingIsWrittenAndIsTheOneThatDotMakes() throws {
    let folder = try Command.folder()
    let result = try Command.run(
      ["plan", "recommendation.json", "--cards", "2", "--dot", "plan.dot"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let drawn = try Command.run(["dot", "plan.json"], in: folder)
    #expect(drawn.status == 0 && drawn.errors == "")
    #expect(drawn.output == (try Command.read("plan.dot", in: folder)))
    #expect(try runProgram("dot", ["-Tsvg", folder.path("plan.dot")]).output.contains("</svg>"))
  }
}
