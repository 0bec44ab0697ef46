/// Plans of large problems from one pass over the units, so that there is one however short the time is.
///
/// Units follow the nets; each device in turn takes what comes next up to a level of memory or load. Units of one colour go
/// where the first of them went. Heuristics: ``ProblemEvaluator`` judges what comes out.
enum GreedyChain {
  /// Times an even share of memory or load, up to which a device is filled.
  private static let levels = [1.02, 1.2, 2, .infinity]

  /// - Precondition: every option is one shard.
  static func assignments(_ problem: Problem) -> [Assignment] {
    let order = UnitOrder(problem)?.order ?? Array(problem.units.indices)
    let devices = problem.devices.indices
    var plans: [Assignment] = []
    for device in devices
    where device == 0 || problem.devices[device].group != problem.devices[device - 1].group {
      plans.append(contentsOf: chain(problem, order, along: [device], level: .infinity, by: \.memory))
    }
    for level in levels {
      plans.append(contentsOf: chain(problem, order, along: Array(devices), level: level, by: \.memory))
      plans.append(contentsOf: chain(problem, order, along: Array(devices), level: level, by: \.load))
    }
    return plans
  }

  private struct Amount {
    var memory: Double
    var load: Double
  }

  /// - Returns: nothing where a unit has no device left.
  private static func chain(
    _ problem: Problem, _ order: [Int], along devices: [Int], level: Double,
    by measure: KeyPath<Amount, Double>
  ) -> [Assignment] {
    func amount(_ option: Problem.Option) -> Amount {
      let shard = option.shards[0]
      return Amount(memory: shard.memory, load: shard.loads.map(\.seconds).max() ?? 0)
    }
    let total = problem.units.reduce(0.0) { sum, unit in
      sum + (unit.options.map { amount($0)[keyPath: measure] }.min() ?? 0)
    }
    let most = level.isFinite ? level * total / Double(devices.count) : .infinity
    var used = problem.devices.map { _ in Amount(memory: 0, load: 0) }
    var choices = problem.units.map { _ in Assignment.Choice(option: 0, devices: []) }
    var homeOfColour: [Int: Int] = [:]
    var current = 0
    func option(_ unit: Int, on device: Int) -> Int? {
      problem.units[unit].options.firstIndex {
        $0.shards[0].devices.contains(device)
          && used[device].memory + $0.shards[0].memory <= problem.devices[device].memory
      }
    }
    for unit in order {
      let entry = problem.units[unit]
      while current + 1 < devices.count, used[devices[current]][keyPath: measure] >= most { current += 1 }
      // What does not fit any more opens the next device; what may not go there goes where it may.
      let isWelcome = entry.options.contains {
        !Set($0.shards[0].devices).isDisjoint(with: devices[current...])
      }
      while isWelcome, current + 1 < devices.count, option(unit, on: devices[current]) == nil,
        entry.options.contains(where: { $0.shards[0].devices.contains(devices[current]) })
      {
        current += 1
      }
      let known = entry.colour.flatMap { homeOfColour[$0] }
      let wished = known.map { [$0] } ?? [devices[current]] + problem.devices.indices
      var isPlaced = false
      for device in wished {
        guard let number = option(unit, on: device) else { continue }
        let own = amount(entry.options[number])
        used[device].memory += own.memory
        used[device].load += own.load
        choices[unit] = .init(option: number, devices: [device])
        if let colour = entry.colour { homeOfColour[colour] = device }
        isPlaced = true
        break
      }
      if !isPlaced { return [] }
    }
    return [Assignment(choices: choices)]
  }
}
