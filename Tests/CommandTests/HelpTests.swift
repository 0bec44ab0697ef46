import TestSupport
import Testing

@Suite struct HelpTests {
  @Test(arguments: [
    "", "plan", "simulate", "check", "dot", "inspect", "costs", "profile", "solve", "systems",
  ])
  func helpText(command: String) throws {
    let arguments = command.isEmpty ? ["--help"] : ["help", command]
    let result = try Command.run(arguments, in: TemporaryFolder())
    #expect(result.status == 0)
    #expect(
      snapshotDifference(result.output, named: "help\(command.isEmpty ? "" : "-" + command).txt") == nil)
  }

  @Test func versionIsOneLine() throws {
    #expect(try Command.run(["--version"], in: TemporaryFolder()).output == "0.1.0\n")
  }
}
