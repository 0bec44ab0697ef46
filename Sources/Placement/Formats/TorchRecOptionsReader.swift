import FoundationEssentials

extension TorchRecOptions {
  /// Reads a file's bytes.
  /// - Throws: what is wrong and where.
  public init(json: Data) throws(FormatError) {
    let file = try FormatError.decode(File.self, from: json)
    let findings = file.findings()
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    instance = file.instance ?? "sharding"
    capacities = file.hbmCaps
    tables = file.tables.sorted { $0.key < $1.key }.map { name, options in
      Table(
        name: name,
        options: options.map { option in
          Option(
            type: option.type, kernel: option.kernel ?? "", uniform: option.uniform,
            shards: option.shards.map { ShardGroup(count: $0.n, perf: $0.perf, hbm: $0.hbm) })
        })
    }
  }
}

/// The file as it is written.
private struct File: Decodable {
  struct Shard: Decodable {
    var n: Int
    var perf: Double
    var hbm: Double
  }

  struct Option: Decodable {
    var type: String
    var kernel: String?
    var uniform: Bool
    var shards: [Shard]
  }

  var instance: String?
  var devices: Int
  var hbmCaps: [Double]
  var tables: [String: [Option]]

  enum CodingKeys: String, CodingKey {
    case instance, devices, tables
    case hbmCaps = "hbm_caps"
  }

  func findings() -> [FormatError.Finding] {
    var findings: [FormatError.Finding] = []
    func report(_ location: String, _ message: String) {
      findings.append(FormatError.Finding(location: location, message: message))
    }
    if devices != hbmCaps.count {
      report("hbm_caps", "\(hbmCaps.count) capacities for \(devices) devices; give one each")
    }
    for (index, capacity) in hbmCaps.enumerated() where !(capacity.isFinite && capacity >= 0) {
      report("hbm_caps[\(index)]", "must be finite and not negative")
    }
    for (name, options) in tables.sorted(by: { $0.key < $1.key }) {
      if options.isEmpty { report("tables.\(name)", "has no options; the table could go nowhere") }
      for (index, option) in options.enumerated() {
        let place = "tables.\(name)[\(index)]"
        var total = 0
        for (position, shard) in option.shards.enumerated() {
          let location = "\(place).shards[\(position)]"
          if shard.n < 1 || shard.n > 1_000_000 { report("\(location).n", "must be 1 to 1,000,000") }
          total += max(0, min(shard.n, 1_000_000))
          for (field, value) in [("perf", shard.perf), ("hbm", shard.hbm)]
          where !(value.isFinite && value >= 0) {
            report("\(location).\(field)", "must be finite and not negative")
          }
        }
        if option.shards.isEmpty { report("\(place).shards", "is empty; give at least one") }
        if option.uniform, total != devices {
          report(place, "uniform, but \(total) shards for \(devices) devices; it needs one on each")
        }
      }
    }
    return findings
  }
}
