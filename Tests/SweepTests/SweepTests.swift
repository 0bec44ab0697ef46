import Foundation
import Partitioner
import TestSupport
import Testing

@testable import Sweep

@Suite struct SweepTests {
  /// A folder with a small sheet of tables.
  static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write("name,rows,dim,lookups\na,900000,32,4\nb,700000,32,1\nc,30000,32,2\n", to: "t.csv")
    return folder
  }

  static func question(_ folder: TemporaryFolder, batches: [SweepBatch] = [.items(8), .items(16)])
    -> SweepQuestion
  {
    var question = SweepQuestion(models: [.init(path: folder.path("t.csv"), form: .tables)])
    question.cards = [1, 2]
    question.batches = batches
    question.work = WorkBudget(effort: 0.02)
    return question
  }

  static func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func pointsAreInOrderAndTheLastAxisIsFastest() throws {
    var question = Self.question(try Self.folder())
    question.variations = [.init(path: "host.cores", values: ["4", "8"])]
    let points = try question.points()
    #expect(points.count == 8)
    #expect(points.map(\.cards) == [1, 1, 1, 1, 2, 2, 2, 2])
    #expect(points.map(\.batch.text) == ["8", "8", "16", "16", "8", "8", "16", "16"])
    #expect(
      points.map { $0.changes.map(\.value) } == Array(repeating: [["4"], ["8"]], count: 4).flatMap { $0 })
  }

  @Test func anyNumberOfThreadsAndPartsGivesTheSameBytes() throws {
    let folder = try Self.folder()
    let sweep = try Sweep(Self.question(folder))
    let outcome = try sweep.run(to: folder.path("one.csv"), threads: 1)
    #expect(outcome.isComplete && outcome.planned == 4 && outcome.found == 0)
    _ = try sweep.run(to: folder.path("four.csv"), threads: 4)
    let whole = try Self.text(folder.path("one.csv"))
    #expect(try Self.text(folder.path("four.csv")) == whole)
    #expect(whole.split(separator: "\n").count == 5)
    for number in 0..<3 {
      let part = try sweep.run(to: folder.path("p.csv"), shard: SweepShard(number: number, of: 3), threads: 1)
      #expect(part.isComplete)
    }
    #expect(try SweepMerge.join(into: folder.path("p.csv")) == 4)
    #expect(try Self.text(folder.path("p.csv")) == whole)
    #expect(throws: PartitionError.self) {
      try sweep.run(to: folder.path("p.csv"), shard: SweepShard(number: 0, of: 2), threads: 1)
    }
  }

  /// What a killed writer leaves: some lines, the last cut short.
  @Test(arguments: ["csv", "jsonl"]) func aBegunFileIsContinued(end: String) throws {
    let folder = try Self.folder()
    let sweep = try Sweep(Self.question(folder))
    let path = folder.path("out." + end)
    _ = try sweep.run(to: path, threads: 2)
    let whole = try Self.text(path)
    let lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
    let kept = lines.prefix(3).joined(separator: "\n") + "\n" + lines[3].prefix(20)
    _ = try folder.write(kept, to: "out." + end)
    let again = try sweep.run(to: path, threads: 2)
    #expect(again.found == (end == "csv" ? 2 : 3))
    #expect(try Self.text(path) == whole)
    let nothing = try sweep.run(to: path, threads: 2)
    #expect(nothing.found == 4 && nothing.isComplete)
    #expect(try Self.text(path) == whole)
  }

  @Test func otherPointsModelsAndVersionsAreRefused() throws {
    let folder = try Self.folder()
    let path = folder.path("out.csv")
    _ = try Sweep(Self.question(folder)).run(to: path, threads: 2)
    let whole = try Self.text(path)
    func refusal(_ question: SweepQuestion) -> String? {
      do {
        _ = try Sweep(question).run(to: path, threads: 1)
        return nil
      } catch { return error.kind == .unwritable ? error.problems[0] : "\(error)" }
    }
    var other = Self.question(folder)
    other.gap = 0.5
    #expect(refusal(other)?.contains("is of another settings") == true)
    #expect(
      refusal(Self.question(folder, batches: [.items(8), .items(32)]))?.contains("is of another batch")
        == true)
    _ = try folder.write(whole.replacing(",\(Sweep.programVersion),", with: ",0.0.9,"), to: "out.csv")
    #expect(refusal(Self.question(folder))?.contains("is of another version of this program") == true)
    _ = try folder.write("a,b\n1,2\n", to: "out.csv")
    #expect(refusal(Self.question(folder))?.contains("is not a sweep") == true)
    _ = try folder.write(
      "no sweep at all, without an end of line, and longer than the names of the columns would be"
        + String(repeating: " x", count: 200), to: "out.csv")
    #expect(refusal(Self.question(folder))?.contains("is not a sweep") == true)
    _ = try folder.write(whole, to: "out.csv")
    _ = try folder.write("rows,dim\n500,8\n", to: "t.csv")
    #expect(refusal(Self.question(folder))?.contains("is of another sha256") == true)
  }

  /// What is no sweep is left as it was, whether its last line has an end or not.
  @Test(arguments: ["csv", "jsonl"]) func otherFilesAreLeftAlone(end: String) throws {
    let folder = try Self.folder()
    for text in ["mine", "point,mine", "{\"poin\": 3", "mine\n", "{\"a\": 1}\n"] {
      _ = try folder.write(text, to: "out." + end)
      #expect(throws: PartitionError.self) { try SweepFile(folder.path("out." + end), expected: [:]) }
      #expect(try Self.text(folder.path("out." + end)) == text)
    }
    for text in ["", end == "csv" ? "point,poi" : "{\"point\": 3, \"mod"] {
      _ = try folder.write(text, to: "out." + end)
      _ = try SweepFile(folder.path("out." + end), expected: [:])
    }
  }

  @Test func aSecondWriterIsRefused() throws {
    let folder = try Self.folder()
    let path = folder.path("out.csv")
    let first = try SweepFile(path, expected: [:])
    #expect(throws: PartitionError.self) { try SweepFile(path, expected: [:]) }
    try first.finish()
  }

  @Test func pointsThatCannotBeAskedHaveALineToo() throws {
    let folder = try Self.folder()
    _ = try folder.write("rows,dim\n800000000,512\n", to: "t.csv")
    var question = Self.question(folder)
    question.tablePrecisions = [.int8]
    let outcome = try Sweep(question).run(to: folder.path("out.csv"), threads: 2)
    #expect(outcome.infeasible == 4 && outcome.isComplete)
    #expect(try Self.text(folder.path("out.csv")).contains(",infeasible,"))
  }

  /// The batch with most items a second, plans within budgets of error, and rates within the latency budget are points like others.
  @Test func batchesBudgetsAndRatesAreSought() throws {
    let folder = try Self.folder()
    var question = Self.question(folder, batches: [.items(4), .auto])
    question.cards = [1]
    question.accuracyBudgets = [nil, .everywhere(.int8)]
    question.tablePrecisions = [.int8, .int4]
    question.latencyBudgetMilliseconds = 0.2
    question.seeksRate = true
    let outcome = try Sweep(question).run(to: folder.path("s.jsonl"), threads: 2)
    #expect(outcome.planned == 4)
    let rows = try SweepFormat.jsonLines.rows(Self.text(folder.path("s.jsonl")), name: "s")
    #expect(rows.map { $0[.batch] } == ["4", "4", "auto", "auto"])
    #expect(rows.map { $0[.accuracyBudget] } == ["", "int8", "", "int8"])
    let (own, best) = (rows[0].number(.itemsPerSecond) ?? 0, rows[2].number(.itemsPerSecond) ?? 0)
    #expect(best > own && (rows[2].number(.itemsPerBatch) ?? 0) > 4)
    for row in rows {
      let rate = try #require(row.number(.rateWithinBudget))
      #expect(rate > 0 && rate <= (row.number(.batchesPerSecond) ?? 0) * 1.02)
      #expect(row.number(.tableError) != nil)
    }
    // Without a budget there is none to keep.
    question.latencyBudgetMilliseconds = nil
    question.batches = [.items(4)]
    #expect(try Sweep(question).run(to: folder.path("none.csv"), threads: 1).refused == 2)
  }

  /// What layers may be in is an axis: wider precisions take longer and lose less, and a table alone has no layers.
  @Test func precisionsOfLayersAreAnAxis() throws {
    let folder = try Self.folder()
    let sheet = folder.path("t.csv")
    var question = SweepQuestion(models: [
      .init(path: sheet, form: .tables, dense: DensePart(top: [2048, 2048, 1])),
      .init(path: sheet, form: .tables),
    ])
    question.cards = [1]
    question.batches = [.items(256)]
    question.work = WorkBudget(effort: 0.02)
    question.layerPrecisions = [
      .usual, try #require(SweepLayers("int8")), try #require(SweepLayers("fp16")),
      try #require(SweepLayers("int8+fp16")),
    ]
    let outcome = try Sweep(question).run(to: folder.path("s.csv"), threads: 2)
    #expect(outcome.planned == 5 && outcome.refused == 3)
    let rows = try SweepFormat.csv.rows(Self.text(folder.path("s.csv")), name: "s")
    #expect(rows.prefix(4).map { $0[.layerPrecisions] } == ["", "int8", "fp16", "int8+fp16"])
    let rates = rows.prefix(4).compactMap { $0.number(.batchesPerSecond) }
    let errors = rows.prefix(4).compactMap { $0.number(.tableError) }
    try #require(rates.count == 4 && errors.count == 4)
    #expect(rates[0] == rates[1] && rates[3] == rates[1] && rates[2] < rates[1])
    #expect(errors[2] < errors[1])
    #expect(SweepLayers("int8+") == nil && SweepLayers("") == nil)
  }

  @Test func partsOfSlurmAndKubernetes() throws {
    let slurm = ["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_COUNT": "4"]
    #expect(try SweepShard.automatic(slurm, count: nil) == SweepShard(number: 2, of: 4))
    #expect(throws: PartitionError.self) { try SweepShard.automatic(slurm, count: 8) }
    var gaps = slurm
    gaps["SLURM_ARRAY_TASK_ID"] = "9"
    #expect(throws: PartitionError.self) { try SweepShard.automatic(gaps, count: nil) }
    let pod = ["JOB_COMPLETION_INDEX": "3"]
    #expect(try SweepShard.automatic(pod, count: 8) == SweepShard(number: 3, of: 8))
    #expect(throws: PartitionError.self) { try SweepShard.automatic(pod, count: nil) }
    #expect(throws: PartitionError.self) { try SweepShard.automatic(pod, count: 3) }
    #expect(throws: PartitionError.self) { try SweepShard.automatic([:], count: nil) }
    #expect(throws: PartitionError.self) { try SweepShard("3") }
    #expect(try SweepShard("2/8").path(for: "a.b/out") == "a.b/out.2-of-8")
    #expect(try SweepShard("2/8").path(for: "a.b/out.csv") == "a.b/out.2-of-8.csv")
  }

  @Test func missingPartsAndPointsAreTold() throws {
    let folder = try Self.folder()
    let sweep = try Sweep(Self.question(folder))
    _ = try sweep.run(to: folder.path("p.csv"), shard: SweepShard(number: 0, of: 2), threads: 1)
    func problems() -> String {
      do {
        _ = try SweepMerge.join(into: folder.path("p.csv"))
        return ""
      } catch { return error.problems.joined(separator: "\n") }
    }
    #expect(problems().contains("part 1 of 2 is missing"))
    _ = try sweep.run(to: folder.path("p.csv"), shard: SweepShard(number: 1, of: 2), threads: 1)
    let path = folder.path("p.1-of-2.csv")
    let cut = try Self.text(path).split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
    _ = try folder.write(cut, to: "p.1-of-2.csv")
    #expect(problems().contains("1 of 4 points are missing: 3 (part 1)"))
  }

  @Test func questionsAreReadFromJSON() throws {
    let text = #"""
      {"models": ["a.onnx", {"path": "t.csv", "form": "tables", "dense": {"top": [1]}}], "systems": ["nnpi", "h100"],
       "cards": "1..3,8", "batches": [1, 8, "auto"], "accuracyBudgets": [0.02, "1%", "int8", "none"], "layerPrecisions": ["default", ["int8", "w4a16"], "fp16+int8"], "rateWithinBudget": true, "precisions": ["int8"], "objectives": ["latency"],
       "set": {"host.cores": [4, 8]}, "simulate": {"load": 0.5}, "prices": {"host": 9, "card": 2}, "gap": 0.1}
      """#
    let question = try SweepQuestion.read(Array(text.utf8), name: "s.json")
    let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("solver/schema/sweep.schema.json")
    #expect(try JSONSchema(String(contentsOf: schema, encoding: .utf8)).problems(in: text) == [])
    #expect(question.models.count == 2 && question.models[1].dense?.top == [1])
    #expect(question.cards == [1, 2, 3, 8])
    #expect(question.variations == [.init(path: "host.cores", values: ["4", "8"])])
    #expect(question.batches == [.items(1), .items(8), .auto])
    #expect(question.accuracyBudgets == [.error(0.02), .error(0.01), .everywhere(.int8), nil])
    #expect(
      question.layerPrecisions == [
        .usual, SweepLayers([LayerPrecision(.int8), LayerPrecision(.fp16, weights: .int4)]),
        SweepLayers([LayerPrecision(.fp16), LayerPrecision(.int8)]),
      ])
    #expect(question.seeksRate)
    #expect(question.replay == .init(share: 0.5))
    #expect(throws: PartitionError.self) {
      try SweepQuestion.read(Array(#"{"model": ["a"]}"#.utf8), name: "s")
    }
    // A place is named once.
    for (text, place) in [
      (#"{"models": ["a"], "effort": 0}"#, "s: effort: must"),
      (#"{"models": ["a"], "simulate": {"share": 1}}"#, "s: simulate.share: is not known"),
      (#"{"models": ["a"], "batches": [1, "most"]}"#, "s: batches[1]: 'most' is no list"),
      (#"{"models": ["a"], "accuracyBudgets": ["some"]}"#, "s: accuracyBudgets[0]: 'some' is no error"),
      (
        #"{"models": ["a"], "layerPrecisions": ["int9"]}"#, "s: layerPrecisions[0]: 'int9' is not what layers"
      ),
      (#"{"models": ["a"], "layerPrecisions": [[]]}"#, "s: layerPrecisions[0]: '' is not what layers"),
      (#"{"models": [{"file": "a"}]}"#, "s: models[0].file: is not known"),
    ] {
      let error = #expect(throws: PartitionError.self) { try SweepQuestion.read(Array(text.utf8), name: "s") }
      #expect(error?.problems.first?.hasPrefix(place) == true, "\(String(describing: error))")
    }
    #expect(NumberList.read("9223372036854775806..9223372036854775807,-9223372036854775808")?.count == 3)
    #expect(NumberList.read("-9223372036854775808..9223372036854775807") == nil)
    #expect(NumberList.read("3..1") == nil)
  }

  @Test func thePageHasWhatIsNotBeaten() {
    func row(_ index: Int, rate: Double, latency: Double, watts: Double) -> SweepRow {
      SweepRow(cells: [
        .point: "\(index)", .model: "<b>&m", .status: "planned", .batchesPerSecond: "\(rate)",
        .latencySeconds: "\(latency)", .watts: "\(watts)", .bottleneck: "host.cores", .cards: "\(index)",
      ])
    }
    let page = ParetoPage(
      [
        row(1, rate: 10, latency: 1, watts: 5), row(2, rate: 9, latency: 1, watts: 5),
        row(3, rate: 20, latency: 2, watts: 9),
      ],
      name: "s.csv")
    #expect(page.html.contains("3 plans, 2 of them not beaten"))
    #expect(!page.html.contains("<b>&m"))
    #expect(page.svg.hasPrefix("<svg xmlns"))
  }
}
