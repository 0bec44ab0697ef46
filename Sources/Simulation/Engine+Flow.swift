/// How a batch moves: dispatch, admission to devices, queues, legs, completion.
extension Engine {
  /// Sends the open batch of a bucket on its way.
  mutating func dispatchBatch(_ bucket: Int) {
    let batch = batches[bucket]
    defer { batches[bucket].clear() }
    guard let variant = dispatcher.choose(bucket: bucket) else {
      for arrival in batch.arrivals { meter.failed(arrival: arrival, at: now) }
      requestsEnded(batch.count, pause: Self.retryTicks)
      return
    }
    let slot = takeSlot()
    for index in 0..<batch.count { members[slot * batchSize + index] = batch.arrivals[index] }
    let info = program.variants[variant]
    var fill = 1.0
    if let batching = options.batching, batching.cost == .proportional {
      fill = Double(batch.count) / Double(batching.maximumRequests)
    }
    slots[slot] = SlotState(
      dispatched: now, ordinal: batchesDispatched, lengthScale: variation.lengthScale(batch.length) * fill,
      variant: Int32(variant), tasksLeft: Int32(info.taskCount), members: Int32(batch.count))
    batchesDispatched += 1
    variation.drawLookups(slot: slot, scale: batch.meanLookupScale * fill)
    let firstTask = slot * taskStride
    for index in 0..<info.taskCount {
      tasks[firstTask + index].pending = program.tasks[info.taskStart + index].predecessorCount
      tasks[firstTask + index].critical = -1
    }
    let entry = program.entries[variant]
    for device in entry.devices {
      let device = Int(device)
      claims[slot * deviceCount + device] = ClaimState(
        ticket: windows[device].takeTicket(slot: Int32(slot)), tasksLeft: entry.tasksOnDevice[device])
    }
    for root in entry.roots { taskReady(slot, Int(root)) }
  }

  /// All predecessors of a task have ended.
  private mutating func taskReady(_ slot: Int, _ task: Int) {
    let index = slot * taskStride + task
    tasks[index].ready = now
    tasks[index].gate = -1
    if passesGates(slot, task) { begin(slot, task) }
  }

  /// Whether the devices that a task touches have room for its request; if not, the task waits there.
  private mutating func passesGates(_ slot: Int, _ task: Int) -> Bool {
    let info = program.tasks[program.variants[Int(slots[slot].variant)].taskStart + task]
    if info.source >= 0, !passesGate(slot, task, device: Int(info.source)) { return false }
    return passesGate(slot, task, device: Int(info.device))
  }

  private mutating func passesGate(_ slot: Int, _ task: Int, device: Int) -> Bool {
    let claim = slot * deviceCount + device
    if claims[claim].admitted { return true }
    if windows[device].admits(claims[claim].ticket) {
      claims[claim].admitted = true
      windows[device].enter(at: now)
      return true
    }
    let index = slot * taskStride + task
    tasks[index].gate = Int32(device)
    tasks[index].nextGated = claims[claim].gated
    claims[claim].gated = Int32(task)
    return false
  }

  /// A device has room for a slot: its tasks that waited for it go on, those first that waited first.
  mutating func admit(_ slot: Int, to device: Int) {
    var task = firstGated(slot, device)
    claims[slot * deviceCount + device].gated = -1
    while task >= 0 {
      let following = tasks[slot * taskStride + Int(task)].nextGated
      if passesGates(slot, Int(task)) { begin(slot, Int(task)) }
      task = following
    }
  }

  /// The task that waited first, with the others behind it; they are kept the last one first.
  private mutating func firstGated(_ slot: Int, _ device: Int) -> Int32 {
    var (first, task) = (Int32(-1), claims[slot * deviceCount + device].gated)
    while task >= 0 {
      let index = slot * taskStride + Int(task)
      (tasks[index].nextGated, first, task) = (first, task, tasks[index].nextGated)
    }
    return first
  }

  /// A task joins the queue of its first leg.
  private mutating func begin(_ slot: Int, _ task: Int) {
    let variant = program.variants[Int(slots[slot].variant)]
    let info = program.tasks[variant.taskStart + task]
    let index = slot * taskStride + task
    tasks[index].admitted = now
    tasks[index].legsLeft = info.legCount
    tasks[index].scale =
      variation.isActive ? variation.scale(info, slot: slot, lengthScale: slots[slot].lengthScale) : 1
    enqueue(slot, leg: Int(info.firstLeg), variant.legStart)
  }

  private mutating func enqueue(_ slot: Int, leg: Int, _ legStart: Int) {
    let node = slot * legStride + leg
    let resource = Int(program.legs[legStart + leg].resource)
    legs[node].queued = now
    if resources[resource].isShared {
      serveShared(node, slot, leg, resource)
    } else if resources[resource].busy < resources[resource].servers {
      serve(node, slot, leg, legStart, resource)
    } else {
      legs[node].phase = .queued
      resources[resource].append(Int32(node), to: &legs, at: now, before: queuePosition(slot, resource))
    }
  }

  /// The queued leg to stand before; -1 for the end of the queue.
  private func queuePosition(_ slot: Int, _ resource: Int) -> Int32 {
    guard options.queueing == .oldestRequest else { return -1 }
    var position: Int32 = -1
    var candidate = resources[resource].tail
    while candidate >= 0, slots[Int(legs[Int(candidate)].slot)].ordinal > slots[slot].ordinal {
      position = candidate
      candidate = legs[Int(candidate)].previous
    }
    return position
  }

  /// A server takes a leg.
  private mutating func serve(_ node: Int, _ slot: Int, _ leg: Int, _ legStart: Int, _ resource: Int) {
    resources[resource].take(at: now, waitedSince: legs[node].queued)
    let device = Int(program.coreDevice[resource])
    if device >= 0 { cores[device].take(at: now) }
    legs[node].phase = .serving
    legs[node].started = now
    slots[slot].references += 1
    let info = program.legs[legStart + leg]
    let task = slot * taskStride + Int(info.task)
    var ticks = info.ticks
    if variation.isActive {
      let scaled = (Double(ticks) * tasks[task].scale).rounded()
      ticks = scaled < 0x1p62 ? Int64(scaled) : .max
    }
    schedule(.legEnd, after: ticks, subject: Int32(node))
    if info.isFirst { granted(slot, Int(info.task), legStart) }
  }

  /// The first leg of a task was taken: its other legs queue from now on (cut-through).
  mutating func granted(_ slot: Int, _ task: Int, _ legStart: Int) {
    tasks[slot * taskStride + task].granted = now
    let info = program.tasks[program.variants[Int(slots[slot].variant)].taskStart + task]
    for leg in Int(info.firstLeg) + 1..<max(Int(info.firstLeg) + 1, Int(info.firstLeg + info.legCount)) {
      enqueue(slot, leg: leg, legStart)
    }
  }

  mutating func legEnded(_ node: Int32) {
    let node = Int(node)
    let slot = Int(legs[node].slot)
    if legs[node].phase == .aborted {
      legs[node].phase = .idle
      release(slot)
      return
    }
    let leg = node - slot * legStride
    let legStart = program.variants[Int(slots[slot].variant)].legStart
    let info = program.legs[legStart + leg]
    legs[node].phase = .idle
    if let recorder { recorder.legEnded(self, node: node, slot: slot, leg: leg) }
    // What follows for the request is in the queue before the server asks who is next.
    legDone(slot, leg, task: Int(info.task))
    free(Int(info.resource))
    serveNext(Int(info.resource))
  }

  /// A server of a resource that is not shared has done its leg.
  mutating func free(_ resource: Int) {
    resources[resource].free(at: now)
    let device = Int(program.coreDevice[resource])
    if device >= 0 { cores[device].free(at: now) }
  }

  /// What follows for the request when one of its legs ends.
  mutating func legDone(_ slot: Int, _ leg: Int, task: Int) {
    if slots[slot].failed {
      release(slot)
      return
    }
    slots[slot].references -= 1
    let index = slot * taskStride + task
    tasks[index].legsLeft -= 1
    if tasks[index].legsLeft == 0 {
      tasks[index].ended = now
      tasks[index].lastLeg = Int32(leg)
      taskEnded(slot, task)
    }
  }

  /// Gives a free server to the leg at the head of the queue.
  mutating func serveNext(_ resource: Int) {
    guard resources[resource].busy < resources[resource].servers else { return }
    let node = resources[resource].head
    guard node >= 0 else { return }
    resources[resource].remove(node, from: &legs, at: now)
    let slot = Int(legs[Int(node)].slot)
    let legStart = program.variants[Int(slots[slot].variant)].legStart
    serve(Int(node), slot, Int(node) - slot * legStride, legStart, resource)
  }

  private mutating func taskEnded(_ slot: Int, _ task: Int) {
    let variant = program.variants[Int(slots[slot].variant)]
    let info = program.tasks[variant.taskStart + task]
    let firstTask = slot * taskStride
    for position in Int(info.successorStart)..<Int(info.successorStart + info.successorCount) {
      let successor = Int(program.successors[position])
      tasks[firstTask + successor].pending -= 1
      if tasks[firstTask + successor].pending == 0 {
        tasks[firstTask + successor].critical = Int32(task)
        taskReady(slot, successor)
      }
    }
    // Places are given up in the order in which a transfer came by them.
    if info.source >= 0 { taskLeft(slot, device: Int(info.source)) }
    taskLeft(slot, device: Int(info.device))
    slots[slot].tasksLeft -= 1
    if slots[slot].tasksLeft == 0 { completed(slot, lastTask: task) }
  }

  private mutating func taskLeft(_ slot: Int, device: Int) {
    let claim = slot * deviceCount + device
    claims[claim].tasksLeft -= 1
    guard claims[claim].tasksLeft == 0 else { return }
    if let next = windows[device].leave(at: now) { admit(Int(next), to: device) }
  }

  private mutating func completed(_ slot: Int, lastTask: Int) {
    dispatcher.ended(variant: Int(slots[slot].variant))
    recorder?.requestEnded(self, slot: slot, lastTask: lastTask)
    if meter.isMeasuring { recordCriticalPath(slot, lastTask) }
    for index in 0..<Int(slots[slot].members) {
      let arrival = members[slot * batchSize + index]
      meter.completed(arrival: arrival, at: now)
    }
    requestsEnded(Int(slots[slot].members), pause: 0)
    freeSlots.append(Int32(slot))
  }

  /// The requests of a batch were answered or lost: their clients send the next ones, and the run may be over.
  ///
  /// Once for a whole batch, so that the measured part never begins or ends inside one.
  mutating func requestsEnded(_ count: Int, pause: Int64) {
    if run.clients > 0 {
      for _ in 0..<count { schedule(.arrival, after: thinkTicks + pause) }
    }
    if !meter.isMeasuring, meter.finished >= run.warmUp { beginMeasuring() }
    if let requests = run.requests, meter.finished >= run.warmUp + requests { stopped = true }
  }

  private mutating func takeSlot() -> Int {
    if let slot = freeSlots.popLast() { return Int(slot) }
    let slot = slots.count
    slots.append(SlotState())
    tasks += [TaskState](repeating: TaskState(), count: taskStride)
    legs += [LegState](repeating: LegState(slot: Int32(slot)), count: legStride)
    claims += [ClaimState](repeating: ClaimState(), count: deviceCount)
    members += [Int64](repeating: 0, count: batchSize)
    return slot
  }
}

extension ResourceState {
  mutating func take(at now: Int64, waitedSince queued: Int64) {
    busy += 1
    busyOffset -= Int128(now)
    waited += Int128(now - queued)
    served += 1
  }

  mutating func free(at now: Int64) {
    busy -= 1
    busyOffset += Int128(now)
  }

  /// Puts a leg into the queue before another one, or at its end.
  mutating func append(_ node: Int32, to legs: inout [LegState], at now: Int64, before position: Int32) {
    let before = position >= 0 ? legs[Int(position)].previous : tail
    legs[Int(node)].next = position
    legs[Int(node)].previous = before
    if before >= 0 { legs[Int(before)].next = node } else { head = node }
    if position >= 0 { legs[Int(position)].previous = node } else { tail = node }
    queueLength += 1
    queueOffset -= Int128(now)
    if queueLength > longestQueue { longestQueue = queueLength }
  }

  mutating func remove(_ node: Int32, from legs: inout [LegState], at now: Int64) {
    let next = legs[Int(node)].next
    let previous = legs[Int(node)].previous
    if previous >= 0 { legs[Int(previous)].next = next } else { head = next }
    if next >= 0 { legs[Int(next)].previous = previous } else { tail = previous }
    queueLength -= 1
    queueOffset += Int128(now)
  }
}
