import Foundation
import TestSupport
import Testing

/// A command that is killed at any moment leaves the old output or the new one.
@Suite struct KilledTests {
  /// A command that writes `out`.
  struct Call: Sendable, CustomTestStringConvertible {
    let words: String
    /// Lines that hold this are not the same in two runs.
    var varies: String?
    var testDescription: String { words }
    var arguments: [String] { words.split(separator: " ").map(String.init) }
  }

  static let calls: [Call] = [
    Call(words: "plan recommendation.json --cards 2 --objective latency --force -o out"),
    Call(words: "plan recommendation.json --cards 2 --force -o other.json --dot out"),
    Call(words: "replan plan.json --lost card1 --force -o out"),
    Call(words: "report plan.json --no-simulation --force -o out"),
    Call(words: "compare plan.json plan.json --force --html out"),
    Call(words: "simulate plan.json --requests 500 --force --trace out"),
    Call(words: "simulate plan.json --requests 500 --force --timeline out"),
    Call(words: "dot plan.json --force -o out"),
    Call(words: "solve problem.json --force -o out", varies: "\"seconds\""),
    Call(words: "calibrate --costs profile.json --date 2026-01-31 --force -o out"),
    Call(words: "export plan.json --to openvino --force -o out"),
  ]

  private static func folder() throws -> TemporaryFolder {
    let folder = try Command.plannedFolder()
    let problem = """
      {"format": "placement-problem", "version": 1, "name": "small", "lanes": ["cores"],
       "devices": [{"name": "host", "memory": 100, "group": 0}, {"name": "card", "memory": 10, "group": 1}],
       "units": [{"name": "a", "options": [{"name": "any",
                  "shards": [{"devices": ["host", "card"], "loads": {"cores": 2}, "memory": 5}]}]}]}
      """
    let kernels = (1...6).map { step in
      let shape = #"{"float": [\#(step * 16), \#(step * 16)]}"#
      return #"{"cat": "Node", "name": "product\#(step)_kernel_time", "dur": \#(step * step * 3), "args": {"#
        + #""op_name": "MatMul", "provider": "CPUExecutionProvider", "input_type_shape": [\#(shape), \#(shape)], "#
        + #""output_type_shape": [\#(shape)]}}"#
    }
    _ = try folder.write(problem, to: "problem.json")
    _ = try folder.write("[" + kernels.joined(separator: ",") + "]", to: "profile.json")
    return folder
  }

  /// Shares of the time of the whole command after which it is killed: most of it passes before it writes.
  private static let moments = [0.2, 0.6, 0.8, 0.9, 0.95, 1, 1.05]
  /// Kilobytes of a file with which the system kills it, in the midst of writing.
  private static let sizes = [0, 4]

  /// Has the system kill a command in the midst of writing a file. The signal is blocked where the tests run, and what they start would inherit that.
  private static func run(_ arguments: [String], killedAtKilobytes size: Int, in folder: TemporaryFolder)
    throws
  {
    let script = """
      import os, resource, signal, sys
      signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
      signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGXFSZ])
      resource.setrlimit(resource.RLIMIT_FSIZE, (\(size * 1024), \(size * 1024)))
      os.execv(sys.argv[1], sys.argv[1:])
      """
    _ = try runProgram(
      "python3", ["-c", script, Command.path("partition")] + arguments, folder: folder.url)
  }

  /// Runs a command to be killed in many ways, each time on what there was before, and once to its end.
  private func kill(
    _ arguments: [String], in folder: TemporaryFolder, restore: () throws -> Void,
    check: (_ how: String, _ isWhole: Bool) throws -> Void
  ) throws {
    let start = ContinuousClock.now
    try restore()
    let whole = try Command.run(arguments, in: folder)
    #expect(whole.status == 0, "\(whole.errors)")
    try check("not killed", true)
    let seconds = start.duration(to: .now) / .seconds(1)
    for moment in Self.moments {
      try restore()
      _ = try runProgram(
        "timeout", ["-s", "KILL", "\(seconds * moment)", Command.path("partition")] + arguments,
        folder: folder.url)
      try check("after \(moment) of its time", false)
    }
    for size in Self.sizes {
      try restore()
      try Self.run(arguments, killedAtKilobytes: size, in: folder)
      try check("at \(size) kB", false)
    }
  }

  @Test(arguments: calls) func aFileIsTheOldOneOrTheNewOne(_ call: Call) throws {
    let folder = try Self.folder()
    let old = "what was there before\n"
    var new: String?
    try kill(call.arguments, in: folder) {
      _ = try folder.write(old, to: "out")
    } check: { how, isWhole in
      let left =
        try Command.read("out", in: folder)
        .split(separator: "\n").filter { line in call.varies.map { line.contains($0) } != true }
        .joined(separator: "\n") + "\n"
      if isWhole { new = left }
      #expect(left == old || left == new, "killed \(how)")
      if isWhole { #expect(left != old) }
    }
  }

  @Test func aSweepGoesOnWhereItWas() throws {
    let folder = try Command.folder()
    let arguments = [
      "sweep", "--models", "perceptron.json", "--cards", "1..3", "--batches", "1,8", "-o", "out.csv",
    ]
    var whole: String?
    try kill(arguments, in: folder) {
      try? FileManager.default.removeItem(atPath: folder.path("out.csv"))
    } check: { how, isWhole in
      let result = try Command.run(arguments, in: folder)
      #expect(result.status == 0, "killed \(how): \(result.errors)")
      let left = try Command.read("out.csv", in: folder)
      if isWhole { whole = left }
      #expect(left == whole, "killed \(how)")
    }
  }

  @Test(arguments: ["parts", "triton"]) func partsAreTheOldOnesOrTheNewOnes(_ format: String) throws {
    let folder = try TemporaryFolder()
    let model = try TestPython.model("recommendation.onnx")
    for (name, objective) in [("old", "throughput"), ("new", "latency")] {
      let planned = try Command.run(
        ["plan", model, "--cards", "2", "--objective", objective, "--quiet", "-o", "\(name).json"], in: folder
      )
      try #require(planned.status == 0, "\(planned.errors)")
      let exported = try Command.run(["export", "\(name).json", "--to", format, "-o", name], in: folder)
      try #require(exported.status == 0, "\(exported.errors)")
    }
    let (old, new) = (try content(of: "old", in: folder), try content(of: "new", in: folder))
    #expect(old != new)
    try kill(["export", "new.json", "--to", format, "--force", "-o", "out"], in: folder) {
      try? FileManager.default.removeItem(atPath: folder.path("out"))
      try FileManager.default.copyItem(atPath: folder.path("old"), toPath: folder.path("out"))
    } check: { how, isWhole in
      let left = try content(of: "out", in: folder)
      #expect(left == new || (!isWhole && left == old), "killed \(how)")
    }
  }

  /// The next run removes what a dead one left, and nothing that a living one writes or that is somebody else's.
  @Test(arguments: ["plan", "export"]) func whatADeadRunLeftGoesWithTheNext(_ command: String) throws {
    let folder = try TemporaryFolder()
    let model = try TestPython.model("recommendation.onnx")
    let planning = ["plan", model, "--cards", "2", "--quiet", "-o"]
    try #require(Command.run(planning + ["plan.json"], in: folder).status == 0)
    let call = command == "plan" ? planning + ["out"] : ["export", "plan.json", "-o", "out"]
    try Self.run(call, killedAtKilobytes: 4, in: folder)
    let dead = try unfinished(in: folder)
    #expect(dead.count == 1 && dead[0].hasPrefix("out."), "\(dead)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))

    for name in ["out.0123ABCD.partial", "out.mine.partial", "outer.0123ABCD.partial"] {
      _ = try folder.write("kept", to: name)
    }
    let living = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: folder.path("out.0123ABCD.partial")))
    try #require(flock(living.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
    try #require(Command.run(call, in: folder).status == 0)
    #expect(
      try unfinished(in: folder) == ["out.0123ABCD.partial", "out.mine.partial", "outer.0123ABCD.partial"])

    try living.close()
    try #require(Command.run(call + ["--force"], in: folder).status == 0)
    #expect(try unfinished(in: folder) == ["out.mine.partial", "outer.0123ABCD.partial"])
  }

  private func unfinished(in folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      .filter { $0.hasSuffix(".partial") }.sorted()
  }

  /// The files of a folder and those in it.
  private func content(of name: String, in folder: TemporaryFolder) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path(name)) {
      files[file] = FileManager.default.contents(atPath: folder.path(name + "/" + file))
    }
    return files
  }
}
