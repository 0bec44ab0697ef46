import Foundation
import TestSupport
import Testing

/// What the command prints on a terminal of 80 columns.
@Suite struct TerminalTests {
  /// Runs a program with a terminal of 80 columns as its standard output, and prints what it said.
  private static let onTerminal = """
    import fcntl, os, pty, struct, subprocess, sys, termios
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(sys.argv[1:], stdout=other, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    os.close(other)
    said = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
    sys.stdout.write(said.decode().replace("\\r\\n", "\\n"))
    sys.exit(process.wait())
    """

  @Test(arguments: [
    ["plan", "DLRM", "--cards", "6", "--effort", "0.02", "-o", "q.json"], ["inspect", "DLRM"],
    ["explain", "plan.json", "--effort", "0.02"], ["costs", "recommendation.json"], ["systems"],
    ["systems", "nnpi"], ["check", "plan.json"], ["simulate", "plan.json", "--requests", "200"],
    ["replan", "plan.json", "--cards", "1", "--effort", "0.02"], ["compare", "plan.json", "plan.json"],
  ])
  func linesFit(arguments: [String]) throws {
    let folder = try Command.plannedFolder()
    let model = Command.package.appendingPathComponent("models/dlrm-more-complex.json").path
    let words = arguments.map { $0 == "DLRM" ? model : $0 }
    _ = try folder.write(Self.onTerminal, to: "terminal.py")
    let result = try runProgram(
      "python3", ["terminal.py", Command.path("partition")] + words, folder: folder.url)
    #expect(result.status == 0, "\(result.errors)")
    let long = result.output.split(separator: "\n").filter { $0.count > 80 }
    #expect(long.isEmpty, "\(long)")
    #expect(result.output.count > 40)
  }
}
