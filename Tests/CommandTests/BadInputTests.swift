import Foundation
import TestSupport
import Testing

/// What is wrong with the input is said in a message with file, node and field, and in the exit code.
@Suite struct BadInputTests {
  /// One wrong call: its files, its arguments and the exit code it must have.
  struct Case: Sendable {
    var name: String
    var files: [String: String] = [:]
    var arguments: [String]
    var status: Int32
  }

  private static let perceptron = SmallModels.perceptron()

  private static func model(_ name: String, replacing old: String, with new: String) -> Case {
    Case(
      name: name, files: ["bad.json": perceptron.replacing(old, with: new)], arguments: ["plan", "bad.json"],
      status: 65)
  }

  private static let models: [Case] = [
    Case(name: "no such model", arguments: ["plan", "nowhere.onnx"], status: 66),
    Case(name: "a folder for a model", arguments: ["plan", "."], status: 66),
    Case(
      name: "garbage", files: ["bad.onnx": "\u{1}\u{2} not a protobuf"], arguments: ["plan", "bad.onnx"],
      status: 65),
    Case(name: "empty file", files: ["bad.onnx": ""], arguments: ["plan", "bad.onnx"], status: 65),
    Case(
      name: "cut off", files: ["bad.json": String(perceptron.prefix(400))], arguments: ["plan", "bad.json"],
      status: 65),
    Case(
      name: "JSON that is not ONNX", files: ["bad.json": "{\"a\": [1, 2]}"], arguments: ["plan", "bad.json"],
      status: 65),
    model("cycle", replacing: "[\"x\", \"w1\", \"b1\"]", with: "[\"y\", \"w1\", \"b1\"]"),
    model("missing input tensor", replacing: "\"input\": [\"h\"]", with: "\"input\": [\"nothing\"]"),
    model("duplicate output", replacing: "\"output\": [\"r\"]", with: "\"output\": [\"h\"]"),
    model(
      "negative dimension", replacing: "\"dims\": [\"64\", \"128\"]", with: "\"dims\": [\"-64\", \"128\"]"),
    model(
      "overflowing dimension", replacing: "\"dims\": [\"64\", \"128\"]",
      with: "\"dims\": [\"4611686018427387904\", \"4611686018427387904\"]"),
    model("zero in a shape", replacing: "\"dims\": [\"64\", \"128\"]", with: "\"dims\": [\"64\", \"0\"]"),
    Case(
      name: "unbound dimension", files: ["bad.json": SmallModels.perceptron(isDynamic: true)],
      arguments: ["plan", "bad.json"], status: 64),
    Case(
      name: "dimension without a size", arguments: ["plan", "perceptron.json", "--dim", "batch="], status: 64),
    Case(
      name: "negative size", arguments: ["plan", "perceptron.json", "--dim", "batch=-2"], status: 64),
    Case(
      name: "dimension given twice",
      arguments: ["plan", "perceptron.json", "--dim", "batch=2", "--batch", "3"], status: 64),
  ]

  private static func system(_ name: String, _ text: String, status: Int32 = 65) -> Case {
    Case(
      name: name, files: ["system.json": text],
      arguments: ["plan", "perceptron.json", "--system", "./system.json"],
      status: status)
  }

  private static let systems: [Case] = [
    Case(name: "unknown system", arguments: ["plan", "perceptron.json", "--system", "abacus"], status: 64),
    Case(
      name: "no such system file", arguments: ["plan", "perceptron.json", "--system", "./nowhere.json"],
      status: 66),
    Case(name: "fewer cards than none", arguments: ["plan", "perceptron.json", "--cards", "-1"], status: 64),
    Case(name: "too many cards", arguments: ["plan", "perceptron.json", "--cards", "1025"], status: 64),
    Case(
      name: "cards are not a number", arguments: ["plan", "perceptron.json", "--cards", "six"], status: 64),
    system("system is not JSON", "cards: 6"),
    system(
      "unknown card", #"{"name": "s", "host": "twin-lakes", "cards": [{"card": "abacus", "count": 2}]}"#),
    system(
      "negative figure in a system",
      #"{"name": "s", "host": "twin-lakes", "cards": [{"card": "t4", "count": 2}], "uplinkGigabytesPerSecond": -1}"#
    ),
  ]

  private static let options: [Case] = [
    Case(name: "no arguments", arguments: ["plan"], status: 64),
    Case(name: "unknown command", arguments: ["plam"], status: 64),
    Case(name: "gap is NaN", arguments: ["plan", "perceptron.json", "--gap", "nan"], status: 64),
    Case(name: "gap of 1", arguments: ["plan", "perceptron.json", "--gap", "1"], status: 64),
    Case(
      name: "negative time limit", arguments: ["plan", "perceptron.json", "--time-limit", "-1"], status: 64),
    Case(name: "no time", arguments: ["plan", "perceptron.json", "--time-limit", "0s"], status: 64),
    Case(
      name: "budget of no time", arguments: ["plan", "perceptron.json", "--latency-budget", "soon"],
      status: 64),
    Case(
      name: "option given twice", arguments: ["plan", "perceptron.json", "--cards", "2", "--cards=3"],
      status: 64),
    Case(
      name: "nothing to replace", arguments: ["plan", "perceptron.json", "--json", "-f"], status: 64),
    Case(
      name: "two outputs in one place", arguments: ["plan", "perceptron.json", "--dot", "plan.json"],
      status: 64),
    Case(
      name: "two outputs to standard output", arguments: ["plan", "perceptron.json", "--json", "--dot", "-"],
      status: 64),
    Case(
      name: "the model as output", arguments: ["plan", "perceptron.json", "-o", "./perceptron.json", "-f"],
      status: 64),
    Case(
      name: "standard input twice", arguments: ["plan", "-", "--start", "-"], status: 64),
    Case(
      name: "output is another file", files: ["notes.txt": "mine"],
      arguments: ["plan", "perceptron.json", "-o", "notes.txt"], status: 73),
    Case(
      name: "drawing is another file", files: ["notes.txt": "mine"],
      arguments: ["plan", "perceptron.json", "--dot", "notes.txt"], status: 73),
    Case(name: "negative budget", arguments: ["plan", "perceptron.json", "--latency-budget=-5"], status: 64),
    Case(
      name: "unknown precision", arguments: ["plan", "perceptron.json", "--table-precision", "int7"],
      status: 64),
    Case(
      name: "precision twice", arguments: ["plan", "perceptron.json", "--table-precision", "int8,int8"],
      status: 64),
    Case(name: "no threads", arguments: ["plan", "perceptron.json", "--threads", "0"], status: 64),
    Case(name: "nothing in flight", arguments: ["plan", "perceptron.json", "--in-flight", "0"], status: 64),
    Case(
      name: "output in no folder", arguments: ["plan", "perceptron.json", "-o", "nowhere/plan.json"],
      status: 73),
    Case(name: "output is a folder", arguments: ["plan", "perceptron.json", "-o", "."], status: 73),
    Case(
      name: "budget that cannot be met", arguments: ["plan", "perceptron.json", "--latency-budget", "1e-9"],
      status: 2),
  ]

  private static let problems: [Case] = [
    Case(name: "no such problem", arguments: ["solve", "nowhere.json"], status: 66),
    Case(
      name: "problem is not JSON", files: ["p.json": "units"], arguments: ["solve", "p.json"], status: 65),
    Case(
      name: "problem of no known format", files: ["p.json": "{}"], arguments: ["solve", "p.json"], status: 65),
    Case(
      name: "negative load",
      files: ["p.json": #"{"instance": "i", "devices": 1, "hbm_caps": [-1], "tables": {}}"#],
      arguments: ["solve", "p.json"], status: 65),
    Case(
      name: "tables of one name",
      files: [
        "p.json":
          #"{"instance": "i", "devices": 1, "hbm_caps": [9], "tables": {"t": [], "u": [], "t": [], "u": []}}"#
      ], arguments: ["solve", "p.json"], status: 65),
    Case(
      name: "pieces of tables",
      files: ["p.json": #"{"instance": "i", "devices": 1, "hbm_caps": [9], "tables": {}}"#],
      arguments: ["solve", "p.json", "--contiguous"], status: 64),
    Case(
      name: "edge to nowhere",
      files: [
        "p.json": """
        {"maxSizePerFPGA": 1e30, "maxFPGAs": 1, "maxCPUs": 1, "nodes": [{"id": 1, "supportedOnFpga": 1, "cpuLatency": -1,
        "fpgaLatency": 1, "size": 1}], "edges": [{"sourceId": 1, "destId": 5, "cost": 1}]}
        """
      ], arguments: ["solve", "p.json"], status: 65),
  ]

  @Test func everyCaseSaysWhatAndWhere() throws {
    var transcript = ""
    for entry in Self.models + Self.systems + Self.options + Self.problems {
      let folder = try Command.folder()
      for (name, text) in entry.files { _ = try folder.write(text, to: name) }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
      let result = try Command.run(entry.arguments, in: folder)
      #expect(result.status == entry.status, "\(entry.name): \(result.status) \(result.errors)")
      #expect(result.errors.lowercased().hasPrefix("error: "), "\(entry.name): \(result.errors)")
      #expect(result.output == "", "\(entry.name)")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == files,
        "\(entry.name)")
      transcript += "# \(entry.name)\n$ partition \(entry.arguments.joined(separator: " "))\n\(result.errors)"
      transcript += "exit code \(result.status)\n\n"
    }
    #expect(snapshotDifference(transcript, named: "bad-input.txt") == nil)
  }

  @Test func badPlansAndLoads() throws {
    let folder = try Command.plannedFolder()
    let plan = try Command.read("plan.json", in: folder)
    let plans: [(name: String, text: String, status: Int32)] = [
      ("newer version", plan.replacing("\"version\" : 1", with: "\"version\" : 2"), 65),
      ("not a plan", "{}", 65),
      ("not JSON", "plan", 65),
      ("cut off", String(plan.prefix(plan.count / 2)), 65),
      ("negative figure", plan.replacing("\"requestsInFlight\" : 2", with: "\"requestsInFlight\" : -2"), 3),
      (
        "overflowing figure", plan.replacing("\"firstRow\" : 0", with: "\"firstRow\" : 4611686018427387904"),
        3
      ),
      ("figure beyond all integers", plan.replacing("\"firstRow\" : 0", with: "\"firstRow\" : 1e300"), 65),
      ("not a number", plan.replacing("\"firstRow\" : 0", with: "\"firstRow\" : NaN"), 65),
      ("missing table", plan.replacing("\"name\" : \"table_3\"", with: "\"name\" : \"table_33\""), 3),
      ("unknown card", plan.replacing("\"site\" : \"every card\"", with: "\"site\" : \"card7\""), 3),
    ]
    var transcript = ""
    for (name, text, status) in plans {
      try #require(text != plan, "\(name) changes nothing")
      _ = try folder.write(text, to: "bad.json")
      let result = try Command.run(["check", "bad.json"], in: folder)
      #expect(result.status == status, "\(name): \(result.status) \(result.errors)")
      #expect(result.errors.hasPrefix("error: "), "\(name): \(result.errors)")
      transcript += "# \(name)\n\(result.errors)exit code \(result.status)\n\n"
    }
    _ = try folder.write("2.5\n1.0\n", to: "unsorted.csv")
    _ = try folder.write("", to: "empty.csv")
    let loads: [(arguments: [String], status: Int32)] = [
      (["--rate", "0"], 64), (["--rate=-1"], 64), (["--rate", "nan"], 64), (["--clients", "0"], 64),
      (["--rate", "10", "--clients", "2"], 64), (["--pattern", "bursty"], 64), (["--requests", "0"], 64),
      (["--rate", "1", "--fail", "card1"], 64), (["--slo", "soon"], 64),
      (["--slo", "1s", "--clients", "2"], 64),
      (["--arrivals", "nowhere.csv"], 66), (["--arrivals", "unsorted.csv"], 65),
      (["--arrivals", "empty.csv"], 65),
      (["--trace", "nowhere/trace.json", "--requests", "100"], 73),
      (["--trace", "unsorted.csv"], 73), (["--timeline", "plan.json", "-f"], 64),
      (["--trace", "recommendation.json", "-f"], 64),
      (["--slo", "0.5"], 64), (["--slo", "1s", "--percentile", "0.99"], 64), (["--percentile", "99"], 64),
      (["--slo", "1s", "--rate", "5"], 64), (["--pattern", "constant"], 64),
      (["--clients", "2", "--think", "1"], 64),
      (["--requests", "9", "--arrivals", "unsorted.csv"], 64), (["--window", "8:5"], 64),
      (["--rate", "1", "--fail", "card1@t=2"], 64),
      (["--rate", "1", "--fail", "card1@t=1s", "--fail", "card1@t=2s"], 64),
      (["--availability", "99.9"], 64), (["--availability", "-1"], 64),
      (["--lookups", "fixed", "--lookups", "poisson"], 64),
      (["--model", "nowhere.json"], 66), (["--model", "perceptron.json"], 3),
    ]
    for (arguments, status) in loads {
      let result = try Command.run(["simulate", "plan.json"] + arguments, in: folder)
      #expect(result.status == status, "\(arguments): \(result.status) \(result.errors)")
      #expect(result.errors.lowercased().hasPrefix("error: "), "\(arguments): \(result.errors)")
      transcript += "$ partition simulate plan.json \(arguments.joined(separator: " "))\n\(result.errors)"
      transcript += "exit code \(result.status)\n\n"
    }
    #expect(snapshotDifference(transcript, named: "bad-plans-and-loads.txt") == nil)
  }

  @Test func aTableLargerThanAllMemoryIsExplained() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(SmallModels.recommendation(tables: 2, rows: 9_000_000_000), to: "huge.json")
    let result = try Command.run(["plan", "huge.json", "--cards", "2"], in: folder)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(snapshotDifference(result.errors, named: "huge-table.txt") == nil)
  }

  /// A value or a system that is mistyped is told with the one that is meant.
  @Test(arguments: [
    (["plan", "perceptron.json", "--objective", "latncy"], "Did you mean 'latency'?"),
    (["plan", "perceptron.json", "--precision", "fp15"], "Did you mean 'fp16'?"),
    (["export", "plan.json", "--to", "trition", "-o", "x"], "Did you mean 'triton'?"),
    (["systems", "h1000"], "did you mean h100?"),
  ])
  func mistypedValuesAreToldWithWhatIsMeant(arguments: [String], words: String) throws {
    let result = try Command.run(arguments, in: TemporaryFolder())
    #expect(result.status == 64)
    #expect(result.errors.contains(words), "\(result.errors)")
    let far = try Command.run(["plan", "perceptron.json", "--objective", "something"], in: TemporaryFolder())
    #expect(far.status == 64 && !far.errors.contains("Did you mean"))
  }
}
