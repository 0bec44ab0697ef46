import Foundation
import TestSupport
import Testing

/// The manual pages that are installed say what the command says of itself; `RECORD_SNAPSHOTS=1` writes them again.
@Suite struct ManualTests {
  private struct Dump: Decodable { var command: ManualPage.Command }

  private static let folder = Command.package.appendingPathComponent("Sources/partition/man")

  @Test func pagesAreThoseOfTheHelp() throws {
    let result = try Command.run(["--experimental-dump-help"], in: TemporaryFolder())
    let command = try JSONDecoder().decode(Dump.self, from: Data(result.output.utf8)).command
    let pages = ManualPage.pages(command)
    #expect(pages.count > 10)
    let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil
    for page in pages {
      let file = Self.folder.appendingPathComponent(page.name)
      if isRecording { try page.text.write(to: file, atomically: true, encoding: .utf8) }
      let kept = try? String(contentsOf: file, encoding: .utf8)
      #expect(kept == page.text, "\(page.name): make record")
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(files == pages.map(\.name).sorted())
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreMade(shell: String) throws {
    let result = try Command.run(["--generate-completion-script", shell], in: TemporaryFolder())
    #expect(result.status == 0)
    #expect(result.output.contains("replan"))
  }
}
