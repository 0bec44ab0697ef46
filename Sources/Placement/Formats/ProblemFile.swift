import FoundationEssentials

/// The project's own file of a placement problem: resources and devices by name, numbers in seconds and bytes.
///
///     { "format": "placement-problem", "version": 1, "name": "two cards",
///       "objective": "throughput", "order": "free",
///       "lanes": ["compute"], "shared": ["uplink"],
///       "devices": [ { "name": "card0", "memory": 8e9, "baseLoad": { "compute": 0.001 } }, ... ],
///       "units": [ { "name": "t0", "options": [
///           { "name": "whole", "shards": [ { "loads": { "compute": 0.004 }, "memory": 2e9 } ] },
///           { "name": "rows 2", "shards": [ { "count": 2, "loads": { "compute": 0.0025 }, "memory": 1e9 } ],
///             "shared": { "uplink": 0.0001 }, "penalty": 1 } ] } ],
///       "apart": [["t0", "t1"]], "limits": [ { "units": ["t0", "t1"], "devices": ["card0"], "count": 1 } ],
///       "nets": [ { "producer": "a", "consumers": ["b"], "out": [ { "compute": 0.001 } ], "incoming": [ ... ] } ] }
///
/// Left out: `objective` is throughput, `order` is free, `memory` of a device is unlimited, a shard's `devices` are all,
/// its `count` is 1, its `memory` is 0; a device's `group` follows from its memory, base loads and execution. The
/// schema is `solver/schema/problem.schema.json`.
public enum ProblemFile {
  public static let format = "placement-problem"

  /// Reads a file's bytes.
  /// - Throws: what is wrong and where, by field; numbers are checked by ``Problem/validate()`` when it is solved.
  public static func read(_ json: some Sequence<UInt8>) throws(FormatError) -> Problem {
    let file = try JSONReader.read(Array(json), Document.init)
    var reader = ProblemFileReader(file)
    return try reader.problem()
  }

  /// Writes a problem; reading it gives the same problem.
  public static func write(_ problem: Problem) throws(FormatError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(Document(problem))
    } catch {
      throw FormatError(findings: [.init(location: "problem", message: "\(error)")])
    }
  }

  /// The assignment in the file's own terms: option and devices by name, by unit.
  public struct Choice: Sendable, Hashable, Codable {
    public var option: String
    public var devices: [String]
  }

  public static func answer(_ assignment: Assignment, of problem: Problem) -> [String: Choice] {
    var answer: [String: Choice] = [:]
    for (unit, choice) in zip(problem.units, assignment.choices) {
      answer[unit.name] = Choice(
        option: unit.options[choice.option].name,
        devices: choice.devices.map { problem.devices[$0].name })
    }
    return answer
  }

  // MARK: The file as it is written

  struct Document: Encodable {
    struct Device: Encodable {
      var name: String
      var group: Int?
      var memory: Double?
      var baseLoad: [String: Double]?
      var execution: Problem.Execution?
    }

    struct Shard: Encodable {
      var count: Int?
      var devices: [String]?
      var loads: [String: Double]?
      var memory: Double?
    }

    struct Option: Encodable {
      var name: String
      var shards: [Shard]
      var shared: [String: Double]?
      var penalty: Double?
    }

    struct Unit: Encodable {
      var name: String
      var colour: Int?
      var inOrder: Bool?
      var options: [Option]
    }

    struct Net: Encodable {
      var producer: String
      var consumers: [String]
      var out: [[String: Double]]
      var incoming: [[String: Double]]
    }

    struct Limit: Encodable {
      var units: [String]
      var devices: [String]
      var count: Int
    }

    var format: String
    var version: Int
    var name: String?
    var objective: Problem.Objective?
    var order: Problem.Order?
    var lanes: [String]
    var shared: [String]?
    var devices: [Device]
    var units: [Unit]
    var nets: [Net]?
    var apart: [[String]]?
    var limits: [Limit]?
  }
}

extension ProblemFile.Document {
  init(_ problem: Problem) {
    func named(_ amounts: [Problem.Amount], _ names: [String]) -> [String: Double]? {
      var result: [String: Double] = [:]
      for amount in amounts { result[names[amount.index], default: 0] += amount.seconds }
      return result.isEmpty ? nil : result
    }
    let lanes = problem.lanes
    let all = Array(problem.devices.indices)
    format = ProblemFile.format
    version = 1
    name = problem.name
    objective = problem.objective
    order = problem.order
    self.lanes = lanes
    shared = problem.shared.isEmpty ? nil : problem.shared
    devices = problem.devices.map { device in
      Device(
        name: device.name, group: device.group, memory: device.memory.isFinite ? device.memory : nil,
        baseLoad: named(
          device.baseLoad.enumerated().filter { $1 != 0 }.map { Problem.Amount($0, $1) }, lanes),
        execution: device.execution == .oneCall ? nil : device.execution)
    }
    units = problem.units.map { unit in
      Unit(
        name: unit.name, colour: unit.colour, inOrder: unit.inOrder ? nil : false,
        options: unit.options.map { option in
          Option(
            name: option.name,
            shards: option.shards.map { shard in
              Shard(
                count: shard.count == 1 ? nil : shard.count,
                devices: shard.devices == all ? nil : shard.devices.map { problem.devices[$0].name },
                loads: named(shard.loads, lanes), memory: shard.memory == 0 ? nil : shard.memory)
            },
            shared: named(option.shared, problem.shared),
            penalty: option.penalty == 0 ? nil : option.penalty)
        })
    }
    apart =
      problem.apart.isEmpty ? nil : problem.apart.map { $0.map { problem.units[$0].name } }
    limits =
      problem.limits.isEmpty
      ? nil
      : problem.limits.map { limit in
        Limit(
          units: limit.units.map { problem.units[$0].name },
          devices: limit.devices.map { problem.devices[$0].name }, count: limit.count)
      }
    nets =
      problem.nets.isEmpty
      ? nil
      : problem.nets.map { net in
        Net(
          producer: problem.units[net.producer].name,
          consumers: net.consumers.map { problem.units[$0].name },
          out: net.out.map { named($0, lanes) ?? [:] },
          incoming: net.incoming.map { named($0, lanes) ?? [:] })
      }
  }
}
