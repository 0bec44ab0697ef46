/// Necessary conditions of rules that count, each a proof that no assignment exists when it fails:
/// - units to keep apart need as many devices together as the fewest that each of them takes;
/// - units of a limit whose every option stays on limited devices need room for their fewest shards.
struct RulePigeonhole: SearchStep {
  let name = StepName.pigeonhole

  func run(_ context: RuledContext, within clock: SearchClock) {
    if Self.refutation(of: context.problem) != nil { context.incumbent.refuse(by: name) }
  }

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
    for limit in problem.limits where slack(of: limit, in: problem).slack < 0 {
      let (bound, homes, slack) = slack(of: limit, in: problem)
      let needed = Double(homes) * Double(limit.count) - slack
      return "\(Int(needed)) shards at least of \(bound.count) units may only go to \(homes) devices with "
        + "\(limit.count) each"
    }
    return nil
  }

  /// The problem with options that a limit leaves no room for, beside the fewest shards of all others, on no device: they
  /// are in no allowed assignment, so its bounds hold for the problem.
  static func thinned(_ problem: Problem) -> Problem {
    var thinned = problem
    for limit in problem.limits {
      let (bound, _, slack) = slack(of: limit, in: problem)
      for unit in bound {
        let fewest = problem.units[unit].fewestShards
        for (index, option) in problem.units[unit].options.enumerated()
        where Double(option.shardCount - fewest) > slack {
          for shard in option.shards.indices { thinned.units[unit].options[index].shards[shard].devices = [] }
        }
      }
    }
    return thinned
  }

  /// Units of the limit that can only go to limited devices, the number of these, and how many shards more than the
  /// fewest of each there is room for.
  private static func slack(
    of limit: Problem.Limit, in problem: Problem
  ) -> (bound: [Int], homes: Int, slack: Double) {
    let limited = Set(limit.devices)
    let bound = Set(limit.units).sorted().filter { problem.units[$0].devices.isSubset(of: limited) }
    let homes = bound.reduce(into: Set<Int>()) { $0.formUnion(problem.units[$1].devices) }
    let needed = bound.reduce(0.0) { $0 + Double(problem.units[$1].fewestShards) }
    return (bound, homes.count, Double(homes.count) * Double(limit.count) - needed)
  }
}

extension Problem.Unit {
  /// Every device that any of its shards may go to.
  var devices: Set<Int> { Set(options.flatMap { $0.shards.flatMap(\.devices) }) }

  fileprivate var fewestShards: Int { options.map(\.shardCount).min() ?? 0 }

  /// The fewest distinct devices an option takes: one for each of its shards that have a single device, at least one.
  fileprivate var fewestDevices: Int {
    options.map { option in
      max(1, Set(option.shards.filter { $0.devices.count == 1 }.flatMap(\.devices)).count)
    }.min() ?? 0
  }
}

extension Problem.Option {
  fileprivate var shardCount: Int { shards.reduce(0) { $0 + $1.count } }
}
