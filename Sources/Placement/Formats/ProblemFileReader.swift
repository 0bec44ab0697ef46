/// Turns names into indices and collects every name that does not exist or exists twice.
struct ProblemFileReader {
  private let file: ProblemFile.Document
  private var findings: [FormatError.Finding] = []
  private var lanes: [String: Int] = [:]
  private var shared: [String: Int] = [:]
  private var devices: [String: Int] = [:]
  private var units: [String: Int] = [:]

  init(_ file: ProblemFile.Document) { self.file = file }

  mutating func problem() throws(FormatError) -> Problem {
    if file.format != ProblemFile.format {
      report("format", "is \"\(file.format)\"; this reads \"\(ProblemFile.format)\"")
    }
    if file.version != 1 { report("version", "is \(file.version); this reads version 1") }
    lanes = index(file.lanes, "lanes")
    shared = index(file.shared ?? [], "shared")
    devices = index(file.devices.map(\.name), "devices")
    units = index(file.units.map(\.name), "units")
    var problem = Problem(
      name: file.name ?? "problem", devices: readDevices(), lanes: file.lanes,
      shared: file.shared ?? [], units: readUnits(), nets: readNets(), order: file.order ?? .free,
      objective: file.objective ?? .throughput)
    for (index, names) in (file.apart ?? []).enumerated() {
      problem.apart.append(read(units: names, "apart[\(index)]"))
    }
    for (index, limit) in (file.limits ?? []).enumerated() {
      problem.limits.append(
        .init(
          units: read(units: limit.units, "limits[\(index)].units"),
          devices: read(devices: limit.devices, "limits[\(index)].devices"), count: limit.count))
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    return problem
  }

  private mutating func report(_ location: String, _ message: String) {
    findings.append(FormatError.Finding(location: location, message: message))
  }

  private mutating func index(_ names: [String], _ field: String) -> [String: Int] {
    var result: [String: Int] = [:]
    for (position, name) in names.enumerated() {
      if let other = result[name] {
        report("\(field)[\(position)]", "the name \"\(name)\" is already taken by \(field)[\(other)]")
      } else {
        result[name] = position
      }
    }
    return result
  }

  private mutating func amounts(
    _ named: [String: Double]?, _ known: [String: Int], _ kind: String, _ place: String
  ) -> [Problem.Amount] {
    var result: [Problem.Amount] = []
    for (name, seconds) in (named ?? [:]).sorted(by: { $0.key < $1.key }) {
      if let index = known[name] {
        result.append(Problem.Amount(index, seconds))
      } else {
        let names = known.sorted { $0.value < $1.value }.map(\.key).joined(separator: ", ")
        report("\(place).\(name)", "there is no \(kind) of this name; known are: \(names)")
      }
    }
    return result.sorted { $0.index < $1.index }
  }

  private mutating func readDevices() -> [Problem.Device] {
    var known: [Problem.Device] = []
    return file.devices.enumerated().map { index, device in
      var base = Array(repeating: 0.0, count: file.lanes.count)
      for amount in amounts(device.baseLoad, lanes, "lane", "devices[\(index)].baseLoad") {
        base[amount.index] += amount.seconds
      }
      var result = Problem.Device(
        name: device.name, group: device.group ?? 0, memory: device.memory ?? .infinity, baseLoad: base,
        execution: device.execution ?? .oneCall)
      if !(0...Problem.lastGroup).contains(result.group) {
        report(
          "devices[\(index)].group",
          "is \(result.group); number groups from 0, at most to \(Problem.lastGroup)")
        result.group = 0
      } else if device.group == nil {
        let like = known.first {
          $0.memory == result.memory && $0.baseLoad == base && $0.execution == result.execution
        }
        result.group = like?.group ?? (known.map(\.group).max() ?? -1) + 1
      }
      known.append(result)
      return result
    }
  }

  private mutating func readUnits() -> [Problem.Unit] {
    let all = Array(file.devices.indices)
    var result: [Problem.Unit] = []
    for (index, unit) in file.units.enumerated() {
      var options: [Problem.Option] = []
      _ = self.index(unit.options.map(\.name), "units[\(index)].options")
      for (number, option) in unit.options.enumerated() {
        let place = "units[\(index)].options[\(number)]"
        var shards: [Problem.Shard] = []
        for (position, shard) in option.shards.enumerated() {
          let location = "\(place).shards[\(position)]"
          shards.append(
            Problem.Shard(
              count: shard.count ?? 1,
              devices: shard.devices.map { read(devices: $0, "\(location).devices") } ?? all,
              loads: amounts(shard.loads, lanes, "lane", "\(location).loads"),
              memory: shard.memory ?? 0))
        }
        options.append(
          Problem.Option(
            name: option.name, shards: shards,
            shared: amounts(option.shared, shared, "shared resource", "\(place).shared"),
            penalty: option.penalty ?? 0))
      }
      result.append(
        Problem.Unit(
          name: unit.name, options: options, colour: unit.colour, inOrder: unit.inOrder ?? true))
    }
    return result
  }

  private mutating func read(devices names: [String], _ place: String) -> [Int] {
    var result: Set<Int> = []
    for (position, name) in names.enumerated() {
      if let device = devices[name] {
        result.insert(device)
      } else {
        report("\(place)[\(position)]", "there is no device \"\(name)\"")
      }
    }
    return result.sorted()
  }

  private mutating func readNets() -> [Problem.Net] {
    var result: [Problem.Net] = []
    for (index, net) in (file.nets ?? []).enumerated() {
      let place = "nets[\(index)]"
      let producer = unit(net.producer, "\(place).producer")
      var consumers: Set<Int> = []
      for (position, name) in net.consumers.enumerated() {
        consumers.insert(unit(name, "\(place).consumers[\(position)]"))
      }
      consumers.remove(producer)
      var sides: [[[Problem.Amount]]] = []
      for (field, costs) in [("out", net.out), ("incoming", net.incoming)] {
        var groups: [[Problem.Amount]] = []
        for (group, cost) in costs.enumerated() {
          groups.append(amounts(cost, lanes, "lane", "\(place).\(field)[\(group)]"))
        }
        sides.append(groups)
      }
      result.append(
        Problem.Net(
          producer: producer, consumers: consumers.sorted(), out: sides[0], incoming: sides[1]))
    }
    return result
  }

  private mutating func read(units names: [String], _ place: String) -> [Int] {
    var result: Set<Int> = []
    for (position, name) in names.enumerated() { result.insert(unit(name, "\(place)[\(position)]")) }
    return result.sorted()
  }

  private mutating func unit(_ name: String, _ place: String) -> Int {
    if let index = units[name] { return index }
    report(place, "there is no unit \"\(name)\"")
    return 0
  }
}
