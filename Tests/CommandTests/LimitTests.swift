import Foundation
import TestSupport
import Testing

/// A limit and Ctrl-C hold while a file is read, too. The files are pipes that nobody writes to, so reading never ends.
@Suite struct LimitTests {
  private static let calls = [["plan", "pipe", "-o", "plan.json"], ["solve", "pipe"]]

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try #require(try runProgram("mkfifo", ["pipe"], folder: folder.url).status == 0)
    return folder
  }

  @Test(arguments: calls) func timeLimitEndsReading(_ call: [String]) throws {
    let folder = try Self.folder()
    let result = try Command.run(call + ["--time-limit", "0.1"], in: folder)
    #expect(result.status == 2)
    #expect((result.output + result.errors).contains("still being read"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("plan.json")))
  }

  @Test(arguments: calls) func interruptEndsReading(_ call: [String]) throws {
    let folder = try Self.folder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Command.path("partition"))
    process.arguments = call
    process.currentDirectoryURL = folder.url
    let said = Pipe()
    (process.standardOutput, process.standardError) = (said, said)
    try process.run()
    // Opening the pipe waits until the command has it open as well.
    let pipe = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("pipe")))
    process.interrupt()
    process.waitUntilExit()
    try pipe.close()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(process.terminationReason == .exit && process.terminationStatus == 2)
    #expect(text.contains("still being read"))
  }

  @Test func answerOfAnEndedSolveIsJSON() throws {
    let result = try Command.run(["solve", "pipe", "--time-limit", "0.1", "--json"], in: Self.folder())
    let report = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(result.status == 2 && report["status"] as? String == "limit" && report["assignment"] == nil)
  }
}
