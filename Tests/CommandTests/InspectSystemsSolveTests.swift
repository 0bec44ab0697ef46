import Foundation
import TestSupport
import Testing

@Suite struct InspectSystemsSolveTests {
  @Test func inspectCountsOperationsAndParameters() throws {
    let folder = try Command.folder()
    let result = try Command.run(["inspect", "perceptron.json", "--json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let parameters = 64 * 128 + 128 + 128 * 16 + 16
    let multiplies = 2 * 8 * (64 * 128 + 128 * 16)
    for line in [
      "\"parameters\" : \(parameters)", "\"macFlops\" : \(multiplies)", "\"weightBytes\" : \(4 * parameters)",
      "\"embeddingParameters\" : 0", "\"name\" : \"perceptron\"", "\"nodes\" : 3", "\"peakActivationBytes\"",
      "\"findings\"",
    ] { #expect(result.output.contains(line), "\(line)") }
    let text = try Command.run(["inspect", "recommendation.json"], in: folder).output
    #expect(text.contains("table_5"))
  }

  @Test func systemsAreListedDefaultFirst() throws {
    let result = try Command.run(["systems"], in: TemporaryFolder())
    #expect(result.status == 0)
    #expect(snapshotDifference(result.output, named: "systems.txt") == nil)
    let one = try Command.run(["systems", "nnpi", "--json"], in: TemporaryFolder())
    #expect(one.output.contains("\"peerToPeer\" : true"))
  }

  /// Four tables on two devices; the best split of 5 + 4 + 3 + 2 is 7 and 7.
  static let tables = """
    {"instance": "four", "devices": 2, "hbm_caps": [100, 100], "tables": {
    "a": [{"type": "table_wise", "kernel": "fused", "uniform": false, "shards": [{"n": 1, "perf": 5, "hbm": 10, "ddr": 0}]}],
    "b": [{"type": "table_wise", "kernel": "fused", "uniform": false, "shards": [{"n": 1, "perf": 4, "hbm": 10, "ddr": 0}]}],
    "c": [{"type": "table_wise", "kernel": "fused", "uniform": false, "shards": [{"n": 1, "perf": 3, "hbm": 10, "ddr": 0}]}],
    "d": [{"type": "table_wise", "kernel": "fused", "uniform": false, "shards": [{"n": 1, "perf": 2, "hbm": 10, "ddr": 0}]}]}}
    """

  /// A chain of three on one accelerator and one core: all on the accelerator takes 3.
  static let chain = """
    {"maxSizePerFPGA": 10, "maxFPGAs": 1, "maxCPUs": 1,
    "nodes": [
    {"id": 7, "supportedOnFpga": 1, "cpuLatency": 10, "fpgaLatency": 1, "size": 1},
    {"id": 8, "supportedOnFpga": 1, "cpuLatency": 10, "fpgaLatency": 1, "size": 1},
    {"id": 9, "supportedOnFpga": 1, "cpuLatency": 10, "fpgaLatency": 1, "size": 1}],
    "edges": [{"sourceId": 7, "destId": 8, "cost": 1}, {"sourceId": 8, "destId": 9, "cost": 1}]}
    """

  /// Two units on two cards.
  static func problem(memory: Int) -> String {
    """
    {"format": "placement-problem", "version": 1, "name": "two cards", "lanes": ["compute"],
    "devices": [{"name": "card0", "memory": \(memory)}, {"name": "card1", "memory": \(memory)}],
    "units": [
    {"name": "a", "options": [{"name": "whole", "shards": [{"loads": {"compute": 4}, "memory": 6}]},
      {"name": "halves", "shards": [{"count": 2, "loads": {"compute": 2.5}, "memory": 3}]}]},
    {"name": "b", "options": [{"name": "whole", "shards": [{"loads": {"compute": 1}, "memory": 5}]}]}]}
    """
  }

  private struct Solved<Assignment: Decodable>: Decodable {
    var objective: Double
    var bound: Double
    var gap: Double
    var status: String
    var seconds: Double
    var provedBy: String
    var assignment: Assignment
  }
  private struct Choice: Decodable { var option: Int, devices: [Int] }
  private struct Sides: Decodable { var fpgas: [[Int]], cpus: [[Int]] }

  @Test func solvesTablesInTheirOwnTerms() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.tables, to: "four.json")
    let result = try Command.run(
      ["solve", "four.json", "--gap", "0", "--json", "-o", "answer.json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == (try Command.read("answer.json", in: folder)))
    let solved = try JSONDecoder().decode(Solved<[String: Choice]>.self, from: Data(result.output.utf8))
    #expect(solved.objective == 7 && solved.bound == 7 && solved.gap == 0 && solved.status == "optimal")
    var loads = [0.0, 0.0]
    for (table, perf) in [("a", 5.0), ("b", 4), ("c", 3), ("d", 2)] {
      let choice = try #require(solved.assignment[table])
      #expect(choice.option == 0)
      for device in choice.devices { loads[device] += perf }
    }
    #expect(loads == [7, 7])
  }

  @Test func theAssignmentIsPrinted() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.tables, to: "four.json")
    let result = try Command.run(["solve", "four.json", "--gap", "0", "-o", "answer.json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    for table in ["a", "b", "c", "d"] {
      #expect(result.output.contains("\n  \(table)     0 table_wise  device "), "\(result.output)")
    }
    for device in [0, 1] {
      #expect(result.output.contains("\n  device \(device)  7.000    20 B  of 100 B\n"))
    }
    #expect(result.output.hasSuffix("\nWritten: answer.json\n"))
    // What solve wrote may be replaced, anything else not.
    #expect(try Command.run(["solve", "four.json", "-o", "answer.json"], in: folder).status == 0)
    _ = try folder.write("mine", to: "answer.json")
    #expect(try Command.run(["solve", "four.json", "-o", "answer.json"], in: folder).status == 73)
    #expect(try Command.run(["solve", "four.json", "--log", "answer.json"], in: folder).status == 73)
    #expect(try Command.read("answer.json", in: folder) == "mine")
    #expect(try Command.run(["solve", "four.json", "-o", "answer.json", "-f"], in: folder).status == 0)
  }

  @Test(arguments: [[], ["--non-contiguous"], ["--format", "dnn-partitioning"]])
  func solvesGraphsInTheirOwnTerms(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.chain, to: "chain.json")
    let result = try Command.run(["solve", "chain.json", "--gap", "0", "--json"] + arguments, in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let solved = try JSONDecoder().decode(Solved<Sides>.self, from: Data(result.output.utf8))
    #expect(solved.objective == 3 && solved.status == "optimal")
    #expect(solved.assignment.fpgas == [[7, 8, 9]] && solved.assignment.cpus == [[]])
  }

  @Test func solvesProblemsInTheirOwnTerms() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.problem(memory: 8), to: "problem.json")
    let result = try Command.run(["solve", "problem.json", "--gap", "0", "--json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let solved = try JSONDecoder().decode(Solved<[String: NamedChoice]>.self, from: Data(result.output.utf8))
    // In halves the busier card has 2.5 + 1; whole, the cards have 4 and 1.
    #expect(solved.objective == 3.5 && solved.status == "optimal")
    #expect(solved.assignment["a"]?.option == "halves")
    #expect(Set(solved.assignment["a"]?.devices ?? []) == ["card0", "card1"])
  }

  private struct NamedChoice: Decodable { var option: String, devices: [String] }

  @Test func rulesAreKept() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.tables, to: "four.json")
    _ = try folder.write(
      #"{"format": "placement-rules", "version": 1, "rules": [{"kind": "together", "units": ["a", "b"]}]}"#,
      to: "rules.json")
    let result = try Command.run(
      ["solve", "four.json", "--constraints", "rules.json", "--gap", "0", "--json"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let solved = try JSONDecoder().decode(Solved<[String: Choice]>.self, from: Data(result.output.utf8))
    // a and b on one device: 9 against 5.
    #expect(solved.objective == 9)
    #expect(solved.assignment["a"]?.devices == solved.assignment["b"]?.devices)
    _ = try folder.write(
      #"{"format": "placement-rules", "version": 1, "rules": [{"kind": "pin"}]}"#, to: "bad.json")
    let bad = try Command.run(["solve", "four.json", "--constraints", "bad.json"], in: folder)
    #expect(bad.status == 65)
    #expect(bad.errors.hasPrefix("error: bad.json: rules[0]."))
  }

  @Test func aLogEndsAtTheAnswer() throws {
    struct Entry: Decodable { var seconds: Double, incumbent: Double?, bound: Double? }
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.chain, to: "chain.json")
    let result = try Command.run(["solve", "chain.json", "--gap", "0", "--log", "log.jsonl"], in: folder)
    #expect(result.status == 0, "\(result.errors)")
    let entries = try Command.read("log.jsonl", in: folder).split(separator: "\n")
      .map { try JSONDecoder().decode(Entry.self, from: Data($0.utf8)) }
    #expect(entries.compactMap(\.incumbent).min() == 3)
    #expect(entries.allSatisfy { $0.seconds >= 0 && ($0.bound ?? 0) <= 3 })
    let unwritable = try Command.run(["solve", "chain.json", "--log", "no/log"], in: folder)
    #expect(unwritable.status == 73)
  }

  @Test func memoryThatCannotSufficeIsInfeasible() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.tables.replacing("[100, 100]", with: "[15, 15]"), to: "tight.json")
    let result = try Command.run(["solve", "tight.json", "--json"], in: folder)
    #expect(result.status == 2)
    #expect(result.output.contains("\"status\" : \"infeasible\""))
    let text = try Command.run(["solve", "tight.json"], in: folder)
    #expect(text.status == 2)
    #expect(text.output.hasPrefix("tight.json: infeasible: no assignment exists"))
    // 40 bytes of tables on two devices of 15.
    #expect(text.output.contains("40") && text.output.contains("30"), "\(text.output)")
  }
}
