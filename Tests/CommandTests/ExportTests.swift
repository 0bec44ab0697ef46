import Foundation
import TestSupport
import Testing

/// The parts of a plan compute what the model does: both are run with ONNX Runtime.
@Suite struct ExportTests {
  /// A model, how it is planned, and how close the parts must come.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var model: String
    var dimensions: [String] = []
    var plan: [String] = []
    var rules: [String] = []
    /// Operators that must be on certain devices.
    var pins: [(units: [String], device: String)] = []
    /// Whether three operators of the model are pinned to three cards, so that it is cut twice at least.
    var isPipeline = false
    var export: [String] = ["--keep-precision"]
    var compare: [String] = []
    /// With the same kernels; 0 asks for the same bits.
    var tolerance = 0.0
    /// Whether ONNX Runtime's optimiser can be used on both sides. It makes one product with a dequantised weight less exact than
    /// several, and refuses some models of fixed size that it can run.
    var isFused = true
    var leastParts = 1
    /// Pieces of the first table.
    var shards = 1
    /// Tables of which a tenth of the rows takes most look-ups.
    var skewed: [String] = []

    var testDescription: String { name }
  }

  private static let options = never("*")
  private static func never(_ units: String) -> String {
    "\"kind\": \"options\", \"units\": [\"\(units)\"], \"never\":"
  }
  /// Spreads two pieces of each table over three cards.
  private static let spread =
    "{\"kind\": \"limit\", \"devices\": [\"card*\"], \"units\": [\"*\"], \"count\": 4}"
  private static let byRows = [
    "{\(options) [\"host*\", \"every*\", \"whole*\", \"columns*\", \"rows 3*\", \"rows 4*\", \"rows 6*\"]}",
    spread,
  ]
  private static let byColumns = [
    "{\(options) [\"host*\", \"every*\", \"whole*\", \"rows*\", \"columns 3*\", \"columns 4*\", \"columns 6*\"]}",
    spread,
  ]
  /// Splits skewed tables by how often rows are looked up, on cards that have no room for whole ones.
  private static let byHeat = ["--no-cut", "--skew", "skew.json", "--set", "card.dramGigabytes=1.0006"]
  private static let hotOnCards = [pin(["table_*.hot"], "card*"), pin(["table_*.cold"], "host")]
  private static let six = (0..<6).map { "table_\($0)" }
  private static let pooled = ["lengths_sum", "lengths_mean", "weighted", "sum", "mean", "padded"].map {
    "table_\($0)"
  }
  private static let copied = ["{\(options) [\"host*\", \"whole*\", \"rows*\", \"columns*\"]}"]
  private static let ids = (0..<6).flatMap { ["--limit", "ids_\($0)=12000"] }
  private static let negativeIds = (0..<6).flatMap { ["--limit", "ids_\($0)=-12000"] }
  /// The padded bags have ids below 12, of which one is the padding.
  private static let ofBags =
    ["lengths_sum", "lengths_mean", "weighted", "sum", "mean"].flatMap { ["--limit", "ids_\($0)=12000"] }
    + ["--limit", "ids_padded=12", "--reference"]
  /// Of the bags in which a row counts for nothing some have that alone, and one shard has none of their ids.
  private static let ofLargest =
    ["sum", "largest", "max"].flatMap { ["--limit", "ids_\($0)=12000"] }
    + ["largest_padded", "mean_padded", "max_without"].flatMap { ["--limit", "ids_\($0)=9"] } + [
      "--reference"
    ]
  private static let fewIds = (0..<6).flatMap { ["--limit", "ids_\($0)=3"] }
  private static let teams = [
    "--cut", "2", "--cut-by", "weights", "--system", "h100-sxm", "--objective", "latency",
  ]
  private static let shared = [
    "--cut", "2", "--cut-by", "batch", "--system", "h100-sxm", "--objective", "latency",
  ]
  private static let steps = ["batch=2", "steps=16"]

  static let cases: [Case] = [
    .init(name: "tables", model: "recommendation", compare: ids, leastParts: 2),
    .init(name: "tables copied", model: "recommendation", rules: copied, compare: ids, leastParts: 1),
    .init(
      name: "tables by rows, indices of both signs", model: "recommendation", rules: byRows,
      compare: negativeIds,
      tolerance: 1e-5, leastParts: 4, shards: 2),
    .init(
      name: "tables by columns", model: "recommendation", rules: byColumns, compare: ids, leastParts: 4,
      shards: 2),
    .init(
      name: "host and cards", model: "recommendation",
      pins: [(["top*", "head", "score"], "host"), (["table_0"], "card0"), (["table_1"], "card1")],
      compare: ids,
      leastParts: 3),
    .init(
      name: "weighted means by rows", model: "weighted", rules: byRows, compare: ids, tolerance: 1e-5,
      leastParts: 4,
      shards: 2),
    .init(name: "maxima by rows", model: "maximum", rules: byRows, compare: ids, leastParts: 4, shards: 2),
    .init(
      name: "maxima of which one shard has none", model: "maximum", rules: byRows, compare: fewIds,
      leastParts: 4, shards: 2),
    .init(
      name: "maxima in loops by rows", model: "maxima_in_a_loop", rules: byRows, compare: negativeIds,
      leastParts: 3, shards: 2),
    .init(
      name: "maxima in loops of which one shard has none", model: "long_maxima_in_a_loop", rules: byRows,
      compare: fewIds, leastParts: 3, shards: 2),
    .init(
      name: "bags in loops that share a condition, by rows", model: "loops_of_one_condition", rules: byRows,
      compare: negativeIds + ["--value", "start=1"], tolerance: 1e-5, leastParts: 2, shards: 2),
    .init(
      name: "maxima in a sequence by rows, a bag empty", model: "maxima_in_a_sequence", rules: byRows,
      compare: negativeIds, leastParts: 2, shards: 2),
    .init(
      name: "maxima of long bags by rows", model: "long_maxima", rules: byRows, compare: negativeIds,
      leastParts: 3, shards: 2),
    .init(
      name: "int8, maxima by rows", model: "maximum", plan: ["--table-precision", "int8"], rules: byRows,
      export: [], compare: fewIds, tolerance: 2e-2, shards: 2),
    .init(
      name: "int4, maxima of long bags by rows", model: "long_maxima", plan: ["--table-precision", "int4"],
      rules: byRows, export: [], compare: fewIds, tolerance: 0.3, shards: 2),
    .init(
      name: "maxima by columns", model: "maximum", rules: byColumns, compare: ids, leastParts: 4, shards: 2),
    .init(
      name: "rows for the caller alone", model: "older", rules: byRows, compare: ids, tolerance: 1e-5,
      leastParts: 4,
      shards: 2),
    .init(
      name: "columns for the caller alone", model: "older", rules: byColumns, compare: ids, leastParts: 4,
      shards: 2),
    .init(
      name: "hot rows on every card, indices of both signs", model: "recommendation", plan: byHeat,
      rules: hotOnCards, compare: negativeIds, tolerance: 1e-5, leastParts: 4, shards: 2, skewed: six),
    .init(
      name: "hot rows by columns", model: "recommendation", plan: byHeat,
      rules: hotOnCards + [
        "{\(never("table_*.hot")) [\"host*\", \"every*\", \"whole*\", \"rows*\", \"columns 4*\"]}"
      ], compare: ids, tolerance: 1e-5, leastParts: 4, shards: 3, skewed: Array(six.dropFirst())),
    .init(
      name: "hot rows by rows, quantised", model: "recommendation", plan: byHeat,
      rules: hotOnCards + [
        "{\(never("table_*.hot")) [\"host*\", \"every*\", \"whole*\", \"columns*\", \"rows 3*\", \"rows 4*\"]}"
      ], export: [], compare: ids, tolerance: 0.3, leastParts: 4, shards: 3,
      skewed: Array(six.dropFirst())),
    .init(
      name: "hot rows that the host adds to the cold ones", model: "recommendation", plan: byHeat,
      rules: hotOnCards + [pin(["join"], "host"), pin(["head"], "every card")], compare: ids,
      tolerance: 1e-5, leastParts: 6, shards: 2, skewed: six),
    .init(
      name: "hot rows of maxima", model: "maximum", plan: byHeat, rules: hotOnCards, compare: ids,
      leastParts: 4, shards: 2, skewed: six),
    .init(
      name: "hot rows of maxima, by columns", model: "maximum", plan: byHeat,
      rules: hotOnCards + [
        "{\(never("table_*.hot")) [\"host*\", \"every*\", \"whole*\", \"rows*\", \"columns 4*\"]}"
      ], compare: ids, leastParts: 4, shards: 3, skewed: Array(six.dropFirst())),
    .init(
      name: "hot rows of maxima in loops", model: "maxima_in_a_loop", plan: byHeat, rules: hotOnCards,
      compare: negativeIds, leastParts: 3, shards: 2, skewed: Array(six.prefix(3))),
    .init(
      name: "hot rows of bags in loops", model: "bags_in_a_loop", plan: byHeat, rules: hotOnCards,
      compare: ids,
      tolerance: 1e-5, leastParts: 3, shards: 2, skewed: Array(six.prefix(3))),
    .init(
      name: "hot rows of long bags", model: "long_bags", plan: byHeat, rules: hotOnCards,
      compare: negativeIds,
      tolerance: 1e-5, leastParts: 3, shards: 2, skewed: Array(six.prefix(2))),
    .init(
      name: "hot rows of operators of other domains", model: "bag_operators", plan: byHeat, rules: hotOnCards,
      compare: ofBags, tolerance: 1e-5, isFused: false, leastParts: 3, shards: 2, skewed: pooled),
    .init(
      name: "int8, weights beside the model", model: "beside", plan: ["--table-precision", "int8"],
      export: [],
      compare: ids, tolerance: 2e-2),
    .init(
      name: "int4 by rows", model: "beside", plan: ["--table-precision", "int4"],
      rules: byRows, export: [], compare: ids, tolerance: 0.3, shards: 2),
    .init(
      name: "int4, odd width", model: "odd", plan: ["--table-precision", "int4"], export: [], compare: ids,
      tolerance: 0.3),
    .init(
      name: "fp16", model: "odd", plan: ["--table-precision", "fp16"], export: [], compare: ids,
      tolerance: 1e-3),
    .init(name: "bags in loops", model: "bags_in_a_loop", compare: ids),
    .init(
      name: "bags in loops by rows", model: "bags_in_a_loop", rules: byRows, compare: ids, tolerance: 1e-5,
      leastParts: 3, shards: 2),
    .init(
      name: "bags in loops by columns", model: "bags_in_a_loop", rules: byColumns, compare: ids,
      leastParts: 3,
      shards: 2),
    .init(
      name: "bags in loops, int8", model: "bags_in_a_loop", plan: ["--table-precision", "int8"], export: [],
      compare: ids, tolerance: 2e-2),
    .init(
      name: "long bags by rows, indices of both signs", model: "long_bags", rules: byRows,
      compare: ["--limit", "ids_0=-12000", "--limit", "ids_1=-12000"], tolerance: 1e-5, leastParts: 3,
      shards: 2),
    .init(
      name: "long bags of which one shard has none", model: "long_bags", rules: byRows,
      compare: ["--limit", "ids_0=3", "--limit", "ids_1=3"], tolerance: 1e-5, leastParts: 3, shards: 2),
    .init(
      name: "long bags in loops by rows, indices of both signs", model: "long_bags_in_a_loop", rules: byRows,
      compare: negativeIds, tolerance: 1e-5, leastParts: 3, shards: 2),
    .init(
      name: "long bags in loops of which one shard has none", model: "long_bags_in_a_loop", rules: byRows,
      compare: ["--limit", "ids_0=3", "--limit", "ids_1=3"], tolerance: 1e-5, leastParts: 3, shards: 2),
    .init(
      name: "int8, long bags by rows", model: "long_bags", plan: ["--table-precision", "int8"], rules: byRows,
      export: [], compare: ["--limit", "ids_0=12000", "--limit", "ids_1=12000"], tolerance: 2e-2,
      leastParts: 3,
      shards: 2),
    .init(
      name: "operators of other domains by rows", model: "bag_operators", rules: byRows, compare: ofBags,
      tolerance: 1e-5, isFused: false, leastParts: 3, shards: 2),
    .init(
      name: "operators of other domains by columns", model: "bag_operators", rules: byColumns,
      compare: ofBags,
      isFused: false, leastParts: 3, shards: 2),
    .init(
      name: "largest of a bag by columns", model: "largest_bags", rules: byColumns,
      compare: ofLargest, isFused: false, leastParts: 3, shards: 2),
    .init(
      name: "largest of a bag by rows, bags empty or of padding", model: "largest_bags", rules: byRows,
      compare: ofLargest, tolerance: 1e-6, isFused: false, leastParts: 3, shards: 2),
    .init(
      name: "unnamed nodes", model: "transformer", dimensions: steps, compare: ["--limit", "ids=500"],
      leastParts: 2),
    .init(
      name: "a transformer in three", model: "layers", dimensions: steps,
      pins: [(["layer0/*"], "card0"), (["layer1/*"], "card1"), (["layer2/*"], "card2")],
      compare: ["--limit", "ids=500"], leastParts: 4),
    .init(
      name: "teams, a transformer by heads and columns", model: "layers", dimensions: steps, plan: teams,
      compare: ["--limit", "ids=500"], tolerance: 1e-5, leastParts: 8),
    .init(
      name: "teams of four, heads packed in a view", model: "packed_view",
      plan: [
        "--cut", "4", "--cut-by", "weights", "--cards", "4", "--system", "h100-sxm", "--objective", "latency",
      ], tolerance: 1e-5,
      leastParts: 8),
    .init(
      name: "teams, heads packed side by side", model: "packed_split", plan: teams, tolerance: 1e-5,
      leastParts: 4),
    .init(
      name: "teams, heads joined with the batch", model: "packed_batch", plan: teams, tolerance: 1e-5,
      leastParts: 4),
    .init(
      name: "copies of teams, heads packed side by side", model: "packed_split",
      plan: ["--cut", "2", "--cut-by", "weights", "--cards", "4", "--system", "h100-sxm"], tolerance: 1e-5,
      leastParts: 4),
    .init(
      name: "a batch shared out, a transformer", model: "layers", dimensions: steps, plan: shared,
      compare: ["--limit", "ids=500"], isFused: false, leastParts: 3),
    .init(
      name: "a batch shared out, groups of heads", model: "grouped_heads", plan: shared, isFused: false,
      leastParts: 3),
    .init(
      name: "a batch shared out, tables", model: "recommendation", plan: shared, compare: ids, isFused: false,
      leastParts: 3),
    .init(
      name: "a batch shared out, convolutions", model: "channels", plan: shared, isFused: false, leastParts: 3
    ),
    .init(
      name: "a batch shared out, heads packed in a view", model: "packed_view", plan: shared, isFused: false,
      leastParts: 3),
    .init(
      name: "a batch shared out, an input handed on", model: "gates_and_an_input", plan: shared,
      isFused: false,
      leastParts: 2),
    .init(
      name: "teams, gates cut out of one product", model: "gates", plan: teams, tolerance: 1e-5, leastParts: 4
    ),
    .init(
      name: "teams, gates in an older operator set", model: "older_gates", plan: teams, tolerance: 1e-5,
      leastParts: 4),
    .init(
      name: "copies of teams beside what a group has once", model: "channels",
      plan: [
        "--cut", "2", "--cut-by", "weights", "--cards", "4", "--system", "h100-sxm", "--objective", "latency",
        "--gap", "0",
      ], tolerance: 1e-5, leastParts: 4),
    .init(
      name: "teams, groups of heads", model: "grouped_heads", plan: teams, tolerance: 1e-5, isFused: false,
      leastParts: 4),
    .init(
      name: "teams, a bias in a sum of terms", model: "gemms", plan: teams, tolerance: 1e-5, leastParts: 4),
    .init(
      name: "teams, weights in blocks", model: "blocks", plan: teams, tolerance: 1e-5, isFused: false,
      leastParts: 4),
    .init(
      name: "teams, channels that a Softmax is over", model: "light_squeezenet", plan: teams, tolerance: 1e-4,
      isFused: false, leastParts: 3),
    .init(
      name: "teams, a bias in a sum of terms in an older operator set", model: "light_bvlc_alexnet",
      plan: teams,
      tolerance: 1e-4, isFused: false, leastParts: 4),
    .init(
      name: "teams, functions", model: "functions", plan: teams, tolerance: 1e-5, leastParts: 4),
    .init(
      name: "teams, mixtures of experts", model: "mixture", plan: teams, tolerance: 1e-5, leastParts: 10),
    .init(
      name: "teams of four, mixtures of experts", model: "mixture",
      plan: [
        "--cut", "4", "--cut-by", "weights", "--cards", "4", "--system", "h100-sxm", "--objective", "latency",
      ], tolerance: 1e-5, leastParts: 20),
    .init(
      name: "teams, an older operator set", model: "light_shufflenet", plan: teams, tolerance: 1e-4,
      isFused: false, leastParts: 3),
    .init(
      name: "teams, channels", model: "channels", plan: teams, tolerance: 1e-5, leastParts: 4),
    .init(
      name: "recurrent", model: "recurrent", pins: [(["lstm"], "card0"), (["head"], "host")], leastParts: 2),
    .init(
      name: "from JSON", model: "recurrent_as_json", pins: [(["lstm"], "card0"), (["head"], "host")],
      leastParts: 2),
    .init(
      name: "If and Loop", model: "branches", pins: [(["first"], "card0"), (["last"], "card1")], leastParts: 3
    ),
    .init(
      name: "functions", model: "functions",
      pins: [(["Block_0/*", "Block_1/*"], "card0"), (["Block_2/*", "Block_3/*"], "card1")], leastParts: 2),
    .init(
      name: "quantised weights", model: "quantised",
      pins: [(["product0"], "card0"), (["product1"], "host"), (["product2"], "card1")], isFused: false,
      leastParts: 3),
    .init(name: "constant outputs", model: "constants"),
    .init(
      name: "another batch", model: "one_item", plan: ["--batch", "4"],
      pins: [(["convolution"], "card0"), (["gru"], "card1"), (["head"], "host")], leastParts: 3),
    .init(
      name: "another batch over teams", model: "gemms", plan: teams + ["--batch", "6"], tolerance: 1e-5,
      leastParts: 4),
    .init(
      name: "another batch of tables", model: "recommendation", plan: ["--batch", "24"], rules: byRows,
      compare: ids, tolerance: 1e-5, leastParts: 4, shards: 2),
    .init(
      name: "another batch in attributes", model: "sized_by_attributes", plan: ["--batch", "8"],
      pins: [(["product"], "card0")]),
    .init(
      name: "inputs in other forms", model: "ranking",
      plan: ["--input", "user=shared", "--input", "pixels=uint8"],
      pins: [(["user.received", "hidden"], "card0"), (["choice"], "host"), (["head"], "card1")],
      leastParts: 3),
    .init(
      name: "pixels for another batch", model: "one_item", plan: ["--batch", "4", "--input", "x=uint8"],
      pins: [(["x.received"], "card0"), (["convolution"], "card1")], leastParts: 2),
    .init(
      name: "a large table in an attribute", model: "encoded", pins: [(["product"], "card0")], leastParts: 2),
    .init(
      name: "typed fields", model: "typed", pins: [(["first"], "card0"), (["second"], "host")], leastParts: 2),
  ]

  /// Models of other people, from packages.
  static let realCases: [Case] = [
    ("ch_PP-OCRv4_det_infer", (0..<3).map { "p2o.DynamicDimension.\($0)=\($0 == 0 ? 1 : 64)" }),
    ("ch_PP-OCRv4_rec_infer", ["p2o.DynamicDimension.0=1", "x:2=48", "p2o.DynamicDimension.1=64"]),
    ("ch_ppocr_mobile_v2.0_cls_infer", ["x:0=1", "x:2=48", "x:3=192"]),
    ("silero_vad", ["input:0=1", "input:1=512", "state:1=1"]),
    ("silero_vad_16k_op15", ["batch=1", "sequence=512"]), ("silero_vad_half", ["batch=1", "sequence=512"]),
    ("silero_vad_op18_ifless", ["batch=1", "sequence=512"]),
    ("silero_vad_16k_sequence", ["sequence_length=1"]),
    ("silero_vad_openvino_16k", []), ("magika", ["unk__214=1"]), ("light_resnet50", []),
    ("light_shufflenet", []),
    ("light_densenet121", []), ("logreg_iris", []),
  ].map {
    .init(
      name: $0.0, model: $0.0, dimensions: $0.1, isPipeline: true, compare: ["--value", "sr=16000"],
      isFused: $0.0 != "silero_vad")
  }

  private struct Manifest: Decodable {
    struct Table: Decodable { var name: String, rows: Int, columns: Int, stored: String }
    struct Part: Decodable {
      var file: String, weights: String?, weightBytes: Int, device: String, devices: [String],
        inputs: [String],
        outputs: [String]
      var tables: [Table]
    }
    struct Tensor: Decodable { var shape: [Int]?, type: String?, bytes: Int? }
    var parts: [Part], tensors: [String: Tensor], inputs: [String], outputs: [String], losses: [String]
  }

  private static func file(of test: Case) throws -> String {
    try TestPython.model(test.model + (test.model.hasSuffix("_as_json") ? ".json" : ".onnx"))
  }

  /// Plans a model and writes its parts to `parts`.
  private static func exported(_ test: Case, in folder: TemporaryFolder) throws -> Manifest {
    var rules = test.rules
    for pin in test.pins { rules.append(Self.pin(pin.units, pin.device)) }
    let dimensions = test.dimensions.flatMap { ["--dim", $0] }
    if !test.skewed.isEmpty {
      let curves = test.skewed.map { "\"\($0)\": [[0.1, 0.9], [0.5, 0.99]]" }
      _ = try folder.write("{\(curves.joined(separator: ", "))}", to: "skew.json")
    }
    let plan =
      ["plan", try file(of: test), "--effort", "0.1"]
      + (test.plan.contains("--cards") ? [] : ["--cards", "3"]) + dimensions + test.plan
    if test.isPipeline {
      let planned = try Command.run(plan, in: folder)
      try #require(planned.status == 0, "\(planned.errors)")
      rules += try threeOperators(in: folder)
    }
    if !rules.isEmpty {
      _ = try folder.write(
        "{\"format\": \"placement-rules\", \"version\": 1, \"rules\": [\(rules.joined(separator: ", "))]}",
        to: "rules.json")
    }
    let planned = try Command.run(
      plan + ["--force"] + (rules.isEmpty ? [] : ["--constraints", "rules.json"]), in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let written = try Command.run(["export", "plan.json", "-o", "parts"] + test.export, in: folder)
    try #require(written.status == 0, "\(written.errors)")
    return try manifest(in: folder)
  }

  private static func manifest(in folder: TemporaryFolder) throws -> Manifest {
    let text = try Command.read("parts/manifest.json", in: folder)
    let place = Command.package.appendingPathComponent("solver/schema/parts.schema.json")
    #expect(try JSONSchema(String(contentsOf: place, encoding: .utf8)).problems(in: text) == [])
    return try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
  }

  private static func pin(_ units: [String], _ device: String) -> String {
    "{\"kind\": \"pin\", \"units\": [\(units.map { "\"\($0)\"" }.joined(separator: ", "))], \"devices\": [\"\(device)\"]}"
  }

  private struct Plan: Decodable {
    struct Entry: Decodable { var site: String, operators: [String] }
    var partitions: [Entry]
  }

  /// Rules that put one operator of each third of those on cards on a card of its own.
  private static func threeOperators(in folder: TemporaryFolder) throws -> [String] {
    let plan = try JSONDecoder().decode(Plan.self, from: Data(Command.read("plan.json", in: folder).utf8))
    let names = plan.partitions.filter { $0.site != "host" }.flatMap(\.operators)
    guard names.count > 8 else { return [] }
    return (0..<3).map { pin([names[(2 * $0 + 1) * names.count / 6]], "card\($0)") }
  }

  private static func compare(_ test: Case, in folder: TemporaryFolder, _ options: [String]) throws
    -> ProgramResult
  {
    let model = try file(of: test).replacingOccurrences(of: ".json", with: ".onnx")
    return try TestPython.run(
      "equal.py",
      [model, folder.path("parts")] + test.compare + test.dimensions.flatMap { ["--dim", $0] } + options)
  }

  @Test(arguments: cases + realCases) func thePartsComputeWhatTheWholeDoes(test: Case) throws {
    let folder = try TemporaryFolder()
    let manifest = try Self.exported(test, in: folder)
    #expect(manifest.parts.count >= test.leastParts, "\(manifest.parts.map(\.device))")
    #expect(manifest.parts.allSatisfy { $0.devices.first == $0.device })
    if test.shards > 1 {
      let tables = manifest.parts.flatMap(\.tables)
      let first = tables.first { test.skewed.isEmpty || test.skewed.contains($0.name) }
      #expect(tables.count(where: { $0.name == first?.name }) == test.shards)
    }
    let fused = test.isFused ? ["--fused-tolerance", "\(max(1e-5, test.tolerance))"] : []
    let same = try Self.compare(test, in: folder, ["--tolerance", "\(test.tolerance)"] + fused)
    #expect(same.status == 0, "\(same.output)\(same.errors)")
  }

  /// What shards hand on of a maximum is a row a bag, as the plan counts, and not the rows that it is of.
  @Test func shardsOfMaximaHandOnMaxima() throws {
    let folder = try TemporaryFolder()
    let test = try #require(Self.cases.first { $0.name == "maxima by rows" })
    let manifest = try Self.exported(test, in: folder)
    #expect(manifest.tensors["bags_0/shard0"]?.shape == [8, 32])
    #expect(manifest.tensors["rows_0/shard0"] == nil)
  }

  /// Bags that are long enough are looked up by a shard's own ids alone.
  @Test func shardsOfLongBagsLookUpTheirOwnIdsAlone() throws {
    let folder = try TemporaryFolder()
    for (name, word, isPacked) in [
      ("long bags by rows, indices of both signs", "NonZero", true),
      ("tables by rows, indices of both signs", "NonZero", false),
      ("long bags in loops by rows, indices of both signs", "Compress", true),
      ("maxima of long bags by rows", "NonZero", true),
      ("maxima in loops of which one shard has none", "Compress", true),
      ("bags in loops by rows", "Compress", false),
    ] {
      let test = try #require(Self.cases.first { $0.name == name })
      _ = try Self.exported(test, in: folder)
      let parts = try FileManager.default.contentsOfDirectory(atPath: folder.path("parts"))
      let packs = try parts.contains { file in
        try Data(contentsOf: URL(fileURLWithPath: folder.path("parts/" + file))).range(
          of: Data(word.utf8)) != nil
      }
      #expect(packs == isPacked, "\(name)")
    }
  }

  /// The largest of rows with weights is none of what shards have, as weights may be below 0.
  @Test func rowsOfAWeighedLargestAreRefusedForWhatTheyAre() throws {
    let folder = try TemporaryFolder()
    let test = Case(name: "largest", model: "largest_of_weighed", rules: Self.byRows)
    _ = try folder.write(
      "{\"format\": \"placement-rules\", \"version\": 1, \"rules\": [\(Self.byRows.joined(separator: ", "))]}",
      to: "rules.json")
    let planned = try Command.run(
      ["plan", try Self.file(of: test), "--cards", "3", "--effort", "0.1", "--constraints", "rules.json"],
      in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let refused = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains(
        "'bag_weighed' takes the largest of rows with weights, which may be negative"),
      "\(refused.errors)")
    #expect(!refused.errors.contains("table_largest"), "\(refused.errors)")
  }

  /// What is hot is a number of rows; what that leaves open is said, and so is what cannot be had.
  @Test func tablesSplitByHeatSayWhatTheyTakeForHot() throws {
    let folder = try TemporaryFolder()
    let test = try #require(Self.cases.first { $0.name.hasPrefix("hot rows on every card") })
    let manifest = try Self.exported(test, in: folder)
    #expect(manifest.losses.contains { $0.hasPrefix("6 tables are split by how often rows are looked up") })
    let pieces = manifest.parts.flatMap(\.tables).filter { $0.name == "table_0" }
    #expect(pieces.map(\.rows).reduce(0, +) == 12_000)
    for format in ["torchrec", "hugectr", "openvino", "glow"] {
      let refused = try Command.run(["export", "plan.json", "--to", format, "-o", "-"], in: folder)
      #expect(refused.status == 65)
      #expect(refused.errors.contains("plan with --no-heat-split, or export parts"), "\(refused.errors)")
    }
    #expect(
      try Command.run(["export", "plan.json", "--to", "triton", "-o", "repository"], in: folder).status == 0)

    let largest = Case(
      name: "largest", model: "largest_of_weighed", plan: Self.byHeat, rules: Self.hotOnCards,
      skewed: ["table_sum", "table_weighed"])
    _ = try folder.write(
      "{\"format\": \"placement-rules\", \"version\": 1, \"rules\": [\(Self.hotOnCards.joined(separator: ", "))]}",
      to: "rules.json")
    _ = try folder.write("{\"table_sum\": [[0.1, 0.9]], \"table_weighed\": [[0.1, 0.9]]}", to: "skew.json")
    let planned = try Command.run(
      ["plan", try Self.file(of: largest), "--cards", "2", "--effort", "0.1", "--constraints", "rules.json"]
        + ["-o", "largest.json", "--no-cut", "--skew", "skew.json", "--set", "card.dramGigabytes=1.0003"],
      in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let refused = try Command.run(["export", "largest.json", "-o", "largest"], in: folder)
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains(
        "table 'table_weighed': is split by how often its rows are looked up, but its look-up 'bag_weighed.hot'"
      )
        && refused.errors.contains("plan again with --no-heat-split"), "\(refused.errors)")
  }

  /// Parts of a team's cards name those cards; what the format has no word for says so.
  @Test func partsOfTeamsAreOnTheirCards() throws {
    let folder = try TemporaryFolder()
    let test = try #require(Self.cases.first { $0.name.hasPrefix("copies of teams") })
    let manifest = try Self.exported(test, in: folder)
    let devices = Set(manifest.parts.map(\.devices))
    #expect(
      devices.isSubset(of: [["host"], ["card0", "card2"], ["card1", "card3"]]) && devices.count >= 2,
      "\(devices)")
    // Half of the weights are on each card, but for what every card has.
    let ranks = [0, 1].map { rank in
      manifest.parts.filter { $0.device == "card\(rank)" }.reduce(0) { $0 + $1.weightBytes }
    }
    #expect(ranks[0] == ranks[1] && ranks[0] > 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("parts/teams.tmp")))
    #expect(
      try Command.run(["export", "plan.json", "--to", "triton", "-o", "repository"], in: folder).status == 0)
    let refused = try Command.run(["export", "plan.json", "--to", "glow", "-o", "-"], in: folder)
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains("glow: places whole nodes, and the plan cuts operators over teams of 2 cards"),
      "\(refused.errors)")
  }

  /// What is on every team is on all of its cards, and so is what each group of teams has once.
  @Test func copiesOfTeamsBesideWhatAGroupHasOnce() throws {
    let folder = try TemporaryFolder()
    let test = try #require(Self.cases.first { $0.name == "copies of teams beside what a group has once" })
    let manifest = try Self.exported(test, in: folder)
    let plan = try JSONDecoder().decode(Plan.self, from: Data(Command.read("plan.json", in: folder).utf8))
    #expect(Set(plan.partitions.map(\.site)).isSuperset(of: ["every card", "card0-card1"]))
    #expect(
      Set(manifest.parts.map(\.devices)) == [["card0", "card2"], ["card1", "card3"], ["host"]],
      "\(manifest.parts.map(\.devices))")
  }

  @Test func aSliceThatIsOffByOneRowIsFound() throws {
    let folder = try TemporaryFolder()
    let test = try #require(Self.cases.first { $0.name == "tables by columns" })
    let manifest = try Self.exported(test, in: folder)
    let part = try #require(manifest.parts.first { $0.tables.contains { $0.name == "table_0" } })
    let weights = folder.path("parts/" + (try #require(part.weights)))
    let row = 4 * (try #require(part.tables.first).columns)
    let data = try Data(contentsOf: URL(fileURLWithPath: weights))
    try (data.dropFirst(row) + data.prefix(row)).write(to: URL(fileURLWithPath: weights))
    #expect(try Self.compare(test, in: folder, ["--tolerance", "1e-3"]).status == 1)
  }

  @Test func theManifestSaysWhatTablesAreStoredIn() throws {
    let folder = try TemporaryFolder()
    let test = try #require(Self.cases.first { $0.name == "int8, weights beside the model" })
    let manifest = try Self.exported(test, in: folder)
    #expect(manifest.parts.flatMap(\.tables).map(\.stored) == ["int8", "int8"])
    // Two tables of 12,000 rows of 32 codes and two half-precision numbers.
    let bytes = try manifest.parts.reduce(0) { sum, part in
      let path = part.weights.map { folder.path("parts/" + $0) }
      return sum
        + (try path.map { try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0 } ?? 0)
    }
    #expect((864_000..<900_000).contains(bytes), "\(bytes)")
    #expect(manifest.tensors["score"]?.bytes == 32)
    #expect(manifest.losses.contains { $0.hasPrefix("matrix products on cards") })
  }

  // MARK: What is written where

  private static let small = Case(name: "small", model: "beside")

  @Test func aFolderOfSomethingElseIsLeftAsItWas() throws {
    let folder = try TemporaryFolder()
    _ = try Self.exported(Self.small, in: folder)
    // Older parts are replaced.
    #expect(try Command.run(["export", "plan.json", "-o", "parts"], in: folder).status == 0)
    _ = try folder.write("mine", to: "parts/notes.txt")
    let refused = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    #expect(refused.status == 73)
    #expect(
      refused.errors.contains("parts: is there and holds something else than parts"), "\(refused.errors)")
    #expect(try Command.read("parts/notes.txt", in: folder) == "mine")
    #expect(try Command.run(["export", "plan.json", "-o", "parts", "--force"], in: folder).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("parts/notes.txt")))
    for place in ["none/parts", ".", "plan.json", "-"] {
      #expect(try Command.run(["export", "plan.json", "-o", place], in: folder).status == 73, "\(place)")
    }
  }

  @Test func weightsThatAreMissingLeaveNothingBehind() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    #expect(result.status == 66)
    #expect(result.errors.contains("the model has no values of it"), "\(result.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(Set(names) == ["plan.json", "recommendation.json", "perceptron.json"])
  }

  @Test func weightsOutsideTheModelsFolderNeedAWord() throws {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.path("model"), withIntermediateDirectories: false)
    try manager.copyItem(atPath: TestPython.model("beside.onnx"), toPath: folder.path("model/beside.onnx"))
    try manager.copyItem(atPath: TestPython.model("beside.data"), toPath: folder.path("elsewhere"))
    try manager.createSymbolicLink(
      atPath: folder.path("model/beside.data"), withDestinationPath: folder.path("elsewhere"))
    let planned = try Command.run(["plan", "model/beside.onnx", "--effort", "0.1"], in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let refused = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("lies outside the model's folder"), "\(refused.errors)")
    #expect(
      try Command.run(["export", "plan.json", "-o", "parts", "--allow-outside"], in: folder).status == 0)
  }

  /// Whether a file is there outside is not told either.
  @Test(arguments: ["../else.bin", "../none.bin", "/etc/passwd"]) func weightsDoNotLeaveTheModelsFolder(
    _ location: String
  ) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path("model"), withIntermediateDirectories: false)
    var model = try Data(contentsOf: URL(fileURLWithPath: TestPython.model("beside.onnx")))
    let (old, new) = (Data("beside.data".utf8), Data(location.utf8))
    try #require(old.count == new.count)
    while let range = model.range(of: old) { model.replaceSubrange(range, with: new) }
    try model.write(to: URL(fileURLWithPath: folder.path("model/beside.onnx")))
    try FileManager.default.copyItem(
      atPath: TestPython.model("beside.data"), toPath: folder.path("else.bin"))
    let planned = try Command.run(["plan", "model/beside.onnx", "--effort", "0.1"], in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let refused = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("lies outside the model's folder"), "\(refused.errors)")
  }

  /// What names nodes and inputs of the file has no word for what receives them in another form.
  @Test func formatsThatNameNodesTakeNoOtherInputs() throws {
    let folder = try TemporaryFolder()
    let planned = try Command.run(
      ["plan", TestPython.model("ranking.onnx"), "--input", "user=shared", "--effort", "0.1"], in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let refused = try Command.run(["export", "plan.json", "--to", "openvino", "-o", "-"], in: folder)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("openvino: names what is in the model's file"), "\(refused.errors)")
    #expect(
      try Command.run(["export", "plan.json", "--to", "onnx-devices", "-o", "annotated"], in: folder).status
        == 0)
    // Where the file has one item, nothing of it says which of several are sent once.
    let longer = try Command.run(
      [
        "plan", TestPython.model("one_item.onnx"), "--batch", "4", "--input", "x=shared", "--effort", "0.1",
        "-o", "longer.json",
      ], in: folder)
    try #require(longer.status == 0, "\(longer.errors)")
    let other = try Command.run(["export", "longer.json", "-o", "longer"], in: folder)
    #expect(other.status == 65)
    #expect(other.errors.contains("input 'x': is sent once for all items"), "\(other.errors)")
  }

  @Test func aPlanForAnotherBatchSaysSo() throws {
    let folder = try TemporaryFolder()
    let planned = try Command.run(
      ["plan", TestPython.model("bags_in_a_loop.onnx"), "--batch", "8", "--effort", "0.1"], in: folder)
    try #require(planned.status == 0, "\(planned.errors)")
    let refused = try Command.run(["export", "plan.json", "-o", "parts"], in: folder)
    #expect(refused.status == 65)
    #expect(
      refused.errors.contains(
        "the plan is for another batch than the model is written for, and its embedding bags"),
      "\(refused.errors)")
  }
}
