import Foundation
import Placement
import Solvers
import Testing

/// The optimiser against the readable statement of the program, solved by GLPK's own command.
@Suite struct ShardingProgramTests {
  private static let glpsol = ["/usr/bin/glpsol", "/usr/local/bin/glpsol"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    .enabled(if: glpsol != nil, "glpsol is not installed (Debian and Ubuntu: package glpk-utils)"),
    arguments: 1...24)
  func shardingProgramHasTheSameOptimum(seed: Int) throws {
    let glpsol = try #require(Self.glpsol)
    let shape = OptimizerTruthTests.shapes[seed % 3]
    let problem = SmallInstances.random(seed: UInt64(1000 + seed), shape: shape)
    let printed = try Self.run(glpsol, model: "sharding.mod", data: Self.data(problem))
    let solution = try Optimizer.solve(problem, options: SearchOptions(gap: 0))
    guard let objective = solution.certificate.objective else {
      #expect(solution.certificate.status == .infeasible)
      #expect(printed.contains("NO") && printed.contains("FEASIBLE"), "\(printed)")
      return
    }
    let line = try #require(
      printed.split(separator: "\n").first { $0.hasPrefix("bottleneck ") }, "\(printed)")
    let value = try #require(Double(line.dropFirst("bottleneck ".count)))
    #expect(abs(value - objective) <= 1e-6 * max(1, objective))
  }

  private static func run(_ command: String, model: String, data: String) throws -> String {
    let solver = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../solver").standardizedFileURL
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).dat")
    try data.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = ["--math", solver.appendingPathComponent(model).path, "--data", file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
  }

  /// The problem as a MathProg data section; names are indices.
  private static func data(_ problem: Problem) -> String {
    var options: [String] = []
    var shards: [String] = []
    var allowed: [String] = []
    var counts: [String] = []
    var loads: [String] = []
    var bytes: [String] = []
    var common: [String] = []
    for (u, unit) in problem.units.enumerated() {
      for (o, option) in unit.options.enumerated() {
        options.append("(\(u),\(o))")
        for amount in option.shared { common.append("[\(u),\(o),\(amount.index)] \(amount.seconds)") }
        for (s, shard) in option.shards.enumerated() {
          let key = "\(u),\(o),\(s)"
          shards.append("(\(key))")
          counts.append("[\(key)] \(shard.count)")
          bytes.append("[\(key)] \(shard.memory)")
          for amount in shard.loads { loads.append("[\(key),\(amount.index)] \(amount.seconds)") }
          for device in shard.devices { allowed.append("(\(key),\(device))") }
        }
      }
    }
    var base: [String] = []
    for (d, device) in problem.devices.enumerated() {
      for (l, load) in device.baseLoad.enumerated() { base.append("[\(d),\(l)] \(load)") }
    }
    func indices(_ count: Int) -> String { (0..<count).map(String.init).joined(separator: " ") }
    func list(_ items: [String]) -> String { items.joined(separator: " ") }
    func parameter(_ name: String, _ items: [String]) -> String {
      items.isEmpty ? "" : "param \(name) := \(list(items));\n"
    }
    let capacity = problem.devices.enumerated().map {
      "[\($0)] \($1.memory.isFinite ? $1.memory : 1e9)"
    }
    return """
      data;
      set DEVICES := \(indices(problem.devices.count));
      set LANES := \(indices(problem.lanes.count));
      set SHARED := \(indices(problem.shared.count));
      set UNITS := \(indices(problem.units.count));
      set OPTIONS := \(list(options));
      set SHARDS := \(list(shards));
      set ALLOWED := \(list(allowed));
      \(parameter("capacity", capacity))\(parameter("base", base))\(parameter("count", counts))
      \(parameter("load", loads))\(parameter("bytes", bytes))\(parameter("common", common))
      end;
      """
  }
}
