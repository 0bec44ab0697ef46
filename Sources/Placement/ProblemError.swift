/// Everything that is wrong with the numbers of a ``Problem``, collected.
public struct ProblemError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One finding: where, what, and what to do.
  public struct Issue: Sendable, Hashable, CustomStringConvertible {
    /// For example `unit "t0", option 2, shard 0`.
    public var place: String
    public var message: String

    public init(place: String, message: String) {
      self.place = place
      self.message = message
    }

    public var description: String { "\(place): \(message)" }
  }

  public var issues: [Issue]

  public init(issues: [Issue]) { self.issues = issues }

  public var description: String { issues.map(\.description).joined(separator: "\n") }
}

extension Problem {
  /// Of devices: nets have an entry a group.
  static let lastGroup = 1_000_000

  /// Checks that every number is usable and every index exists.
  ///
  /// A unit without options, or a shard that no device is allowed to take, is not an error: rules of the user can
  /// leave such units behind, and the optimiser then answers `infeasible`.
  public func validate() throws(ProblemError) {
    var checker = ProblemChecker(problem: self)
    checker.run()
    if !checker.issues.isEmpty { throw ProblemError(issues: checker.issues) }
  }
}

private struct ProblemChecker {
  let problem: Problem
  var issues: [ProblemError.Issue] = []

  init(problem: Problem) { self.problem = problem }

  mutating func run() {
    for (index, device) in problem.devices.enumerated() { check(device, index) }
    for (index, unit) in problem.units.enumerated() { check(unit, index) }
    for (index, net) in problem.nets.enumerated() { check(net, index) }
    for (index, units) in problem.apart.enumerated() { check(units: units, "apart \(index)") }
    for (index, limit) in problem.limits.enumerated() {
      check(units: limit.units, "limit \(index)")
      for device in limit.devices where !problem.devices.indices.contains(device) {
        report("limit \(index)", "device \(device) does not exist; there are \(problem.devices.count)")
      }
      if limit.count < 0 { report("limit \(index)", "count is \(limit.count); give 0 or more") }
    }
  }

  private mutating func check(units: [Int], _ place: String) {
    for unit in units where !problem.units.indices.contains(unit) {
      report(place, "unit \(unit) does not exist; there are \(problem.units.count)")
    }
  }

  private mutating func report(_ place: String, _ message: String) {
    issues.append(ProblemError.Issue(place: place, message: message))
  }

  private mutating func check(_ device: Problem.Device, _ index: Int) {
    let place = "device \(index) \"\(device.name)\""
    if !(device.memory >= 0) {
      report(place, "memory is \(device.memory); give bytes, 0 or more, or infinity")
    }
    if device.group < 0 || device.group > Problem.lastGroup {
      report(place, "group is \(device.group); number groups from 0, at most to \(Problem.lastGroup)")
    }
    if device.baseLoad.count != problem.lanes.count {
      report(
        place, "\(device.baseLoad.count) base loads for \(problem.lanes.count) lanes; give one a lane")
    }
    for load in device.baseLoad where !isAmount(load) {
      report(place, "base load is \(load); give seconds, 0 or more")
    }
  }

  private mutating func check(_ unit: Problem.Unit, _ index: Int) {
    for (number, option) in unit.options.enumerated() where !isSound(option) {
      // Words cost more than the checks, so they are put together for findings only.
      let place = { "unit \(index) \"\(unit.name)\", option \(number) \"\(option.name)\"" }
      check(option.shared, place, "shared resource", problem.shared.count)
      if !option.penalty.isFinite {
        report(place(), "penalty is \(option.penalty); give a finite number")
      }
      if option.shards.isEmpty { report(place(), "no shards; give at least one") }
      for (position, shard) in option.shards.enumerated() {
        check(shard) { "\(place()), shard \(position)" }
      }
    }
  }

  /// Whether nothing is wrong with an option.
  private func isSound(_ option: Problem.Option) -> Bool {
    guard option.penalty.isFinite, !option.shards.isEmpty, areSound(option.shared, problem.shared.count)
    else { return false }
    for shard in option.shards {
      guard shard.count >= 1, shard.count <= 1_000_000, isAmount(shard.memory),
        areSound(shard.loads, problem.lanes.count)
      else { return false }
      var last = -1
      for device in shard.devices {
        guard device > last, device < problem.devices.count else { return false }
        last = device
      }
    }
    return true
  }

  private func areSound(_ amounts: [Problem.Amount], _ count: Int) -> Bool {
    for amount in amounts {
      guard amount.index >= 0, amount.index < count, isAmount(amount.seconds) else { return false }
    }
    return true
  }

  private mutating func check(_ shard: Problem.Shard, place: () -> String) {
    if shard.count < 1 || shard.count > 1_000_000 {
      report(place(), "count is \(shard.count); give 1 to 1,000,000")
    }
    if !isAmount(shard.memory) {
      report(place(), "memory is \(shard.memory); give bytes, 0 or more")
    }
    check(shard.loads, place, "lane", problem.lanes.count)
    var last = -1
    for device in shard.devices {
      if !problem.devices.indices.contains(device) {
        report(place(), "device \(device) does not exist; there are \(problem.devices.count)")
      } else if device <= last {
        report(place(), "devices are not ascending at \(device); sort them and name each once")
      }
      last = device
    }
  }

  private mutating func check(_ net: Problem.Net, _ index: Int) {
    let place = "net \(index)"
    check(units: [net.producer] + net.consumers, place)
    let groups = min(problem.devices.map(\.group).max() ?? -1, Problem.lastGroup) + 1
    for (name, costs) in [("out", net.out), ("incoming", net.incoming)] {
      if costs.count < groups {
        report(place, "\(name) has \(costs.count) entries for \(groups) device groups; give one a group")
      }
      for amounts in costs { check(amounts, { "\(place), \(name)" }, "lane", problem.lanes.count) }
    }
  }

  private mutating func check(
    _ amounts: [Problem.Amount], _ place: () -> String, _ kind: String, _ count: Int
  ) {
    for amount in amounts {
      if amount.index < 0 || amount.index >= count {
        report(place(), "\(kind) \(amount.index) does not exist; there are \(count)")
      }
      if !isAmount(amount.seconds) {
        report(place(), "load on \(kind) \(amount.index) is \(amount.seconds); give seconds, 0 or more")
      }
    }
  }

  /// Sums of up to a million such amounts stay finite.
  private func isAmount(_ value: Double) -> Bool { value >= 0 && value <= 1e100 }
}
