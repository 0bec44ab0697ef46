import TestSupport
import Testing

@Suite struct SweepCommandTests {
  static let points = [
    "sweep", "--models", "t.csv", "--cards", "1..2", "--batches", "8,16", "--effort", "0.02",
  ]

  static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write("name,rows,dim,lookups\na,900000,32,4\nb,30000,32,2\n", to: "t.csv")
    return folder
  }

  @Test func aHeaderAndALineAPoint() throws {
    let folder = try Self.folder()
    let price = ["--price", "host=9", "--price", "card=2", "--simulate", "--set", "host.cores=4,8"]
    let result = try Command.run(Self.points + price + ["-o", "out.csv", "--pareto", "out.html"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("8 of 8 points in out.csv: 8 planned"))
    let lines = try Command.read("out.csv", in: folder).split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines[0].hasPrefix("point,points,model,sha256,"))
    #expect(try Command.read("out.html", in: folder).contains("Points that are not beaten"))
    let again = try Command.run(Self.points + price + ["-o", "out.csv"], in: folder)
    #expect(again.output.contains("8 were there already"))
    let other = try Command.run(Self.points + ["-o", "out.csv"], in: folder)
    #expect(other.status == 73)
  }

  /// Sizes of dynamic dimensions reach every model that has them, and identify the point.
  @Test func dynamicDimensionsAreBound() throws {
    let folder = try TemporaryFolder()
    let model = SmallModels.perceptron(isDynamic: true).replacing("batch", with: "rows")
    _ = try folder.write(model, to: "dynamic.json")
    let points = ["sweep", "--models", "dynamic.json", "--cards", "1", "--effort", "0.02"]
    #expect(try Command.run(points + ["-o", "open.csv"], in: folder).status == 0)
    let open = try Command.read("open.csv", in: folder)
    #expect(open.contains(",refused,dynamic.json: "), "\(open)")
    #expect(try Command.run(points + ["--dim", "rows=4", "-o", "out.csv"], in: folder).status == 0)
    let bound = try Command.read("out.csv", in: folder)
    #expect(bound.contains(",dynamic.json rows=4,") && bound.contains(",planned,"), "\(bound)")
    #expect(try Command.run(points + ["--dim", "rows=8", "-o", "out.csv"], in: folder).status == 73)
    #expect(
      try Command.run(points + ["--dim", "batch=8", "--batches", "8", "-o", "o.csv"], in: folder).status == 64
    )
  }

  @Test func unknownWordsOfListsAreNamed() throws {
    let folder = try Self.folder()
    for (option, value, meant) in [
      ("--precisions", "int8,fp166", "fp16"), ("--objectives", "latncy", "latency"),
    ] {
      let result = try Command.run(["sweep", "--models", "t.csv", option, value, "-o", "o.csv"], in: folder)
      #expect(result.status == 64)
      #expect(result.errors.contains("did you mean \(meant)?"), "\(result.errors)")
    }
    let plan = try Command.run(["plan", "--tables", "t.csv", "--table-precision", "int8,int5"], in: folder)
    #expect(plan.status == 64 && plan.errors.contains("did you mean int"), "\(plan.errors)")
  }

  @Test func partsAreJoined() throws {
    let folder = try Self.folder()
    #expect(try Command.run(Self.points + ["-o", "whole.csv"], in: folder).status == 0)
    for part in ["0/2", "1/2"] {
      #expect(try Command.run(Self.points + ["-o", "out.csv", "--shard", part], in: folder).status == 0)
    }
    #expect(try Command.run(["sweep", "merge", "out.csv"], in: folder).status == 0)
    #expect(try Command.read("out.csv", in: folder) == Command.read("whole.csv", in: folder))
    let three = try Command.run(Self.points + ["-o", "out.csv", "--shard", "0/3"], in: folder)
    #expect(three.status == 64)
    #expect(three.errors.contains("is one of 2 parts and this run has 3"))
  }

  @Test func aQuestionInAFile() throws {
    let folder = try Self.folder()
    _ = try folder.write(
      #"{"models": [{"path": "t.csv", "form": "tables"}], "cards": [1], "effort": 0.02}"#, to: "s.json")
    #expect(try Command.run(["sweep", "s.json", "-o", "out.jsonl"], in: folder).status == 0)
    #expect(try Command.read("out.jsonl", in: folder).hasPrefix("{\"point\": 0, \"points\": 1, "))
    _ = try folder.write(#"{"modles": [], "cards": 1}"#, to: "bad.json")
    let bad = try Command.run(["sweep", "bad.json", "-o", "bad.csv"], in: folder)
    #expect(bad.status == 65)
    #expect(bad.errors.contains("did you mean models?"))
  }

  @Test(arguments: [
    ["sweep", "-o", "o.csv"], ["sweep", "s.json", "--cards", "1", "-o", "o.csv"],
    ["sweep", "--models", "t.csv", "--cards", "3..1", "-o", "o.csv"],
    ["sweep", "--models", "t.csv", "--shards", "3", "-o", "o.csv"],
    ["sweep", "--models", "t.csv", "--cards", "1,1", "-o", "o.csv"],
    ["sweep", "--models", "t.csv", "--shard", "auto", "-o", "o.csv"],
    ["sweep", "--models", "t.csv", "--set", "host.core=4", "-o", "o.csv"],
    ["sweep", "--models", "t.csv", "--load", "50%", "-o", "o.csv"],
    ["sweep", "--models", "t.csv", "-o", "-"],
  ])
  func wrongUsage(arguments: [String]) throws {
    let folder = try Self.folder()
    #expect(try Command.run(arguments, in: folder).status == 64)
  }
}
