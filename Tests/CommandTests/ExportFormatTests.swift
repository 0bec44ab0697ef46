import Foundation
import TestSupport
import Testing

/// Plans in the formats of other tools; `reports/exports` has them read by those tools' packages.
@Suite struct ExportFormatTests {
  private static let stages = [
    pin(["layer0/*", "x"], "card0"), pin(["layer1/*"], "card1"),
    pin(["layer2/*", "logits"], "card2"),
  ]
  private static let steps = ["--cards", "3", "--dim", "batch=2", "--dim", "steps=16"]

  private static func pin(_ units: [String], _ device: String) -> String {
    "{\"kind\": \"pin\", \"units\": [\(units.map { "\"\($0)\"" }.joined(separator: ", "))], \"devices\": [\"\(device)\"]}"
  }

  private static func options(never: [String]) -> String {
    "{\"kind\": \"options\", \"units\": [\"*\"], \"never\": [\(never.map { "\"\($0)\"" }.joined(separator: ", "))]}"
  }

  private static func planned(_ model: String, _ rules: [String], _ arguments: [String]) throws
    -> TemporaryFolder
  {
    let folder = try TemporaryFolder()
    _ = try folder.write(
      "{\"format\": \"placement-rules\", \"version\": 1, \"rules\": [\(rules.joined(separator: ", "))]}",
      to: "rules.json")
    let result = try Command.run(
      ["plan", TestPython.model(model + ".onnx"), "--effort", "0.1", "--constraints", "rules.json"]
        + arguments,
      in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }

  private static func exported(_ format: String, in folder: TemporaryFolder) throws -> ProgramResult {
    try Command.run(["export", "plan.json", "--to", format, "-o", "-"], in: folder)
  }

  @Test func nodesAreListedByDevice() throws {
    let folder = try Self.planned("layers", Self.stages, Self.steps)
    struct MDP: Decodable {
      struct Device: Decodable { var deviceId: Int, numCores: Int }
      struct Part: Decodable { var name: String, nodeList: [String], devices: [Device] }
      struct Connection: Decodable { var devices: [Int], type: String }
      var connections: [Connection], partitions: [Part]
    }
    let mdp = try JSONDecoder().decode(MDP.self, from: Data(Self.exported("mdp", in: folder).output.utf8))
    #expect(mdp.partitions.map { $0.devices.map(\.deviceId) } == [[0], [1], [2]])
    #expect(mdp.connections.map(\.devices) == [[0, 1, 2]])
    let names = mdp.partitions.flatMap(\.nodeList)
    #expect(names.first == "x" && names.last == "logits" && Set(names).count == names.count)
    let affinities = try JSONDecoder().decode(
      [String: String].self, from: Data(Self.exported("openvino", in: folder).output.utf8))
    #expect(Set(affinities.keys) == Set(names) && affinities["layer1/q"] == "GPU.1")
    struct Glow: Decodable {
      var numOfPartitions: Int, backendNames: [String], logicalIDs: [[Int]], nodeToPartition: [String: Int]
    }
    let glow = try JSONDecoder().decode(Glow.self, from: Data(Self.exported("glow", in: folder).output.utf8))
    #expect(glow.logicalIDs.count == glow.numOfPartitions && glow.backendNames.count == glow.numOfPartitions)
    #expect(Set(glow.nodeToPartition.keys) == Set(names))
  }

  @Test(arguments: ["mdp", "glow", "openvino"]) func nodesWithoutNamesAreAnError(format: String) throws {
    let folder = try Self.planned("transformer", [], Self.steps)
    let result = try Self.exported(format, in: folder)
    #expect(result.status == 65 && result.output.isEmpty)
    #expect(result.errors.contains("no name of their own there"), "\(result.errors)")
  }

  @Test func layersAreListedByDevice() throws {
    let layers = (0..<6).map { Self.pin(["/model/layers.\($0)/*"], $0 < 4 ? "card0" : "card1") }
    let folder = try Self.planned(
      "language",
      layers + [Self.pin(["/model/embed_tokens/*"], "card0"), Self.pin(["/lm_head/*"], "card1")],
      ["--cards", "2"])
    #expect(try Self.exported("vllm", in: folder).output == "VLLM_PP_LAYER_PARTITION=\"4,2\"\n")
    #expect(try Self.exported("llama.cpp", in: folder).output == "-ngl 7 -sm layer -ts 4,2\n")
    let modules = try JSONDecoder().decode(
      [String: Int].self, from: Data(Self.exported("device-map", in: folder).output.utf8))
    #expect(modules["model.layers.3"] == 0 && modules["model.layers.4"] == 1 && modules["lm_head"] == 1)
    #expect(modules.count == 8)
  }

  @Test func layersOnTheHostStayThere() throws {
    let folder = try Self.planned(
      "language",
      [
        Self.pin(["/model/embed_tokens/*", "/model/layers.0/*", "/model/layers.1/*"], "card0"),
        Self.pin(["/model/layers.2/*", "/model/layers.3/*"], "card1"),
        Self.pin(["/model/layers.4/*", "/model/layers.5/*", "/lm_head/*"], "host"),
      ], ["--cards", "2"])
    #expect(
      try Self.exported("llama.cpp", in: folder).output
        == "-ngl 7 -sm layer -ts 2,4 -ot \"blk\\.(4|5)\\.=CPU\"\n")
    let refused = try Self.exported("vllm", in: folder)
    #expect(refused.status == 65 && refused.errors.contains("layer 4 is on the host"), "\(refused.errors)")
  }

  @Test func tablesAreShardedByCard() throws {
    let spread = "{\"kind\": \"limit\", \"devices\": [\"card*\"], \"units\": [\"*\"], \"count\": 2}"
    let folder = try Self.planned(
      "recommendation", [Self.options(never: ["host*", "every*", "rows*", "columns*"]), spread],
      ["--cards", "3"])
    struct Entry: Decodable { var sharding_type: String, ranks: [Int], sizes: [Int], compute_kernel: String }
    let plan = try JSONDecoder().decode(
      [String: Entry].self, from: Data(Self.exported("torchrec", in: folder).output.utf8))
    #expect(
      plan.count == 6 && plan.values.allSatisfy { $0.sharding_type == "table_wise" && $0.sizes == [12_000] })
    #expect(Set(plan.values.flatMap(\.ranks)) == [0, 1, 2])
    struct Matrix: Decodable { var shard_matrix: [[String]] }
    let matrix = try JSONDecoder().decode(
      Matrix.self, from: Data(Self.exported("hugectr", in: folder).output.utf8))
    #expect(matrix.shard_matrix.map(\.count) == [2, 2, 2])
    for (rank, tables) in matrix.shard_matrix.enumerated() {
      #expect(tables.allSatisfy { plan[$0]?.ranks == [rank] })
    }
  }

  @Test func whatAFormatCannotSayIsAnError() throws {
    let folder = try Self.planned(
      "recommendation", [Self.options(never: ["host*", "every*", "whole*", "rows*"])], ["--cards", "3"])
    for (format, words) in [
      ("hugectr", "split by columns"), ("mdp", "splits 6 tables"), ("glow", "splits 6 tables"),
      ("vllm", "it cannot say"), ("device-map", "splits 6 tables"),
    ] {
      let result = try Self.exported(format, in: folder)
      #expect(result.status == 65 && result.errors.contains(words), "\(format): \(result.errors)")
    }
    // Several files go to a folder, one file does not replace another.
    #expect(try Self.exported("triton", in: folder).status == 73)
    _ = try folder.write("mine", to: "mine.json")
    #expect(
      try Command.run(["export", "plan.json", "--to", "torchrec", "-o", "mine.json"], in: folder).status == 73
    )
    #expect(try Command.read("mine.json", in: folder) == "mine")
  }

  @Test(arguments: ["onnx-devices", "ort"]) func copiesOfTheModelComputeTheSame(format: String) throws {
    let rules =
      format == "ort"
      ? [Self.pin(["/model/layers.*"], "card0"), Self.pin(["/lm_head/*"], "host")]
      : [Self.pin(["/model/layers.0/*"], "card0"), Self.pin(["/model/layers.1/*"], "card1")]
    let folder = try Self.planned("language", rules, ["--cards", format == "ort" ? "1" : "2"])
    let result = try Command.run(["export", "plan.json", "--to", format, "-o", "copy"], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    let same = try TestPython.run(
      "annotated.py", [try TestPython.model("language.onnx"), folder.path("copy"), format])
    #expect(same.status == 0, "\(same.output)\(same.errors)")
  }

  @Test func aRepositoryHasAModelForEachPart() throws {
    let folder = try Self.planned("layers", Self.stages, Self.steps)
    let result = try Command.run(["export", "plan.json", "--to", "triton", "-o", "repository"], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    let models = try FileManager.default.contentsOfDirectory(atPath: folder.path("repository")).sorted()
    #expect(models.first == "layers" && models.count == 4, "\(models)")
    let ensemble = try Command.read("repository/layers/config.pbtxt", in: folder)
    #expect(
      ensemble.contains("platform: \"ensemble\"")
        && ensemble.contains("{ name: \"ids\" data_type: TYPE_INT64 dims: [ 2, 16 ] }"))
    for model in models.dropFirst() {
      let config = try Command.read("repository/\(model)/config.pbtxt", in: folder)
      #expect(config.contains("kind: KIND_GPU gpus: [") && ensemble.contains("model_name: \"\(model)\""))
      #expect(FileManager.default.fileExists(atPath: folder.path("repository/\(model)/1/model.onnx")))
    }
  }
}
