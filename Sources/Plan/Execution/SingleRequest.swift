import HeapModule

/// The time of one batch in an empty system.
///
/// A list schedule: tasks join their resources' queues in order of readiness (ties by position in the program), and
/// each resource serves in order of arrival. Written for one request at a time from the definition of
/// ``ExecutionProgram``; it shares nothing with the simulator.
public enum SingleRequest {
  /// Start and end of a task, seconds after the request's arrival.
  public struct Interval: Hashable, Sendable {
    public var start: Double
    public var end: Double
  }

  private struct Ready: Comparable {
    var time: Double
    var task: Int
    static func < (a: Ready, b: Ready) -> Bool { (a.time, a.task) < (b.time, b.task) }
  }

  /// The longest end over all tasks, seconds.
  public static func latency(of variant: ExecutionProgram.Variant, in program: ExecutionProgram) -> Double {
    schedule(variant, in: program).map(\.end).max() ?? 0
  }

  /// By task. O(n log n) in the tasks of one variant.
  public static func schedule(
    _ variant: ExecutionProgram.Variant, in program: ExecutionProgram
  ) -> [Interval] {
    let tasks = variant.tasks
    // Servers of all resources one after the other; a variant touches few of them.
    var firstServer: [Int] = []
    firstServer.reserveCapacity(program.resources.count)
    var servers = 0
    for resource in program.resources {
      firstServer.append(servers)
      servers += max(1, resource.servers)
    }
    var free = Array(repeating: 0.0, count: servers)
    var ready = tasks.map { _ in 0.0 }
    var missing = tasks.map(\.predecessors.count)
    var successors: [[Int]] = tasks.map { _ in [] }
    for (index, task) in tasks.enumerated() {
      for predecessor in task.predecessors { successors[predecessor].append(index) }
    }
    var intervals = tasks.map { _ in Interval(start: 0, end: 0) }
    var waiting = Heap(tasks.indices.filter { missing[$0] == 0 }.map { Ready(time: 0, task: $0) })
    while let next = waiting.popMin()?.task {
      var grant = ready[next]
      var end = grant
      for (position, leg) in tasks[next].legs.enumerated() {
        var server = firstServer[leg.resource]
        for other in server..<server + max(1, program.resources[leg.resource].servers)
        where free[other] < free[server] {
          server = other
        }
        let start = max(grant, free[server])
        if position == 0 { grant = start }
        free[server] = start + leg.seconds
        end = max(end, start + leg.seconds)
      }
      intervals[next] = Interval(start: grant, end: end)
      for successor in successors[next] {
        ready[successor] = max(ready[successor], end)
        missing[successor] -= 1
        if missing[successor] == 0 { waiting.insert(Ready(time: ready[successor], task: successor)) }
      }
    }
    return intervals
  }
}
