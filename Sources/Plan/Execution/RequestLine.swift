/// Requests that all wait from the start, followed event by event; see ``BackToBack``.
///
/// They are followed until the line is in a state that it was in before, which it then repeats for ever; until requests are
/// seen not to hold each other up; or until there are no more to begin with.
struct RequestLine {
  private let tasks: Tasks
  private let variantOf: [Int]
  private let deviceCount: Int
  /// By request and task: predecessors and legs that have not ended. A request's tasks begin at its number times
  /// ``Tasks/stride``.
  private var missing: [Int32]
  private var legsLeft: [Int32]
  /// By request and device: tasks that have not ended, and the place in the order of admission.
  private var left: [Int32]
  private var tickets: [Int32]
  /// By request.
  private var tasksLeft: [Int32]
  /// By device: requests by ticket, and how many are let in.
  private var visitors: [[Int]]
  private var admitted: [Int]
  /// By request and device: the last task that waits to be let in; and by request and task, the one that waited before it. -1
  /// for none.
  private var lastWaiting: [Int32]
  private var waitedBefore: [Int32]
  /// By resource.
  private var freeServers: [Int]
  private var queues: [MinimumHeap<Queued>]
  private var events = MinimumHeap<End>()
  /// Events and queues are in the order in which they were entered where all else is equal.
  private var order: Int32 = 0
  private var ends: [Double] = []
  /// The first request that has not ended, and the last one that was begun with.
  private var firstLeft = 0
  private var lastBegun = -1
  private var known: Moment?

  /// All variants' tasks in flat arrays. A variant's tasks begin at its number times ``stride``.
  private struct Tasks {
    /// Tasks of the variant that has most.
    let stride: Int
    /// By variant.
    var count: [Int] = []
    /// By task: predecessors; where it runs, and for a transfer where it comes from, -1 for nowhere else.
    var predecessors: [Int32]
    var device: [Int]
    var source: [Int]
    /// By task: where its legs begin and end, and who waits for it.
    var legs: [Range<Int>]
    var followers: [Range<Int>]
    /// As numbers in their variant.
    var waiting: [Int] = []
    /// By leg: its task as a number in its variant.
    var legTask: [Int] = []
    var legResource: [Int] = []
    var legSeconds: [Double] = []

    init(_ program: ExecutionProgram) {
      stride = program.variants.map(\.tasks.count).max() ?? 0
      let all = stride * program.variants.count
      predecessors = Array(repeating: 0, count: all)
      device = Array(repeating: 0, count: all)
      source = Array(repeating: -1, count: all)
      legs = Array(repeating: 0..<0, count: all)
      followers = legs
      for (number, variant) in program.variants.enumerated() {
        count.append(variant.tasks.count)
        let successors = Successors(variant.tasks)
        for (index, task) in variant.tasks.enumerated() {
          let position = number * stride + index
          predecessors[position] = Int32(task.predecessors.count)
          device[position] = task.device
          if let other = task.source, other != task.device { source[position] = other }
          let next = successors.of(index)
          followers[position] = waiting.count..<(waiting.count + next.count)
          waiting += next
          let first = legTask.count
          for leg in task.legs {
            legTask.append(index)
            legResource.append(leg.resource)
            legSeconds.append(leg.seconds)
          }
          legs[position] = first..<legTask.count
        }
      }
    }
  }

  private struct End: Comparable {
    var time: Double
    var order: Int32
    var request: Int32
    var leg: Int32
    static func < (a: End, b: End) -> Bool { a.time != b.time ? a.time < b.time : a.order < b.order }
    static func == (a: End, b: End) -> Bool { a.order == b.order }
  }

  /// In a resource's queue.
  private struct Queued: Comparable {
    var request: Int32
    var order: Int32
    var leg: Int32
    static func < (a: Queued, b: Queued) -> Bool {
      a.request != b.request ? a.request < b.request : a.order < b.order
    }
    static func == (a: Queued, b: Queued) -> Bool { a.order == b.order }
  }

  /// - Parameter variantOf: By request.
  init(_ program: ExecutionProgram, variantOf: [Int]) {
    self.variantOf = variantOf
    let devices = program.devices.count
    let tasks = Tasks(program)
    let stride = tasks.stride
    self.tasks = tasks
    deviceCount = devices
    missing = Array(repeating: 0, count: variantOf.count * stride)
    legsLeft = missing
    waitedBefore = missing
    left = Array(repeating: 0, count: variantOf.count * devices)
    tickets = left
    lastWaiting = Array(repeating: -1, count: variantOf.count * devices)
    tasksLeft = variantOf.map { Int32(tasks.count[$0]) }
    admitted = program.devices.map { min($0.inFlightLimit, variantOf.count) }
    visitors = program.devices.map { _ in [] }
    freeServers = program.resources.map { max(1, $0.servers) }
    queues = program.resources.map { _ in MinimumHeap() }
    for (request, variant) in variantOf.enumerated() {
      let own = request * devices
      for task in 0..<tasks.count[variant] {
        let position = variant * stride + task
        missing[request * stride + task] = tasks.predecessors[position]
        legsLeft[request * stride + task] = Int32(tasks.legs[position].count)
        left[own + tasks.device[position]] += 1
        if tasks.source[position] >= 0 { left[own + tasks.source[position]] += 1 }
      }
      for device in 0..<devices {
        tickets[own + device] = Int32(visitors[device].count)
        if left[own + device] > 0 { visitors[device].append(request) }
      }
    }
  }

  /// Seconds between two ends, once the line has settled.
  ///
  /// - Parameter least: What its resources need for a request.
  mutating func period(least: Double) -> Double {
    for (request, variant) in variantOf.enumerated() {
      for task in 0..<tasks.count[variant] where tasks.predecessors[variant * tasks.stride + task] == 0 {
        ready(request, task, at: 0)
      }
    }
    var nextLook = Self.firstLook
    var wasLeast = false
    while let event = events.popMinimum() {
      let leg = Int(event.leg)
      let resource = tasks.legResource[leg]
      let before = ends.count
      // What follows for its request is in the queue before the server asks who is next.
      ended(Int(event.request), tasks.legTask[leg], at: event.time)
      if let next = queues[resource].popMinimum() {
        serve(Int(next.request), Int(next.leg), at: event.time)
      } else {
        freeServers[resource] += 1
      }
      guard ends.count > before else { continue }
      if let rhythm = rhythm(at: event.time) { return rhythm }
      // The last ones have servers to themselves, and say nothing of those before.
      if lastBegun == variantOf.count - 1, ends.count * 2 >= variantOf.count { break }
      guard ends.count == nextLook else { continue }
      let isLeast = lateHalf <= least * (1 + Self.tolerance)
      if isLeast, wasLeast { return least }
      (wasLeast, nextLook) = (isLeast, 2 * nextLook)
    }
    return lateHalf
  }

  /// Ends at which it is first asked how long they are apart; asked again whenever there are twice as many.
  private static let firstLook = 32
  /// A part of the period that is as good as none: over so few requests it is not known much better.
  static let tolerance = 5e-3

  /// Seconds between two ends, over the second half of them.
  private var lateHalf: Double {
    let half = ends.count / 2
    guard half > 0, let last = ends.last else { return 0 }
    return (last - ends[half - 1]) / Double(ends.count - half)
  }

  // MARK: Rhythm

  /// A state of the line when a request has just ended. Requests are counted from the number of those that have.
  private struct Moment {
    var ended: Int
    var time: Double
    /// The first request that has not ended, and by device the first one that is not let in.
    var first: Int
    var next: [Int]
    /// From the first request that has not ended to the last one that was begun with: what ``missing`` and ``legsLeft`` say.
    ///
    /// Arrays of their own: slices would have the line's be copied whole at its next event.
    var missing: [Int32]
    var legsLeft: [Int32]
    /// What is served and for how many more seconds, in order of requests.
    var served: [(request: Int, leg: Int32, seconds: Double)]
  }

  /// Seconds between two ends if the line is in the state that it was in at a moment before.
  ///
  /// The moment that is compared with is a later one whenever twice as many requests have ended (Brent's search for cycles).
  private mutating func rhythm(at now: Double) -> Double? {
    while firstLeft < tasksLeft.count, tasksLeft[firstLeft] == 0 { firstLeft += 1 }
    guard let known, ends.count < 2 * known.ended else {
      known = Moment(
        ended: ends.count, time: now, first: firstLeft - ends.count, next: nextAdmitted,
        missing: Array(missing[begun]), legsLeft: Array(legsLeft[begun]), served: served(at: now))
      return nil
    }
    return isLike(known, at: now) ? (now - known.time) / Double(ends.count - known.ended) : nil
  }

  /// Tasks of the requests from the first one that has not ended to the last one that was begun with.
  private var begun: Range<Int> {
    let first = firstLeft * tasks.stride
    return first..<max(first, min(missing.count, (lastBegun + 1) * tasks.stride))
  }

  private var nextAdmitted: [Int] {
    zip(visitors, admitted).map { $1 < $0.count ? $0[$1] - ends.count : variantOf.count }
  }

  private func served(at now: Double) -> [(request: Int, leg: Int32, seconds: Double)] {
    events.elements.map { (Int($0.request) - ends.count, $0.leg, $0.time - now) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
  }

  private func isLike(_ known: Moment, at now: Double) -> Bool {
    let step = ends.count - known.ended
    let tolerance = 1e-9 * (now - known.time)
    return firstLeft - ends.count == known.first && events.elements.count == known.served.count
      && begun.count == known.missing.count && missing[begun].elementsEqual(known.missing)
      && legsLeft[begun].elementsEqual(known.legsLeft) && nextAdmitted == known.next
      && zip(served(at: now), known.served).allSatisfy {
        $0.request == $1.request && $0.leg == $1.leg && abs($0.seconds - $1.seconds) <= tolerance
      }
      // And what comes is dealt out as it was.
      && variantOf[(known.ended + known.first)...].dropLast(step)
        .elementsEqual(variantOf[(known.ended + known.first + step)...])
  }

  // MARK: Events

  private mutating func ready(_ request: Int, _ task: Int, at now: Double) {
    let position = variantOf[request] * tasks.stride + task
    let source = tasks.source[position]
    if source >= 0, waits(request, task, for: source) { return }
    if waits(request, task, for: tasks.device[position]) { return }
    enqueue(request, tasks.legs[position].lowerBound, at: now)
  }

  private mutating func waits(_ request: Int, _ task: Int, for device: Int) -> Bool {
    let visit = request * deviceCount + device
    guard tickets[visit] >= admitted[device] else { return false }
    waitedBefore[request * tasks.stride + task] = lastWaiting[visit]
    lastWaiting[visit] = Int32(task)
    return true
  }

  private mutating func enqueue(_ request: Int, _ leg: Int, at now: Double) {
    let resource = tasks.legResource[leg]
    if freeServers[resource] > 0 {
      freeServers[resource] -= 1
      serve(request, leg, at: now)
    } else {
      order += 1
      queues[resource].insert(Queued(request: Int32(request), order: order, leg: Int32(leg)))
    }
  }

  private mutating func serve(_ request: Int, _ leg: Int, at now: Double) {
    order += 1
    lastBegun = max(lastBegun, request)
    events.insert(
      End(time: now + tasks.legSeconds[leg], order: order, request: Int32(request), leg: Int32(leg)))
    let legs = tasks.legs[variantOf[request] * tasks.stride + tasks.legTask[leg]]
    guard leg == legs.lowerBound else { return }
    for other in legs.dropFirst() { enqueue(request, other, at: now) }
  }

  private mutating func ended(_ request: Int, _ task: Int, at now: Double) {
    let first = request * tasks.stride
    legsLeft[first + task] -= 1
    guard legsLeft[first + task] == 0 else { return }
    let position = variantOf[request] * tasks.stride + task
    for place in tasks.followers[position] {
      let next = tasks.waiting[place]
      missing[first + next] -= 1
      if missing[first + next] == 0 { ready(request, next, at: now) }
    }
    let source = tasks.source[position]
    if source >= 0 { leave(request, source, at: now) }
    leave(request, tasks.device[position], at: now)
    tasksLeft[request] -= 1
    if tasksLeft[request] == 0 { ends.append(now) }
  }

  /// One task of a request less is ahead on a device; after the last one its place is free.
  private mutating func leave(_ request: Int, _ device: Int, at now: Double) {
    left[request * deviceCount + device] -= 1
    guard left[request * deviceCount + device] == 0 else { return }
    let ticket = admitted[device]
    admitted[device] += 1
    guard ticket < visitors[device].count else { return }
    let request = visitors[device][ticket]
    var waiting: [Int] = []
    var last = lastWaiting[request * deviceCount + device]
    while last >= 0 {
      waiting.append(Int(last))
      last = waitedBefore[request * tasks.stride + Int(last)]
    }
    lastWaiting[request * deviceCount + device] = -1
    for task in waiting.reversed() { ready(request, task, at: now) }
  }
}
