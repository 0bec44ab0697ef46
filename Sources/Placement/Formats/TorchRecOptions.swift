/// Sharding options of embedding tables as TorchRec's planner enumerates them, and the answer in the same terms.
///
/// Source: the options that `EmbeddingEnumerator` of TorchRec 1.8 lists (github.com/pytorch/torchrec, distributed/planner),
/// written as JSON: `devices`, `hbm_caps` in bytes, and for each table a list of options; an option has groups of `n`
/// equal shards with `perf` (seconds) and `hbm` (bytes). With `uniform` there is exactly one shard on each device, in
/// order; else each shard goes to any device. The objective is the largest sum of `perf` on a device.
/// `ddr` is read but not limited: the format names no capacity for it.
public struct TorchRecOptions: Sendable, Hashable {
  public struct ShardGroup: Sendable, Hashable {
    public var count: Int
    /// Seconds, each.
    public var perf: Double
    /// Bytes, each.
    public var hbm: Double
  }

  public struct Option: Sendable, Hashable {
    /// For example `table_wise`.
    public var type: String
    public var kernel: String
    public var uniform: Bool
    public var shards: [ShardGroup]
  }

  public struct Table: Sendable, Hashable {
    public var name: String
    public var options: [Option]
  }

  /// What one table got: the option's index in the file's list and one device per shard, in the file's order.
  public struct Choice: Sendable, Hashable, Codable {
    public var option: Int
    public var devices: [Int]
  }

  public var instance: String
  /// Bytes, by device.
  public var capacities: [Double]
  /// Ascending by name.
  public var tables: [Table]

  /// The file as a problem: one lane `perf`, one unit a table, the options in the file's order.
  public func problem() -> Problem {
    let all = Array(capacities.indices)
    var groupOf: [Double: Int] = [:]
    let devices = capacities.enumerated().map { index, capacity in
      let group = groupOf[capacity] ?? groupOf.count
      groupOf[capacity] = group
      return Problem.Device(name: "device \(index)", group: group, memory: capacity, baseLoad: [0])
    }
    let units = tables.map { table in
      Problem.Unit(
        name: table.name,
        options: table.options.enumerated().map { index, option in
          Problem.Option(name: "\(index) \(option.type)", shards: Self.shards(option, all: all))
        })
    }
    return Problem(name: instance, devices: devices, lanes: ["perf"], units: units)
  }

  private static func shards(_ option: Option, all: [Int]) -> [Problem.Shard] {
    guard option.uniform else {
      return option.shards.map {
        Problem.Shard(
          count: $0.count, devices: all, loads: [Problem.Amount(0, $0.perf)], memory: $0.hbm)
      }
    }
    let expanded = option.shards.flatMap { Array(repeating: $0, count: $0.count) }
    return expanded.enumerated().map { device, shard in
      Problem.Shard(devices: [device], loads: [Problem.Amount(0, shard.perf)], memory: shard.hbm)
    }
  }

  /// The assignment by table name.
  public func answer(_ assignment: Assignment) -> [String: Choice] {
    var answer: [String: Choice] = [:]
    for (table, choice) in zip(tables, assignment.choices) {
      answer[table.name] = Choice(option: choice.option, devices: choice.devices)
    }
    return answer
  }
}
