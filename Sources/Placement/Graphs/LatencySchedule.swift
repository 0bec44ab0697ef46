/// End-to-end time of one batch in an empty system, for an assignment of single-shard options.
///
/// A device that runs ``Problem/Execution/oneCall`` does all its units as one call: it starts when the last of its
/// inputs is finished where it is produced, and takes the sum over all its lanes of transfers in, units and transfers
/// out, none overlapped. Everything it produces is ready when the call ends. On a device that runs
/// ``Problem/Execution/asReady`` every unit starts when its own inputs are ready and takes the sum of its loads over
/// the lanes; a tensor that arrives there takes its `incoming` once more and one that leaves takes its `out`.
/// The latency is the last end. Base loads and shared resources belong to throughput and are not counted.
///
/// Source: Tarnawski et al. 2020 (arXiv 2006.16423), latency minimisation with one subgraph an accelerator and as
/// many CPU cores as the graph is wide.
public enum LatencySchedule {
  public enum Outcome: Sendable, Hashable {
    /// Seconds.
    case latency(Double)
    /// Devices whose calls wait for each other; the batch never ends.
    case circle([Int])
  }

  /// - Parameter assignment: one device a unit, every choice allowed.
  public static func latency(_ problem: Problem, _ assignment: Assignment) -> Outcome {
    let homes = assignment.choices.map { $0.devices.first ?? 0 }
    let deviceCount = problem.devices.count
    // Steps: one a device (its call), then one a unit (used by units that run as ready).
    let step = { (unit: Int) -> Int in
      problem.devices[homes[unit]].execution == .asReady ? deviceCount + unit : homes[unit]
    }
    var duration = Array(repeating: 0.0, count: deviceCount + problem.units.count)
    for (unit, choice) in assignment.choices.enumerated() {
      for shard in problem.units[unit].options[choice.option].shards {
        duration[step(unit)] += shard.loads.reduce(0) { $0 + $1.seconds }
      }
    }
    var delay: [(from: Int, to: Int, seconds: Double)] = []
    for net in problem.nets {
      let home = homes[net.producer]
      let from = step(net.producer)
      let abroad = Set(net.consumers.map { homes[$0] }).subtracting([home]).sorted()
      let out =
        abroad.isEmpty ? 0 : net.out[problem.devices[home].group].reduce(0) { $0 + $1.seconds }
      let leavesReady = problem.devices[home].execution == .asReady
      if !leavesReady { duration[home] += out }
      for device in abroad where problem.devices[device].execution == .oneCall {
        duration[device] += net.incoming[problem.devices[device].group].reduce(0) { $0 + $1.seconds }
      }
      for consumer in net.consumers where step(consumer) != from {
        let device = homes[consumer]
        var seconds = 0.0
        if device != home {
          if leavesReady { seconds += out }
          if problem.devices[device].execution == .asReady {
            seconds += net.incoming[problem.devices[device].group].reduce(0) { $0 + $1.seconds }
          }
        }
        delay.append((from, step(consumer), seconds))
      }
    }
    return longestPath(duration: duration, delay: delay, deviceCount: deviceCount, homes: homes)
  }

  private static func longestPath(
    duration: [Double], delay: [(from: Int, to: Int, seconds: Double)], deviceCount: Int, homes: [Int]
  ) -> Outcome {
    var successors: [[(to: Int, seconds: Double)]] = Array(repeating: [], count: duration.count)
    var waiting = Array(repeating: 0, count: duration.count)
    for edge in delay {
      successors[edge.from].append((edge.to, edge.seconds))
      waiting[edge.to] += 1
    }
    var start = Array(repeating: 0.0, count: duration.count)
    var ready = duration.indices.filter { waiting[$0] == 0 }
    var last = 0.0
    var done = 0
    while let step = ready.popLast() {
      done += 1
      let end = start[step] + duration[step]
      last = max(last, end)
      for edge in successors[step] {
        start[edge.to] = max(start[edge.to], end + edge.seconds)
        waiting[edge.to] -= 1
        if waiting[edge.to] == 0 { ready.append(edge.to) }
      }
    }
    if done == duration.count { return .latency(last) }
    let stuck = duration.indices.filter { waiting[$0] > 0 }
    return .circle(Set(stuck.map { $0 < deviceCount ? $0 : homes[$0 - deviceCount] }).sorted())
  }
}
