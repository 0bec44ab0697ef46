/// Necessary conditions of rules that count, each a proof that no assignment exists when it fails:
/// - units to keep apart need as many devices together as the fewest that each of them takes;
/// - units of a limit whose every option stays on limited devices need room for their fewest shards.
enum RulePigeonhole {
  /// Which condition fails, in words; `nil` when all hold.
  static func refutation(of problem: Problem) -> String? {
    for units in problem.apart {
      let members = Set(units).sorted()
      let homes = members.reduce(into: Set<Int>()) { $0.formUnion(problem.units[$1].devices) }
      let needed = members.reduce(0) { $0 + problem.units[$1].fewestDevices }
      if needed > homes.count {
        return "\(members.count) units to keep apart may go to \(homes.count) devices only"
      }
    }
    for limit in problem.limits {
      let limited = Set(limit.devices)
      let bound = Set(limit.units).sorted().filter { problem.units[$0].devices.isSubset(of: limited) }
      let homes = bound.reduce(into: Set<Int>()) { $0.formUnion(problem.units[$1].devices) }
      let needed = bound.reduce(0) { $0 + problem.units[$1].fewestShards }
      if Double(needed) > Double(homes.count) * Double(limit.count) {
        return "\(needed) shards at least may only go to \(homes.count) devices with \(limit.count) each"
      }
    }
    return nil
  }
}

extension Problem.Unit {
  /// Every device that any of its shards may go to.
  var devices: Set<Int> { Set(options.flatMap { $0.shards.flatMap(\.devices) }) }

  var fewestShards: Int {
    options.map { $0.shards.reduce(0) { $0 + $1.count } }.min() ?? 0
  }

  /// The fewest distinct devices an option takes: one for each of its shards that have a single device, at least one.
  fileprivate var fewestDevices: Int {
    options.map { option in
      max(1, Set(option.shards.filter { $0.devices.count == 1 }.flatMap(\.devices)).count)
    }.min() ?? 0
  }
}
