import HeapModule

/// The time of one batch in an empty system.
///
/// A list schedule: tasks join their resources' queues in order of readiness (ties by position in the program), and
/// each resource serves in order of arrival, which is also that of the oldest request where there is one. Written for one request at a time from the definition of
/// ``ExecutionProgram``; it shares nothing with the simulator.
public struct SingleRequest {
  private let servers: Servers

  public init(_ program: ExecutionProgram) { servers = Servers(program) }

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
  public func latency(of variant: ExecutionProgram.Variant) -> Double {
    schedule(variant).reduce(0) { max($0, $1.end) }
  }

  /// By task. O(n log n) in the tasks of one variant.
  public func schedule(_ variant: ExecutionProgram.Variant) -> [Interval] {
    let tasks = variant.tasks
    var servers = servers
    var ready = Array(repeating: 0.0, count: tasks.count)
    var missing = tasks.map { $0.predecessors.count }
    let successors = Successors(tasks)
    var intervals = Array(repeating: Interval(start: 0, end: 0), count: tasks.count)
    var waiting = Heap(tasks.indices.filter { missing[$0] == 0 }.map { Ready(time: 0, task: $0) })
    while let next = waiting.popMin()?.task {
      let (start, end) = servers.serve(tasks[next].legs, readyAt: ready[next])
      intervals[next] = Interval(start: start, end: end)
      for successor in successors.of(next) {
        ready[successor] = max(ready[successor], end)
        missing[successor] -= 1
        if missing[successor] == 0 { waiting.insert(Ready(time: ready[successor], task: successor)) }
      }
    }
    return intervals
  }
}

/// By task, who waits for it: one array for all of them.
struct Successors {
  private var first: [Int]
  private var waiting: [Int]

  init(_ tasks: [ExecutionProgram.Task]) {
    first = Array(repeating: 0, count: tasks.count + 1)
    for task in tasks { for predecessor in task.predecessors { first[predecessor + 1] += 1 } }
    for index in tasks.indices { first[index + 1] += first[index] }
    waiting = Array(repeating: 0, count: first[tasks.count])
    var next = first
    for (index, task) in tasks.enumerated() {
      for predecessor in task.predecessors {
        waiting[next[predecessor]] = index
        next[predecessor] += 1
      }
    }
  }

  func of(_ task: Int) -> ArraySlice<Int> { waiting[first[task]..<first[task + 1]] }
}
