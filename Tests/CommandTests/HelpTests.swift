import TestSupport
import Testing

@Suite struct HelpTests {
  @Test(arguments: [
    "", "plan", "simulate", "check", "numerics", "report", "compare", "explain", "replan", "sweep", "dot",
    "export",
    "inspect", "costs", "profile", "calibrate", "solve", "systems",
  ])
  func helpText(command: String) throws {
    let arguments = command.isEmpty ? ["--help"] : ["help", command]
    let result = try Command.run(arguments, in: TemporaryFolder())
    #expect(result.status == 0)
    #expect(
      snapshotDifference(result.output, named: "help\(command.isEmpty ? "" : "-" + command).txt") == nil)
  }

  @Test func mistypedCommandsAreTold() throws {
    for (word, hint) in [("plna", "did you mean plan?"), ("anything", "they are plan, simulate")] {
      let result = try Command.run([word], in: TemporaryFolder())
      #expect(result.status == 64)
      #expect(result.errors.contains(hint), "\(result.errors)")
    }
  }

  @Test func versionIsOneLine() throws {
    let version = try Command.run(["--version"], in: TemporaryFolder()).output
    #expect(
      version.wholeMatch(of: /0\.1\.0 \((commit [0-9a-f]{10}\+?, )?(GLPK|COIN)[^\n]*\)\n/) != nil,
      "\(version)")
  }
}
