import HeapModule

/// Requests that all wait from the start, followed event by event; see ``BackToBack``.
struct RequestLine {
  private let variants: [Variant]
  private let variantOf: [Int]
  private let deviceCount: Int
  /// Tasks of the variant that has most; a request's tasks begin at its number times as many.
  private let taskStride: Int
  /// By request and task: predecessors and legs that have not ended.
  private var missing: [Int32]
  private var legsLeft: [Int32]
  /// By request and device: tasks that have not ended, and the place in the order of admission.
  private var left: [Int32]
  private var tickets: [Int32]
  /// By request.
  private var tasksLeft: [Int]
  /// By device: tickets that are let in, and by ticket the tasks that wait.
  private var admitted: [Int]
  private var waiting: [[Int32: [(request: Int, task: Int)]]]
  /// By resource.
  private var freeServers: [Int]
  private var queues: [Heap<Queued>]
  private var events = Heap<End>()
  /// Events and queues are in the order in which they were entered where all else is equal.
  private var order = 0
  private var ends: [Double] = []

  /// A variant in flat arrays.
  private struct Variant {
    /// By task: predecessors.
    var missing: [Int32]
    /// By task: who waits for it, in `waiting` from its entry to the next one's.
    var firstWaiting = [0]
    var waiting: [Int] = []
    /// By task: its legs, from its entry to the next one's.
    var firstLeg = [0]
    var legs: [Leg] = []
    /// By task: where it runs, and for a transfer where it comes from.
    var places: [(device: Int, source: Int?)]
    /// By device: tasks there.
    var visits: [Int32]

    init(_ variant: ExecutionProgram.Variant, devices: Int) {
      let tasks = variant.tasks
      missing = tasks.map { Int32($0.predecessors.count) }
      places = tasks.map { ($0.device, $0.source == $0.device ? nil : $0.source) }
      visits = Array(repeating: 0, count: devices)
      var followers = tasks.map { _ in [Int]() }
      for (index, task) in tasks.enumerated() {
        for predecessor in task.predecessors { followers[predecessor].append(index) }
        legs += task.legs.map { Leg(task: index, resource: $0.resource, seconds: $0.seconds) }
        firstLeg.append(legs.count)
        visits[task.device] += 1
        if let source = places[index].source { visits[source] += 1 }
      }
      for list in followers {
        waiting += list
        firstWaiting.append(waiting.count)
      }
    }
  }

  private struct Leg {
    var task: Int
    var resource: Int
    var seconds: Double
  }

  private struct End: Comparable {
    var time: Double
    var order: Int
    var request: Int32
    var leg: Int32
    static func < (a: End, b: End) -> Bool { a.time != b.time ? a.time < b.time : a.order < b.order }
    static func == (a: End, b: End) -> Bool { a.order == b.order }
  }

  /// In a resource's queue.
  private struct Queued: Comparable {
    var order: Int
    var request: Int32
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
    let stride = program.variants.map(\.tasks.count).max() ?? 0
    variants = program.variants.map { Variant($0, devices: devices) }
    deviceCount = devices
    taskStride = stride
    missing = Array(repeating: 0, count: variantOf.count * stride)
    legsLeft = missing
    left = Array(repeating: 0, count: variantOf.count * devices)
    tickets = left
    tasksLeft = variantOf.map { program.variants[$0].tasks.count }
    admitted = program.devices.map { min($0.inFlightLimit, variantOf.count) }
    waiting = program.devices.map { _ in [:] }
    freeServers = program.resources.map { max(1, $0.servers) }
    queues = program.resources.map { _ in Heap() }
    var nextTicket = Array(repeating: Int32(0), count: devices)
    for (request, index) in variantOf.enumerated() {
      let variant = variants[index]
      for task in variant.missing.indices {
        missing[request * stride + task] = variant.missing[task]
        legsLeft[request * stride + task] = Int32(variant.firstLeg[task + 1] - variant.firstLeg[task])
      }
      for device in 0..<devices {
        left[request * devices + device] = variant.visits[device]
        tickets[request * devices + device] = nextTicket[device]
        if variant.visits[device] > 0 { nextTicket[device] += 1 }
      }
    }
  }

  /// When requests end, ascending.
  mutating func run() -> [Double] {
    for (request, variant) in variantOf.enumerated() {
      for (task, missing) in variants[variant].missing.enumerated() where missing == 0 {
        ready(request, task, at: 0)
      }
    }
    while let event = events.popMin() {
      let leg = variants[variantOf[Int(event.request)]].legs[Int(event.leg)]
      // What follows for its request is in the queue before the server asks who is next.
      ended(Int(event.request), leg.task, at: event.time)
      if let next = queues[leg.resource].popMin() {
        serve(next.request, next.leg, at: event.time)
      } else {
        freeServers[leg.resource] += 1
      }
    }
    return ends
  }

  private mutating func ready(_ request: Int, _ task: Int, at now: Double) {
    let variant = variantOf[request]
    let place = variants[variant].places[task]
    if let source = place.source, waits(request, task, for: source) { return }
    if waits(request, task, for: place.device) { return }
    enqueue(Int32(request), Int32(variants[variant].firstLeg[task]), at: now)
  }

  private mutating func waits(_ request: Int, _ task: Int, for device: Int) -> Bool {
    let ticket = tickets[request * deviceCount + device]
    guard ticket >= admitted[device] else { return false }
    waiting[device][ticket, default: []].append((request, task))
    return true
  }

  private mutating func enqueue(_ request: Int32, _ leg: Int32, at now: Double) {
    let resource = variants[variantOf[Int(request)]].legs[Int(leg)].resource
    if freeServers[resource] > 0 {
      freeServers[resource] -= 1
      serve(request, leg, at: now)
    } else {
      order += 1
      queues[resource].insert(Queued(order: order, request: request, leg: leg))
    }
  }

  private mutating func serve(_ request: Int32, _ leg: Int32, at now: Double) {
    let variant = variantOf[Int(request)]
    let (task, seconds) = (variants[variant].legs[Int(leg)].task, variants[variant].legs[Int(leg)].seconds)
    order += 1
    events.insert(End(time: now + seconds, order: order, request: request, leg: leg))
    let (first, end) = (variants[variant].firstLeg[task], variants[variant].firstLeg[task + 1])
    guard Int(leg) == first else { return }
    for other in first + 1..<max(first + 1, end) { enqueue(request, Int32(other), at: now) }
  }

  private mutating func ended(_ request: Int, _ task: Int, at now: Double) {
    let first = request * taskStride
    legsLeft[first + task] -= 1
    guard legsLeft[first + task] == 0 else { return }
    let variant = variantOf[request]
    for position in variants[variant].firstWaiting[task]..<variants[variant].firstWaiting[task + 1] {
      let next = variants[variant].waiting[position]
      missing[first + next] -= 1
      if missing[first + next] == 0 { ready(request, next, at: now) }
    }
    let place = variants[variant].places[task]
    if let source = place.source { leave(request, source, at: now) }
    leave(request, place.device, at: now)
    tasksLeft[request] -= 1
    if tasksLeft[request] == 0 { ends.append(now) }
  }

  /// One task of a request less is ahead on a device; after the last one its place is free.
  private mutating func leave(_ request: Int, _ device: Int, at now: Double) {
    left[request * deviceCount + device] -= 1
    guard left[request * deviceCount + device] == 0 else { return }
    let ticket = Int32(admitted[device])
    admitted[device] += 1
    for (request, task) in waiting[device].removeValue(forKey: ticket) ?? [] { ready(request, task, at: now) }
  }
}
