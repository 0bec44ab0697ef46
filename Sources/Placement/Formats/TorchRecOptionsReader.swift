extension TorchRecOptions {
  /// Reads a file's bytes.
  /// - Throws: what is wrong and where.
  public init(json: some Sequence<UInt8>) throws(FormatError) {
    let (options, devices) = try JSONReader.read(Array(json), Self.read)
    let findings = options.findings(devices: devices)
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    self = options
  }

  /// - Returns: what is in a file, and how many devices it says there are.
  private static func read(_ json: inout JSONReader) throws(FormatError) -> (Self, devices: Int) {
    var instance = "sharding"
    var devices: Int?
    var capacities: [Double]?
    var tables: [String: [Option]]?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "instance": instance = try json.string()
      case "devices": devices = try json.integer()
      case "hbm_caps": capacities = try json.list { json throws(FormatError) in try json.double() }
      case "tables":
        tables = try json.dictionary { json throws(FormatError) in try json.list(Option.init) }
      default: try json.skip()
      }
    }
    let options = Self(
      instance: instance, capacities: try capacities.required("hbm_caps"),
      tables: try tables.required("tables").sorted { $0.key < $1.key }.map(Table.init))
    return (options, try devices.required("devices"))
  }

  private func findings(devices: Int) -> [FormatError.Finding] {
    var findings: [FormatError.Finding] = []
    func report(_ location: String, _ message: String) {
      findings.append(FormatError.Finding(location: location, message: message))
    }
    if devices != capacities.count {
      report("hbm_caps", "\(capacities.count) capacities for \(devices) devices; give one each")
    }
    for (index, capacity) in capacities.enumerated() where !(capacity.isFinite && capacity >= 0) {
      report("hbm_caps[\(index)]", "must be finite and not negative")
    }
    for table in tables {
      if table.options.isEmpty {
        report("tables.\(table.name)", "has no options; the table could go nowhere")
      }
      for (index, option) in table.options.enumerated() {
        let place = "tables.\(table.name)[\(index)]"
        var total = 0
        for (position, shard) in option.shards.enumerated() {
          let location = "\(place).shards[\(position)]"
          if shard.count < 1 || shard.count > 1_000_000 { report("\(location).n", "must be 1 to 1,000,000") }
          total += max(0, min(shard.count, 1_000_000))
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

extension TorchRecOptions.Option {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var type: String?
    var kernel = ""
    var uniform: Bool?
    var shards: [TorchRecOptions.ShardGroup]?
    try json.object { field, json throws(FormatError) in
      switch field {
      case "type": type = try json.string()
      case "kernel": kernel = try json.string()
      case "uniform": uniform = try json.bool()
      case "shards": shards = try json.list(TorchRecOptions.ShardGroup.init)
      default: try json.skip()
      }
    }
    self.type = try type.required("type")
    self.kernel = kernel
    self.uniform = try uniform.required("uniform")
    self.shards = try shards.required("shards")
  }
}

extension TorchRecOptions.ShardGroup {
  fileprivate init(_ json: inout JSONReader) throws(FormatError) {
    var count: Int?
    var (perf, hbm): (Double?, Double?)
    try json.object { field, json throws(FormatError) in
      switch field {
      case "n": count = try json.integer()
      case "perf": perf = try json.double()
      case "hbm": hbm = try json.double()
      default: try json.skip()
      }
    }
    self.count = try count.required("n")
    self.perf = try perf.required("perf")
    self.hbm = try hbm.required("hbm")
  }
}
