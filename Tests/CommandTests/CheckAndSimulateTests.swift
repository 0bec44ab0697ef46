import Foundation
import TestSupport
import Testing

@Suite struct CheckAndSimulateTests {
  @Test func aPlanThatWasJustMadeHolds() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(["check", "plan.json"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("plan.json holds"))
    let json = try Command.run(["check", "plan.json", "--json"], in: folder)
    #expect(json.output.contains("\"holds\" : true"))
  }

  @Test func aTamperedPlanIsNamedAndRefused() throws {
    let folder = try Command.plannedFolder()
    let plan = try Command.read("plan.json", in: folder)
    let tampered = plan.replacing("\"tensors\" : 1", with: "\"tensors\" : 3")
      .replacing("\"usedBytes\" : 1", with: "\"usedBytes\" : 2")
    try #require(tampered != plan)
    _ = try folder.write(tampered, to: "tampered.json")
    let check = try Command.run(["check", "tampered.json"], in: folder)
    #expect(check.status == 3)
    #expect(check.errors.hasPrefix("error: tampered.json: "))
    let simulate = try Command.run(["simulate", "tampered.json", "--requests", "200"], in: folder)
    #expect(simulate.status == 3)
    #expect(simulate.errors.contains("the plan fails its check"))
    let forced = try Command.run(["simulate", "tampered.json", "--requests", "200", "--force"], in: folder)
    #expect(forced.status == 0, "\(forced.errors)")
    #expect(forced.errors.hasPrefix("warning: the plan fails its check"))
  }

  @Test func aModelThatChangedIsNoticed() throws {
    let folder = try Command.plannedFolder()
    _ = try folder.write(SmallModels.recommendation(rows: 100_001), to: "recommendation.json")
    for command in ["check", "simulate"] {
      let result = try Command.run([command, "plan.json"], in: folder)
      #expect(result.status == 3)
      #expect(result.errors.contains("recommendation.json has changed since the plan was made"))
    }
    // A drawing needs the plan alone.
    let drawn = try Command.run(["dot", "plan.json"], in: folder)
    #expect(drawn.status == 0)
    #expect(drawn.errors.hasPrefix("note: drawn without operator types"))
  }

  /// Reading such a file would not end.
  @Test(arguments: ["/dev/zero", "pipe"]) func aModelThatIsNoRegularFileIsNotRead(_ path: String) throws {
    let folder = try Command.plannedFolder()
    try #require(try runProgram("mkfifo", ["pipe"], folder: folder.url).status == 0)
    let plan = try Command.read("plan.json", in: folder)
    let named = plan.replacing("\"path\" : \"recommendation.json\"", with: "\"path\" : \"\(path)\"")
    try #require(named != plan)
    _ = try folder.write(named, to: "named.json")
    for command in [["check", "named.json"], ["export", "named.json", "-o", "parts"]] {
      let result = try Command.run(command, in: folder)
      #expect(result.status == 66)
      #expect(result.errors.contains("is no regular file"), "\(result.errors)")
    }
  }

  @Test func theReportSaysWhetherThePlanHolds() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(["simulate", "plan.json", "--requests", "500"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    for part in ["latency", "p99.9", "budget", "met: p99", "throughput", "Little's law holds", "fits"] {
      #expect(result.output.contains(part), "\(part)")
    }
  }

  @Test func aRateAboveSaturationIsAViolation() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(["simulate", "plan.json", "--rate", "1e7"], in: folder)
    #expect(result.status == 3)
    #expect(result.output.contains("UNSTABLE: "))
  }

  @Test func sameSeedSameReportWhateverTheThreads() throws {
    let folder = try Command.plannedFolder()
    let reports = try ["1", "3"].map { threads in
      try Command.run(
        ["simulate", "plan.json", "--rate", "1000", "--requests", "500", "--threads", threads, "--json"],
        in: folder
      ).output
    }
    #expect(reports[0].contains("\"p99\""))
    #expect(reports[0] == reports[1])
  }

  @Test func theHighestRateForAnObjective() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(
      ["simulate", "plan.json", "--slo", "50ms", "--requests", "300", "--replications", "2"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("is the highest rate that meets p99 within 50.0 ms"))
    let impossible = try Command.run(
      ["simulate", "plan.json", "--slo", "1ns", "--requests", "300", "--replications", "2"], in: folder)
    #expect(impossible.status == 3)
    #expect(impossible.output.hasPrefix("no rate meets p99 within 1.00 ns"))
  }

  @Test func writesATraceAndATimeline() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(
      ["simulate", "plan.json", "--requests", "200", "--trace", "trace.json", "--timeline", "timeline.svg"],
      in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Command.read("trace.json", in: folder).contains("traceEvents"))
    let timeline = try Command.read("timeline.svg", in: folder)
    #expect(timeline.contains("from dispatch to answer") && timeline.contains("a colour each"))
  }

  /// However seldom batches come, some of them are shown.
  @Test(arguments: [
    ["--rate", "1"], ["--clients", "1", "--think", "10s"], ["--rate", "3", "--window", "4:1ms"],
  ])
  func aTraceHasBatchesAtALowRate(load: [String]) throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(
      ["simulate", "plan.json", "--requests", "50", "--trace", "trace.json"] + load, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Command.read("trace.json", in: folder).contains("\"ph\":\"X\""))
  }

  @Test func aFailedCardIsReplayed() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(
      ["simulate", "plan.json", "--rate", "500", "--requests", "500", "--fail", "card1@t=10ms,back=20ms"],
      in: folder)
    #expect(result.output.contains("outage"))
    let unknown = try Command.run(
      ["simulate", "plan.json", "--rate", "500", "--fail", "card9@t=1s"], in: folder)
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("card9"))
  }

  @Test func lostBatchesAreAFailureUnlessTheyAreAllowed() throws {
    let folder = try Command.folder()
    try #require(Command.run(["plan", "recommendation.json", "--cards", "1"], in: folder).status == 0)
    let call = [
      "simulate", "plan.json", "--rate", "1000", "--pattern", "constant", "--requests", "400", "--fail",
      "card0@t=100ms,back=200ms",
    ]
    let result = try Command.run(call, in: folder)
    #expect(result.status == 3)
    #expect(result.output.contains("  available   75 %, LESS THAN the 100 % asked for: "), "\(result.output)")
    #expect(result.output.contains("  budget      MISSED: "))
    let allowed = try Command.run(call + ["--availability", "70%"], in: folder)
    #expect(allowed.status == 0)
    #expect(allowed.output.contains("  available   75 %, enough for the 70 % asked for: "))
    #expect(allowed.output.contains("  budget      met: "))
    let json = try Command.run(call + ["--json"], in: folder)
    #expect(json.status == 3 && json.output.contains("\"holds\" : false"))
  }

  @Test func aPlanThatWasMovedFindsItsModel() throws {
    let folder = try Command.plannedFolder()
    try FileManager.default.createDirectory(atPath: folder.path("away"), withIntermediateDirectories: false)
    try FileManager.default.moveItem(atPath: folder.path("plan.json"), toPath: folder.path("away/plan.json"))
    let calls = [["check"], ["simulate", "--requests", "100"], ["dot", "--full"]]
    for call in calls {
      let lost = try Command.run(call + ["away/plan.json"], in: folder)
      #expect(lost.errors.contains("say where it is (--model)"))
      #expect(lost.status == (call == calls[2] ? 0 : 66))
      let found = try Command.run(call + ["away/plan.json", "--model", "recommendation.json"], in: folder)
      #expect(found.status == 0 && found.errors == "", "\(found.errors)")
      let other = try Command.run(call + ["away/plan.json", "--model", "perceptron.json"], in: folder)
      #expect(other.status == 3)
      #expect(other.errors.contains("perceptron.json is not the model that was planned"))
    }
  }

  @Test func lookUpsAndLengthsVaryAsAsked() throws {
    let folder = try Command.plannedFolder()
    func report(_ arguments: String...) throws -> ProgramResult {
      try Command.run(
        ["simulate", "plan.json", "--rate", "100", "--requests", "500", "--json"] + arguments, in: folder)
    }
    let steady = try report()
    #expect(steady.status == 0, "\(steady.errors)")
    #expect(try report("--lookups", "table_0=fixed", "--lengths", "32:32").output == steady.output)
    #expect(try report("--lookups", "table_0=geometric").output != steady.output)
    #expect(try report("--lookups", "geometric", "--lookups", "table_0=fixed").output != steady.output)
    let unknown = try report("--lookups", "table_9=poisson")
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("table 'table_9' does not exist in this plan"))
  }

  @Test func anUnreachedPrecisionIsSaid() throws {
    let folder = try Command.plannedFolder()
    let result = try Command.run(
      [
        "simulate", "plan.json", "--rate", "9000", "--requests", "20", "--jitter", "exponential",
        "--precision", "0.01%",
      ], in: folder)
    #expect(result.output.contains("precision   NOT REACHED: p99 ± "), "\(result.output)")
  }
}
