import Foundation
import Solvers
import Testing

@testable import Placement

/// The integer programs in `solver/` and the library must agree on small instances.
@Suite(.enabled(if: GraphMathProg.isInstalled, "glpsol is not installed"))
struct GraphMathProgTests {
  @Test(arguments: 0..<6) func free(seed: Int) throws {
    let problem = GraphInstances.random(
      seed: UInt64(seed), .init(units: 6, order: .free, colours: true, tightMemory: seed % 2 == 1))
    let program = try GraphMathProg.optimum("graph_free.mod", problem, stages: [0, 1, 2])
    #expect(try Self.equal(program, GraphEngine.solve(problem, options: SearchOptions(gap: 0))))
  }

  @Test(arguments: 0..<6) func contiguous(seed: Int) throws {
    let problem = GraphInstances.random(
      seed: UInt64(seed), .init(units: 6, colours: true, tightMemory: seed % 2 == 1, exempt: true))
    // Two cards alike: the host first, between and last.
    let optima = try [[0, 1, 2], [0, 2, 1], [1, 2, 0]].compactMap {
      try GraphMathProg.optimum("graph_contiguous.mod", problem, stages: $0)
    }
    #expect(try Self.equal(optima.min(), GraphEngine.solve(problem, options: SearchOptions(gap: 0))))
  }

  @Test(arguments: 0..<4) func latency(seed: Int) throws {
    var problem = GraphInstances.random(
      seed: UInt64(seed), .init(units: 5, objective: .latency, tightMemory: seed % 2 == 1))
    for unit in problem.units.indices {
      for option in problem.units[unit].options.indices {
        problem.units[unit].options[option].shards[0].loads[0].seconds += 1
      }
    }
    let program = try GraphMathProg.optimum("graph_latency.mod", problem, stages: [0, 1, 2])
    #expect(try Self.equal(program, GraphEngine.solve(problem, options: SearchOptions(gap: 0))))
  }

  private static func equal(_ program: Double?, _ solution: Solution) -> Bool {
    guard let program else { return solution.certificate.status == .infeasible }
    guard let objective = solution.certificate.objective else { return false }
    return abs(objective - program) <= 1e-6 && solution.certificate.bound <= program + 1e-6
  }
}

/// Runs a program of `solver/` on a problem with `glpsol --math`.
private enum GraphMathProg {
  static let isInstalled = (try? run(["--version"])) != nil

  /// The optimum; `nil` when the program has no solution.
  static func optimum(_ model: String, _ problem: Problem, stages: [Int]) throws -> Double? {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let data = folder.appendingPathComponent("problem.dat")
    let report = folder.appendingPathComponent("report.txt")
    try text(problem, stages).write(to: data, atomically: true, encoding: .utf8)
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let program = root.appendingPathComponent("solver").appendingPathComponent(model)
    let log = try run(["--math", program.path, "--data", data.path, "--output", report.path])
    let lines = try #require(try? String(contentsOf: report, encoding: .utf8), "\(log)")
      .split(separator: "\n")
    guard lines.contains(where: { $0.hasPrefix("Status:") && $0.contains("INTEGER OPTIMAL") }) else {
      return nil
    }
    let line = try #require(lines.first { $0.hasPrefix("Objective:") })
    let words = line.split(separator: " ")
    let equals = try #require(words.firstIndex(of: "="))
    return Double(words[equals + 1])
  }

  @discardableResult
  private static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["glpsol"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    struct Failed: Error {}
    guard process.terminationStatus == 0 else { throw Failed() }
    return String(bytes: text, encoding: .utf8) ?? ""
  }

  /// All parameters of the three programs; each reads those that it knows.
  private static func text(_ problem: Problem, _ stages: [Int]) -> String {
    let units = problem.units.indices.map { "u\($0)" }
    let devices = problem.devices.indices.map { "d\($0)" }
    let isLatency = problem.objective == .latency
    var lines = ["data;", "set V := \(units.joined(separator: " "));"]
    if isLatency {
      let split = { (execution: Problem.Execution) in
        problem.devices.indices.filter { problem.devices[$0].execution == execution }.map { "d\($0)" }
          .joined(separator: " ")
      }
      lines += ["set H := \(split(.asReady));", "set C := \(split(.oneCall));", "param horizon := 1000;"]
    } else {
      lines.append("set D := \(devices.joined(separator: " "));")
      lines.append(
        "param base := " + list(problem.devices.indices) { "d\($0) \(problem.devices[$0].baseLoad[0])" })
    }
    lines.append("set N := \(problem.nets.indices.map { "n\($0)" }.joined(separator: " "));")
    lines.append("param producer := " + list(problem.nets.indices) { "n\($0) u\(problem.nets[$0].producer)" })
    for (index, net) in problem.nets.enumerated() {
      lines.append("set READERS[n\(index)] := \(net.consumers.map { "u\($0)" }.joined(separator: " "));")
    }
    var same: [String] = []
    for (index, unit) in problem.units.enumerated() {
      for other in 0..<index where unit.colour != nil && problem.units[other].colour == unit.colour {
        same.append("(u\(other), u\(index))")
      }
    }
    lines.append("set SAME := \(same.joined(separator: " "));")
    if problem.order == .acyclicQuotient && !isLatency {
      var before: [String] = []
      for net in problem.nets where problem.units[net.producer].inOrder {
        before += net.consumers.filter { problem.units[$0].inOrder }.map { "(u\(net.producer), u\($0))" }
      }
      lines.append("set BEFORE := \(before.joined(separator: " "));")
      lines.append("param stage := " + list(problem.devices.indices) { "d\($0) \(stages[$0])" })
    }
    var allowed: [String] = []
    var load: [String] = []
    var memory: [String] = []
    for (index, unit) in problem.units.enumerated() {
      for device in problem.devices.indices {
        let shard = unit.options.map { $0.shards[0] }.first { $0.devices.contains(device) }
        allowed.append("u\(index) d\(device) \(shard == nil ? 0 : 1)")
        load.append("u\(index) d\(device) \(shard?.loads[0].seconds ?? 0)")
        memory.append("u\(index) d\(device) \(shard?.memory ?? 0)")
      }
    }
    lines += ["param allowed := " + allowed.joined(separator: ", ") + ";"]
    lines += ["param load := " + load.joined(separator: ", ") + ";"]
    lines += ["param memory := " + memory.joined(separator: ", ") + ";"]
    lines.append(
      "param capacity := "
        + list(problem.devices.indices) { "d\($0) \(min(problem.devices[$0].memory, 1e6))" })
    for (name, costs) in [("out", problem.nets.map(\.out)), ("incoming", problem.nets.map(\.incoming))] {
      var values: [String] = []
      for (index, cost) in costs.enumerated() {
        for device in problem.devices.indices
        where !isLatency || problem.devices[device].execution == .oneCall {
          let seconds = cost[problem.devices[device].group].reduce(0) { $0 + $1.seconds }
          values.append("n\(index) d\(device) \(seconds)")
        }
      }
      lines.append("param \(name) := " + values.joined(separator: ", ") + ";")
    }
    return (lines + ["end;"]).joined(separator: "\n")
  }

  private static func list(_ indices: Range<Int>, _ entry: (Int) -> String) -> String {
    indices.map(entry).joined(separator: ", ") + ";"
  }
}
