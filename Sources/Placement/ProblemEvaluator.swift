/// Recomputes what an assignment costs and whether it is allowed, from the problem alone.
///
/// Independent of every formulation and heuristic: it never sees a variable of theirs. It accepts any assignment,
/// also those that name options or devices that do not exist, and lists what is wrong with it.
public enum ProblemEvaluator {
  /// What an assignment amounts to.
  public struct Evaluation: Sendable, Hashable {
    /// Seconds per batch, by device and lane, base loads included.
    public var loads: [[Double]]
    /// Seconds per batch by shared resource.
    public var shared: [Double]
    /// Bytes by device.
    public var memory: [Double]
    /// Seconds: the largest load, or the latency of one batch; `.infinity` when no order of execution exists.
    public var objective: Double
    /// Empty when the assignment is allowed.
    public var violations: [Violation]

    public var isFeasible: Bool { violations.isEmpty }
  }

  /// One rule of the problem that an assignment breaks.
  public enum Violation: Sendable, Hashable, CustomStringConvertible {
    case choiceCount(expected: Int, actual: Int)
    case unknownOption(unit: String, option: Int)
    case shardCount(unit: String, expected: Int, actual: Int)
    case deviceNotAllowed(unit: String, device: Int)
    case memory(device: String, used: Double, capacity: Double)
    case colourApart(colour: Int, units: [String])
    /// Two units that must not share a device do.
    case notApart(units: [String], device: String)
    case tooMany(device: String, shards: Int, limit: Int)
    /// A net touches a unit that is split over several devices.
    case splitUnitWithNet(unit: String)
    /// The parts wait for each other in a circle.
    case cyclicQuotient(devices: [String])

    public var description: String {
      switch self {
      case .choiceCount(let expected, let actual): "\(actual) choices for \(expected) units"
      case .unknownOption(let unit, let option): "unit \(unit) has no option \(option)"
      case .shardCount(let unit, let expected, let actual):
        "unit \(unit): \(actual) devices for \(expected) shards"
      case .deviceNotAllowed(let unit, let device): "unit \(unit) may not go to device \(device)"
      case .memory(let device, let used, let capacity):
        "device \(device): \(used) bytes used of \(capacity)"
      case .colourApart(let colour, let units):
        "colour \(colour) is on several devices: \(units.joined(separator: ", "))"
      case .notApart(let units, let device):
        "device \(device) holds units to keep apart: \(units.joined(separator: ", "))"
      case .tooMany(let device, let shards, let limit):
        "device \(device) holds \(shards) shards of units that are limited to \(limit)"
      case .splitUnitWithNet(let unit): "unit \(unit) has nets and is split over several devices"
      case .cyclicQuotient(let devices): "parts wait for each other: \(devices.joined(separator: ", "))"
      }
    }
  }

  /// Memory may exceed its capacity by this part, to absorb the rounding of sums taken in another order.
  public static let memoryTolerance = 1e-12

  public static func evaluate(_ problem: Problem, _ assignment: Assignment) -> Evaluation {
    var evaluation = Evaluation(
      loads: problem.devices.map(\.baseLoad), shared: Array(repeating: 0, count: problem.shared.count),
      memory: Array(repeating: 0, count: problem.devices.count), objective: .infinity, violations: [])
    guard assignment.choices.count == problem.units.count else {
      evaluation.violations = [
        .choiceCount(expected: problem.units.count, actual: assignment.choices.count)
      ]
      return evaluation
    }
    for index in problem.units.indices {
      add(problem, unit: index, choice: assignment.choices[index], to: &evaluation)
    }
    // An assignment with a broken choice has no meaningful nets, colours or order.
    guard evaluation.violations.isEmpty else { return evaluation }
    checkMemory(problem, &evaluation)
    checkColours(problem, assignment, &evaluation)
    checkApart(problem, assignment, &evaluation)
    checkLimits(problem, assignment, &evaluation)
    checkNetUnits(problem, assignment, &evaluation)
    let homes = assignment.choices.map { $0.devices.first ?? 0 }
    for net in problem.nets { charge(problem, net, homes, to: &evaluation) }
    switch problem.objective {
    case .throughput:
      if problem.order == .acyclicQuotient, let circle = QuotientOrder.circle(problem, homes: homes) {
        evaluation.violations.append(.cyclicQuotient(devices: circle.map { problem.devices[$0].name }))
      }
      let largest = evaluation.loads.joined().max() ?? 0
      evaluation.objective = max(largest, evaluation.shared.max() ?? 0)
    case .latency:
      switch LatencySchedule.latency(problem, assignment) {
      case .latency(let seconds): evaluation.objective = seconds
      case .circle(let devices):
        evaluation.violations.append(.cyclicQuotient(devices: devices.map { problem.devices[$0].name }))
      }
    }
    return evaluation
  }

  private static func add(
    _ problem: Problem, unit index: Int, choice: Assignment.Choice, to evaluation: inout Evaluation
  ) {
    let unit = problem.units[index]
    guard unit.options.indices.contains(choice.option) else {
      evaluation.violations.append(.unknownOption(unit: unit.name, option: choice.option))
      return
    }
    let option = unit.options[choice.option]
    let expected = option.shards.reduce(0) { $0 + $1.count }
    guard expected == choice.devices.count else {
      evaluation.violations.append(
        .shardCount(unit: unit.name, expected: expected, actual: choice.devices.count))
      return
    }
    for amount in option.shared { evaluation.shared[amount.index] += amount.seconds }
    var next = 0
    for shard in option.shards {
      for device in choice.devices[next..<next + shard.count] {
        guard problem.devices.indices.contains(device), shard.devices.contains(device) else {
          evaluation.violations.append(.deviceNotAllowed(unit: unit.name, device: device))
          continue
        }
        evaluation.memory[device] += shard.memory
        for amount in shard.loads { evaluation.loads[device][amount.index] += amount.seconds }
      }
      next += shard.count
    }
  }

  private static func checkMemory(_ problem: Problem, _ evaluation: inout Evaluation) {
    for (device, used) in zip(problem.devices, evaluation.memory)
    where used > device.memory * (1 + memoryTolerance) {
      evaluation.violations.append(
        .memory(device: device.name, used: used, capacity: device.memory))
    }
  }

  private static func checkColours(
    _ problem: Problem, _ assignment: Assignment, _ evaluation: inout Evaluation
  ) {
    guard problem.units.contains(where: { $0.colour != nil }) else { return }
    let apart = problem.leaders.enumerated().filter { unit, leader in
      Set(assignment.choices[leader].devices) != Set(assignment.choices[unit].devices)
    }.compactMap { problem.units[$0.element].colour }
    for colour in Set(apart).sorted() {
      let units = problem.units.filter { $0.colour == colour }.map(\.name)
      evaluation.violations.append(.colourApart(colour: colour, units: units))
    }
  }

  private static func checkApart(
    _ problem: Problem, _ assignment: Assignment, _ evaluation: inout Evaluation
  ) {
    for units in problem.apart {
      for device in problem.devices.indices {
        let there = Set(units).sorted().filter { assignment.choices[$0].devices.contains(device) }
        guard there.count > 1 else { continue }
        evaluation.violations.append(
          .notApart(units: there.map { problem.units[$0].name }, device: problem.devices[device].name))
      }
    }
  }

  private static func checkLimits(
    _ problem: Problem, _ assignment: Assignment, _ evaluation: inout Evaluation
  ) {
    for limit in problem.limits {
      var counts = problem.devices.map { _ in 0 }
      for unit in Set(limit.units) { for device in assignment.choices[unit].devices { counts[device] += 1 } }
      for device in limit.devices where counts[device] > limit.count {
        evaluation.violations.append(
          .tooMany(device: problem.devices[device].name, shards: counts[device], limit: limit.count))
      }
    }
  }

  private static func checkNetUnits(
    _ problem: Problem, _ assignment: Assignment, _ evaluation: inout Evaluation
  ) {
    var split: Set<Int> = []
    for net in problem.nets {
      if assignment.choices[net.producer].devices.count != 1 { split.insert(net.producer) }
      for unit in net.consumers where assignment.choices[unit].devices.count != 1 { split.insert(unit) }
    }
    for unit in split.sorted() {
      evaluation.violations.append(.splitUnitWithNet(unit: problem.units[unit].name))
    }
  }

  private static func charge(
    _ problem: Problem, _ net: Problem.Net, _ homes: [Int], to evaluation: inout Evaluation
  ) {
    let home = homes[net.producer]
    var readers: [Int] = []
    for unit in net.consumers where homes[unit] != home && !readers.contains(homes[unit]) {
      readers.append(homes[unit])
    }
    guard !readers.isEmpty else { return }
    for amount in net.out[problem.devices[home].group] {
      evaluation.loads[home][amount.index] += amount.seconds
    }
    for reader in readers {
      for amount in net.incoming[problem.devices[reader].group] {
        evaluation.loads[reader][amount.index] += amount.seconds
      }
    }
  }
}
