import TestSupport
import Testing

/// Tables and layers in place of a model.
@Suite struct SheetTests {
  /// Look-ups vary about their mean, up to what is padded: where that is the mean, and without tables, the option is without effect.
  @Test func lookupsThatCannotVaryAreTold() throws {
    let folder = try TemporaryFolder()
    for (padded, warns) in [("20", true), ("30", false)] {
      _ = try folder.write("rows,dim,lookups,max_lookups\n500000,64,20,\(padded)\n", to: "t.csv")
      let planned = try Command.run(
        ["plan", "--tables", "t.csv", "--cards", "1", "--quiet", "--force"], in: folder)
      try #require(planned.status == 0, "\(planned.errors)")
      func errors(_ options: String...) throws -> String {
        let result = try Command.run(
          ["simulate", "plan.json", "--requests", "100"] + options, in: folder)
        #expect(result.status == 0)
        return result.errors
      }
      let told = "no such table is padded to more look-ups than it has on average"
      #expect(try errors("--lookups", "geometric").contains(told) == warns)
      #expect(try errors("--lookups", "fixed") == "")
      #expect(try errors() == "")
    }
  }

  @Test func tablesArePlannedCheckedAndSimulated() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      "name,rows,dim,lookups\nusers,40000000,64,8\nads,900000,64,2\ntiny,300,64,1\n", to: "t.csv")
    _ = try folder.write(
      #"{"denseFeatures": 13, "bottom": [64], "interaction": "dot", "top": [32, 1]}"#, to: "mlp.json")
    let plan = try Command.run(
      ["plan", "--tables", "t.csv", "--dense", "mlp.json", "--batch", "32", "--cards", "2"], in: folder)
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.output.contains("t on 2 x"))
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
    #expect(try Command.run(["simulate", "plan.json", "--requests", "200"], in: folder).status == 0)
    #expect(try Command.run(["inspect", "--tables", "t.csv"], in: folder).status == 0)
    // Another dense part is another model.
    let text = try Command.read("plan.json", in: folder).replacing("\"dot\"", with: "\"concat\"")
    _ = try folder.write(text, to: "other.json")
    #expect(try Command.run(["check", "other.json"], in: folder).status != 0)
    _ = try folder.write("rows,dim\n10,8\n", to: "t.csv")
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 3)
  }

  @Test func layersArePlannedWithTheTimesThatTheyState() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      "name,ms,host_ms,bytes,output_bytes,state_bytes,repeat\nblock,1,50,400000000,8192,1000000,8\n",
      to: "l.csv")
    let plan = try Command.run(["plan", "--layers", "l.csv", "--cards", "1", "--system", "h100"], in: folder)
    #expect(plan.status == 0, "\(plan.errors)")
    #expect(plan.output.contains("100.0 % of the time"))
    #expect(plan.output.contains("125 batches/s"), "\(plan.output)")
    #expect(try Command.run(["check", "plan.json"], in: folder).status == 0)
  }

  @Test func problemsAreToldTogether() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("rows,dim\n0,8\n10,x\n", to: "t.csv")
    let result = try Command.run(["plan", "--tables", "t.csv"], in: folder)
    #expect(result.status == 65)
    #expect(result.errors.split(separator: "\n").count == 2)
    #expect(result.errors.hasPrefix("error: t.csv: line 2, rows: '0' is not"))
  }

  @Test(arguments: [
    ["plan"], ["plan", "m.onnx", "--tables", "t.csv"], ["plan", "m.onnx", "--dense", "d.json"],
    ["plan", "--layers", "l.csv", "--batch", "4"], ["plan", "--tables", "t.csv", "--dim", "a=4"],
    ["profile", "--tables", "t.csv"],
  ])
  func whatHasNoEffectIsRefused(arguments: [String]) throws {
    #expect(try Command.run(arguments, in: TemporaryFolder()).status == 64)
  }
}
