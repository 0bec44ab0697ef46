@_exported import Rules

extension PlacementRules {
  /// The problem with the rules applied, in their order.
  ///
  /// A rule can leave a unit without any option; the optimiser then answers `infeasible` and the explanation names
  /// the unit.
  /// - Throws: every rule that names nothing in the problem.
  public func applied(to problem: Problem) throws(FormatError) -> Problem {
    var transform = RuleTransform(problem)
    for (index, rule) in rules.enumerated() { transform.apply(rule, at: "rules[\(index)]") }
    guard transform.findings.isEmpty else { throw FormatError(findings: transform.findings) }
    return transform.problem
  }
}

/// Applies rules to a problem one after the other and collects those that name nothing.
struct RuleTransform {
  private(set) var problem: Problem
  private(set) var findings: [FormatError.Finding] = []

  init(_ problem: Problem) { self.problem = problem }

  mutating func apply(_ rule: PlacementRules.Rule, at place: String) {
    switch rule {
    case .pin(let units, let devices):
      restrict(matchingUnits(units, place), to: Set(matchingDevices(devices, place)))
    case .forbid(let units, let devices):
      let taken = Set(matchingDevices(devices, place))
      restrict(matchingUnits(units, place), to: Set(problem.devices.indices).subtracting(taken))
    case .together(let units): join(matchingUnits(units, place))
    case .apart(let units): problem.apart.append(matchingUnits(units, place))
    case .count(let units, let devices, let most):
      problem.limits.append(
        .init(units: matchingUnits(units, place), devices: matchingDevices(devices, place), count: most))
    case .options(let units, let only, let never):
      filter(matchingUnits(units, place), only: only, never: never, place)
    case .reserve(let devices, let bytes):
      for device in matchingDevices(devices, place) {
        problem.devices[device].memory = max(0, problem.devices[device].memory - bytes)
      }
      separateGroups()
    case .limit(let devices, let bytes):
      for device in matchingDevices(devices, place) {
        problem.devices[device].memory = min(problem.devices[device].memory, bytes)
      }
      separateGroups()
    }
  }

  private mutating func matchingUnits(_ patterns: [String], _ place: String) -> [Int] {
    matching(patterns, problem.units.map(\.name), "units", "unit", place)
  }

  private mutating func matchingDevices(_ patterns: [String], _ place: String) -> [Int] {
    matching(patterns, problem.devices.map(\.name), "devices", "device", place)
  }

  private mutating func matching(
    _ patterns: [String], _ names: [String], _ field: String, _ kind: String, _ place: String
  ) -> [Int] {
    var found: Set<Int> = []
    for (index, text) in patterns.enumerated() {
      let pattern = NamePattern(text)
      let hits = names.indices.filter { pattern.matches(names[$0]) }
      if hits.isEmpty {
        findings.append(
          .init(location: "\(place).\(field)[\(index)]", message: "no \(kind) is called \"\(text)\""))
      }
      found.formUnion(hits)
    }
    return found.sorted()
  }

  private mutating func restrict(_ units: [Int], to devices: Set<Int>) {
    for unit in units {
      for option in problem.units[unit].options.indices {
        for shard in problem.units[unit].options[option].shards.indices {
          problem.units[unit].options[option].shards[shard].devices.removeAll { !devices.contains($0) }
        }
      }
    }
  }

  /// Gives the units one colour, and with them every unit that shares a colour with one of them.
  private mutating func join(_ units: [Int]) {
    let colours = Set(units.compactMap { problem.units[$0].colour })
    let colour = colours.min() ?? (problem.units.compactMap(\.colour).max() ?? -1) + 1
    for unit in problem.units.indices {
      if units.contains(unit) || problem.units[unit].colour.map(colours.contains) ?? false {
        problem.units[unit].colour = colour
      }
    }
  }

  private mutating func filter(_ units: [Int], only: [String]?, never: [String], _ place: String) {
    let kept = only.map { $0.map(NamePattern.init) }
    let removed = never.map(NamePattern.init)
    let names = Set(units.flatMap { problem.units[$0].options.map(\.name) })
    for (field, patterns) in [("only", only ?? []), ("never", never)] {
      for (index, text) in patterns.enumerated() where !names.contains(where: NamePattern(text).matches) {
        findings.append(
          .init(
            location: "\(place).\(field)[\(index)]", message: "no option of these units is called \"\(text)\""
          ))
      }
    }
    for unit in units {
      problem.units[unit].options.removeAll { option in
        if let kept, !kept.contains(where: { $0.matches(option.name) }) { return true }
        return removed.contains { $0.matches(option.name) }
      }
    }
  }

  /// Devices of a group are interchangeable: those whose memory now differs get a group of their own, with the same
  /// net costs.
  private mutating func separateGroups() {
    var known: [(group: Int, memory: Double, number: Int)] = []
    var next = (problem.devices.map(\.group).max() ?? -1) + 1
    for index in problem.devices.indices {
      let device = problem.devices[index]
      if let same = known.first(where: { $0.group == device.group && $0.memory == device.memory }) {
        problem.devices[index].group = same.number
      } else if known.contains(where: { $0.group == device.group }) {
        known.append((device.group, device.memory, next))
        problem.devices[index].group = next
        for net in problem.nets.indices {
          problem.nets[net].out.append(problem.nets[net].out[device.group])
          problem.nets[net].incoming.append(problem.nets[net].incoming[device.group])
        }
        next += 1
      } else {
        known.append((device.group, device.memory, device.group))
      }
    }
  }
}
