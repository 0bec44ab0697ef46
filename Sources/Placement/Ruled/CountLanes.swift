import Modeling

/// Limits of number as loads: each becomes a lane on which a shard of its units weighs the same.
///
/// For a level t > 0 a shard weighs t / C on the limit's lane, where device d may hold c_d shards and C is the largest c_d
/// (the number of all shards where there is no limit), and d starts with t (1 - c_d / C). Then at most c_d shards are on
/// d exactly when the lane's level there is at most t. So an assignment that keeps the limits and has bottleneck T
/// has the bottleneck max(T, at most t) with these lanes, and a lower bound b > t of the problem with lanes is
/// one of the problem with limits; that it is more than t proves T > t. The relaxation so knows how much number a
/// limit leaves, as it knows memory, and an assignment within t of the problem with lanes keeps the limits.
struct CountLanes {
  /// By limit: its units, how many shards each device may hold, and the largest of these.
  private let limits: [(units: [Int], room: [Double], largest: Double)]

  /// - Returns: `nil` without limits that can bind, or where lanes are not all there is to an objective.
  init?(_ problem: Problem) {
    guard problem.nets.isEmpty, problem.objective == .throughput else { return nil }
    limits = problem.limits.compactMap { limit in
      let units = Set(limit.units).sorted()
      let limited = Set(limit.devices)
      let homes = units.reduce(into: Set<Int>()) { $0.formUnion(problem.units[$1].devices) }
      let most = units.reduce(0.0) { $0 + Double(problem.units[$1].mostShards) }
      guard most > Double(limit.count), !homes.isDisjoint(with: limited) else { return nil }
      let room = problem.devices.indices.map { device in
        homes.contains(device) && !limited.contains(device) ? most : Double(limit.count)
      }
      let largest = room.max() ?? 0
      return largest > 0 ? (units, room, largest) : nil
    }
    if limits.isEmpty { return nil }
  }

  /// - Parameter level: t, seconds.
  func applied(to problem: Problem, level: Double) -> Problem {
    var problem = problem
    for (number, limit) in limits.enumerated() {
      let lane = problem.lanes.count
      problem.lanes.append("number under limit \(number)")
      for (device, room) in limit.room.enumerated() {
        problem.devices[device].baseLoad.append(level * (1 - room / limit.largest))
      }
      for unit in limit.units {
        for option in problem.units[unit].options.indices {
          for shard in problem.units[unit].options[option].shards.indices {
            problem.units[unit].options[option].shards[shard].loads.append(.init(lane, level / limit.largest))
          }
        }
      }
    }
    return problem
  }

  /// Raises a bound as long as lanes at the level of the bound prove more.
  ///
  /// - Parameter prove: a lower bound of a problem, seconds.
  func raise(
    _ bound: Double, of problem: Problem, prove: (Problem) throws(ProgramError) -> Double
  ) throws(ProgramError) -> Double {
    var bound = bound
    for _ in 0..<20 where bound > 0 {
      let proven = try prove(applied(to: problem, level: bound))
      // Not more than rounding: the level itself is no proof.
      guard proven > bound * (1 + 1e-6) else { return bound }
      bound = proven
    }
    return bound
  }
}

extension CountLanes {
  /// Raises the bound of the relaxation by limits of number as loads, and offers what packs well with them.
  struct Step: SearchStep {
    let name = StepName.countLanes
    private static let rounds = 3

    func run(_ context: RuledContext, within clock: SearchClock) throws(ProgramError) {
      guard let lanes = CountLanes(context.problem) else { return }
      let (incumbent, relaxation) = (context.incumbent, context.relaxation)
      for _ in 0..<Self.rounds {
        let raised = try lanes.raise(incumbent.bound, of: relaxation) {
          problem throws(ProgramError) -> Double in
          try context.solve(problem, within: clock, effort: .bound).certificate.bound
        }
        incumbent.raise(raised, by: name)
        if incumbent.options.effort == .bound || raised <= 0 { return }
        let packed = try context.solve(lanes.applied(to: relaxation, level: raised), within: clock)
        incumbent.nodes += packed.certificate.nodes
        if let assignment = packed.assignment, !incumbent.offer(assignment) { context.relaxed = assignment }
        guard packed.certificate.bound > raised * (1 + 1e-6) else { return }
        incumbent.raise(packed.certificate.bound, by: name)
        if incumbent.isDone { return }
      }
    }
  }
}

extension Problem.Unit {
  fileprivate var mostShards: Int {
    options.map { option in option.shards.reduce(0) { $0 + $1.count } }.max() ?? 0
  }
}
