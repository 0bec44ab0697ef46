/// Sums over an assignment, or a part of one, that is changed a unit at a time: loads without nets, memory, and how far
/// the hard limits are exceeded.
struct RuledState {
  /// Part by which sums taken in another order may differ.
  static let rounding = 1e-9

  private let problem: Problem
  private let lanes: Int
  /// By device and lane, then by shared resource, seconds.
  private(set) var loads: [Double]
  private var memory: [Double]
  /// By limit and device: shards of its units.
  private var shards: [[Int]]
  /// By set of units to keep apart and device: its units there.
  private var sharers: [[Int]]
  private let limitsOfUnit: [[Int]]
  private let apartOfUnit: [[Int]]

  init(_ problem: Problem) {
    self.problem = problem
    lanes = problem.lanes.count
    loads = problem.devices.flatMap(\.baseLoad) + problem.shared.map { _ in 0 }
    memory = problem.devices.map { _ in 0 }
    shards = problem.limits.map { _ in problem.devices.map { _ in 0 } }
    sharers = problem.apart.map { _ in problem.devices.map { _ in 0 } }
    func membership(_ sets: [[Int]]) -> [[Int]] {
      var result = problem.units.map { _ in [Int]() }
      for (index, units) in sets.enumerated() { for unit in Set(units) { result[unit].append(index) } }
      return result
    }
    limitsOfUnit = membership(problem.limits.map(\.units))
    apartOfUnit = membership(problem.apart)
  }

  /// Seconds.
  var largestLoad: Double { loads.max() ?? 0 }

  /// Zero when memory, limits and sets to keep apart are kept: relative bytes, shards and units too many.
  var excess: Double {
    var sum = 0.0
    for (device, used) in memory.enumerated() {
      let capacity = problem.devices[device].memory
      if used > capacity * (1 + ProblemEvaluator.memoryTolerance) {
        sum += (used - capacity) / max(capacity, 1)
      }
    }
    for (index, limit) in problem.limits.enumerated() {
      for device in limit.devices { sum += Double(max(0, shards[index][device] - limit.count)) }
    }
    for devices in sharers { for count in devices { sum += Double(max(0, count - 1)) } }
    return sum
  }

  /// Adds the unit (`sign` 1) or takes it away (-1).
  mutating func add(unit: Int, _ choice: Assignment.Choice, sign: Int) {
    let option = problem.units[unit].options[choice.option]
    let factor = Double(sign)
    for amount in option.shared {
      loads[problem.devices.count * lanes + amount.index] += factor * amount.seconds
    }
    var next = 0
    for shard in option.shards {
      for device in choice.devices[next..<next + shard.count] {
        memory[device] += factor * shard.memory
        for amount in shard.loads { loads[device * lanes + amount.index] += factor * amount.seconds }
        for limit in limitsOfUnit[unit] { shards[limit][device] += sign }
      }
      next += shard.count
    }
    guard !apartOfUnit[unit].isEmpty else { return }
    for device in Set(choice.devices) {
      for group in apartOfUnit[unit] { sharers[group][device] += sign }
    }
  }
}
