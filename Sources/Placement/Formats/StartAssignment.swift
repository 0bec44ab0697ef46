import Rules

/// Reading an assignment back from what the formats write. Each throws every unit that is missing or unknown, and every
/// option or device that does not exist; whether the assignment is allowed is for ``ProblemEvaluator`` to say.
extension ProblemFile {
  public static func assignment(
    _ answer: [String: Choice], of problem: Problem
  ) throws(FormatError) -> Assignment {
    let devices = Dictionary(
      problem.devices.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    return try StartReader.assignment(answer, problem.units.map(\.name)) { unit, choice, place, findings in
      let option = problem.units[unit].options.firstIndex { $0.name == choice.option }
      if option == nil {
        findings.append(
          .init(location: "\(place).option", message: "the unit has no option \"\(choice.option)\""))
      }
      let homes = choice.devices.enumerated().map { index, name in
        if devices[name] == nil {
          findings.append(
            .init(location: "\(place).devices[\(index)]", message: "there is no device \"\(name)\""))
        }
        return devices[name] ?? 0
      }
      return .init(option: option ?? 0, devices: homes)
    }
  }
}

extension TorchRecOptions {
  public func assignment(_ answer: [String: Choice]) throws(FormatError) -> Assignment {
    try StartReader.assignment(answer, tables.map(\.name)) { table, choice, place, findings in
      if !tables[table].options.indices.contains(choice.option) {
        findings.append(
          .init(
            location: "\(place).option",
            message: "is \(choice.option); the table has \(tables[table].options.count) options"))
      }
      for (index, device) in choice.devices.enumerated() where !capacities.indices.contains(device) {
        findings.append(
          .init(
            location: "\(place).devices[\(index)]",
            message: "is \(device); there are \(capacities.count) devices"))
      }
      return .init(option: choice.option, devices: choice.devices)
    }
  }
}

extension DNNPartitioning {
  /// - Parameter problem: what ``problem(name:objective:contiguous:)`` made of this file.
  public func assignment(_ answer: Answer, of problem: Problem) throws(FormatError) -> Assignment {
    var findings: [FormatError.Finding] = []
    var home: [Int: Int] = [:]
    let known = Set(nodes.map(\.id))
    let lists = [("fpgas", answer.fpgas, 0), ("cpus", answer.cpus, maxFPGAs)]
    for (field, parts, first) in lists {
      for (index, part) in parts.enumerated() {
        if !part.isEmpty,
          !problem.devices.indices.contains(first + index) || (first == 0 && index >= maxFPGAs)
        {
          findings.append(.init(location: "\(field)[\(index)]", message: "there is no such device"))
        }
        for (position, id) in part.enumerated() {
          let place = "\(field)[\(index)][\(position)]"
          if !known.contains(id) {
            findings.append(.init(location: place, message: "there is no node \(id)"))
          }
          if home.updateValue(first + index, forKey: id) != nil {
            findings.append(.init(location: place, message: "node \(id) is placed twice"))
          }
        }
      }
    }
    let missing = nodes.filter { home[$0.id] == nil }.map { "\($0.id)" }
    if !missing.isEmpty {
      findings.append(
        .init(location: "assignment", message: "nodes \(missing.joined(separator: ", ")) are missing"))
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    return Assignment(
      choices: zip(nodes, problem.units).map { node, unit in
        let device = home[node.id] ?? 0
        let option = unit.options.firstIndex { $0.shards.contains { $0.devices.contains(device) } }
        return .init(option: option ?? 0, devices: [device])
      })
  }
}

private enum StartReader {
  static func assignment<Choice>(
    _ answer: [String: Choice], _ names: [String],
    read: (Int, Choice, String, inout [FormatError.Finding]) -> Assignment.Choice
  ) throws(FormatError) -> Assignment {
    var findings: [FormatError.Finding] = []
    let known = Set(names)
    for name in answer.keys.sorted() where !known.contains(name) {
      findings.append(.init(location: name, message: "there is no unit of this name"))
    }
    var choices: [Assignment.Choice] = []
    for (index, name) in names.enumerated() {
      if let choice = answer[name] {
        choices.append(read(index, choice, name, &findings))
      } else {
        findings.append(.init(location: name, message: "is missing"))
      }
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    return Assignment(choices: choices)
  }
}
