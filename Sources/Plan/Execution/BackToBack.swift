import HeapModule

/// Many batches one after the other, each let in as soon as devices have a place for it.
///
/// Requests come in a fixed order and are dealt out to replicas by their shares. One may begin on a device when fewer
/// requests in front of it than the device has places are unfinished there; tasks then join their resources' queues as in
/// ``SingleRequest``. Written from the definition of ``ExecutionProgram``; it shares nothing with the simulator.
struct BackToBack {
  private let program: ExecutionProgram
  /// By variant, then task: who waits for it.
  private let successors: [[[Int]]]

  private struct End: Comparable {
    var time: Double
    var order: Int
    var request: Int
    var task: Int
    static func < (a: End, b: End) -> Bool { (a.time, a.order) < (b.time, b.order) }
  }

  private struct Request {
    var variant: Int
    /// By task: predecessors that have not ended.
    var missing: [Int]
    /// By device: tasks that have not ended, and the place in the order of admission.
    var left: [Int]
    var ticket: [Int]
    var tasksLeft: Int
  }

  /// Requests that are followed, and the tasks of all of them.
  private static let leastRequests = 32
  private static let mostTasks = 100_000
  /// How often all places are taken anew.
  private let rounds: Int
  private let mostRequests: Int

  /// - Parameter isLong: Whether it takes long until requests hold each other up as much as they ever do.
  init(_ program: ExecutionProgram, isLong: Bool = false) {
    self.program = program
    (rounds, mostRequests) = isLong ? (24, 1024) : (4, 256)
    successors = program.variants.map { variant in
      var lists = variant.tasks.map { _ in [Int]() }
      for (index, task) in variant.tasks.enumerated() {
        for predecessor in task.predecessors { lists[predecessor].append(index) }
      }
      return lists
    }
  }

  /// Seconds between two ends, over the second half of the requests.
  var period: Double {
    let ends = run(requests: count)
    let half = ends.count / 2
    guard half > 0, let last = ends.last else { return 0 }
    return (last - ends[half - 1]) / Double(ends.count - half)
  }

  /// Enough for several rounds of all places.
  private var count: Int {
    let places = program.devices.map { min($0.inFlightLimit, mostRequests) }.max() ?? 1
    let tasks = program.variants.map(\.tasks.count).max() ?? 1
    let wanted = max(Self.leastRequests, rounds * (places + 2 * program.variants.count))
    return max(4, min(wanted, mostRequests, Self.mostTasks / max(1, tasks)))
  }

  /// When requests end, ascending.
  private func run(requests count: Int) -> [Double] {
    var requests = admissionOrder(count)
    var admitted = program.devices.map(\.inFlightLimit)
    /// By device and ticket: tasks that wait for a place.
    var waiting: [[Int: [(request: Int, task: Int)]]] = program.devices.map { _ in [:] }
    var servers = Servers(program)
    var events = Heap<End>()
    var order = 0
    var ends: [Double] = []

    func ready(_ request: Int, _ task: Int, at now: Double) {
      let entry = program.variants[requests[request].variant].tasks[task]
      for device in entry.devices where requests[request].ticket[device] >= admitted[device] {
        waiting[device][requests[request].ticket[device], default: []].append((request, task))
        return
      }
      let end = servers.serve(entry.legs, readyAt: now).end
      events.insert(End(time: end, order: order, request: request, task: task))
      order += 1
    }

    for request in requests.indices {
      for (task, missing) in requests[request].missing.enumerated() where missing == 0 {
        ready(request, task, at: 0)
      }
    }
    while let event = events.popMin() {
      let variant = requests[event.request].variant
      for next in successors[variant][event.task] {
        requests[event.request].missing[next] -= 1
        if requests[event.request].missing[next] == 0 { ready(event.request, next, at: event.time) }
      }
      for device in program.variants[variant].tasks[event.task].devices {
        requests[event.request].left[device] -= 1
        guard requests[event.request].left[device] == 0 else { continue }
        admitted[device] += 1
        for (request, task) in waiting[device].removeValue(forKey: admitted[device] - 1) ?? [] {
          ready(request, task, at: event.time)
        }
      }
      requests[event.request].tasksLeft -= 1
      if requests[event.request].tasksLeft == 0 { ends.append(event.time) }
    }
    return ends
  }

  private func admissionOrder(_ count: Int) -> [Request] {
    var served = program.variants.map { _ in 0 }
    var tickets = program.devices.map { _ in 0 }
    let visits = program.variants.map { variant in
      variant.tasks.reduce(into: program.devices.map { _ in 0 }) { sums, task in
        for device in task.devices { sums[device] += 1 }
      }
    }
    return (0..<count).map { index in
      // Whoever is furthest behind its share.
      let behind = program.variants.indices.map {
        program.variants[$0].share * Double(index + 1) - Double(served[$0])
      }
      let variant = behind.indices.max { (behind[$0], -$0) < (behind[$1], -$1) } ?? 0
      served[variant] += 1
      let own = tickets
      for device in tickets.indices where visits[variant][device] > 0 { tickets[device] += 1 }
      let tasks = program.variants[variant].tasks
      return Request(
        variant: variant, missing: tasks.map(\.predecessors.count), left: visits[variant], ticket: own,
        tasksLeft: tasks.count)
    }
  }
}

extension ExecutionProgram.Task {
  /// One, or for a transfer sender and receiver.
  fileprivate var devices: [Int] { source.map { $0 == device ? [device] : [$0, device] } ?? [device] }
}
