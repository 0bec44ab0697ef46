/// The stages that units may be in when no load exceeds a limit, in a problem of two devices that limits them.
///
/// Stages with an even number are device 0, and no reader is in an earlier stage than its producer. So when unit v is in
/// stage s, every unit in front of it that cannot be earlier than s is in s as well, and all of them load the device of s.
/// Where that exceeds the limit, or where one of them may not go there, v is later than s. The same holds for the units behind
/// it, towards earlier stages. Only stages that no assignment within the limit uses are ruled out. What takes too many
/// steps to rule out is kept: a chain of n units would take n * n of them.
struct StageWindows {
  /// By unit.
  private(set) var first: [Int]
  /// By unit.
  private(set) var last: [Int]
  private let limit: Double
  private let lanes: Int
  private let base: [[Double]]
  /// By unit and device (`2 * unit + device`), then lane: the smallest load over allowed options.
  private var least: [Double] = []
  /// By unit and device: whether an option is allowed there.
  private var mayGo: [Bool] = []
  private var mark: [Int]
  private var round = 0
  private var stepsLeft = 8_000_000

  /// - Parameter limit: Seconds.
  /// - Returns: `nil` when some unit has no stage left: every assignment exceeds the limit.
  init?(_ problem: Problem, order: UnitOrder, allowed: [[Bool]], stages: Int, limit: Double) {
    self.limit = limit * (1 + 1e-9)
    lanes = problem.lanes.count
    base = problem.devices.map(\.baseLoad)
    mark = problem.units.map { _ in 0 }
    first = mark
    last = problem.units.map { _ in stages - 1 }
    for (unit, allowed) in zip(problem.units, allowed) {
      for device in 0...1 {
        add(zip(unit.options, allowed).filter { $0.1 && $0.0.onlyDevice == device }.map(\.0))
      }
    }
    var isChanged = true
    while isChanged {
      let before = (first, last)
      var passed = Passed(stages: stages, base: base)
      for unit in order.order {
        first[unit] = order.before[unit].reduce(first[unit]) { max($0, first[$1]) }
        while first[unit] <= last[unit], !hasRoom(unit, first[unit], passed),
          !isPossible(unit, first[unit], order.before, isBefore: true)
        {
          first[unit] += 1
        }
        if first[unit] > last[unit] { return nil }
        pass(unit, &passed, isBefore: true)
      }
      passed = Passed(stages: stages, base: base)
      for unit in order.order.reversed() {
        last[unit] = order.behind[unit].reduce(last[unit]) { min($0, last[$1]) }
        while first[unit] <= last[unit], !hasRoom(unit, last[unit], passed),
          !isPossible(unit, last[unit], order.behind, isBefore: false)
        {
          last[unit] -= 1
        }
        if first[unit] > last[unit] { return nil }
        pass(unit, &passed, isBefore: false)
      }
      isChanged = before != (first, last)
    }
  }

  private mutating func add(_ options: [Problem.Option]) {
    mayGo.append(!options.isEmpty)
    let loads = options.map { option in
      option.shards[0].loads.reduce(into: Array(repeating: 0.0, count: lanes)) { $0[$1.index] += $1.seconds }
    }
    least += (0..<lanes).map { lane in loads.map { $0[lane] }.min() ?? 0 }
  }

  /// The units that an order has passed, by stage that they cannot be in front of (or behind): those that could have to be there.
  private struct Passed {
    /// By stage, then lane.
    var loads: [[Double]]
    /// By stage: whether one of them may not be there.
    var isBarred: [Bool]

    init(stages: Int, base: [[Double]]) {
      loads = (0..<stages).map { base[$0 % 2] }
      isBarred = Array(repeating: false, count: stages)
    }
  }

  private func pass(_ unit: Int, _ passed: inout Passed, isBefore: Bool) {
    for stage in isBefore ? 0...first[unit] : last[unit]...(passed.loads.count - 1) {
      let device = stage % 2
      if !mayGo[2 * unit + device] || first[unit] > stage || last[unit] < stage {
        passed.isBarred[stage] = true
        continue
      }
      for lane in 0..<lanes { passed.loads[stage][lane] += least[(2 * unit + device) * lanes + lane] }
    }
  }

  /// Whether all units that could have to be with a unit in a stage may be there and leave room for it, which needs no walk. What
  /// sums in another order could say otherwise about is left to the walk.
  private func hasRoom(_ unit: Int, _ stage: Int, _ passed: Passed) -> Bool {
    guard !passed.isBarred[stage], mayGo[2 * unit + stage % 2], first[unit] <= stage, last[unit] >= stage
    else { return false }
    return (0..<lanes).allSatisfy {
      passed.loads[stage][$0] + least[(2 * unit + stage % 2) * lanes + $0] <= limit * (1 - 1e-9)
    }
  }

  /// Whether a unit can be in a stage together with all units on one side of it that would have to be there too.
  private mutating func isPossible(_ unit: Int, _ stage: Int, _ neighbours: [[Int]], isBefore: Bool) -> Bool {
    let device = stage % 2
    var load = base[device]
    round += 1
    mark[unit] = round
    var open = [unit]
    while let next = open.popLast(), stepsLeft > 0 {
      stepsLeft -= 1
      guard mayGo[2 * next + device], first[next] <= stage, last[next] >= stage else { return false }
      for lane in 0..<lanes {
        load[lane] += least[(2 * next + device) * lanes + lane]
        if load[lane] > limit { return false }
      }
      for other in neighbours[next] where mark[other] != round {
        mark[other] = round
        // The others may be in a stage further out, and with them all that is beyond them.
        if isBefore ? first[other] >= stage : last[other] <= stage { open.append(other) }
      }
    }
    return true
  }
}
