/// Measuring: the window, the critical path, the summary of a replication.
extension Engine {
  mutating func beginMeasuring() {
    meter.startMeasuring()
    windowStart = now
    windowInSystem = meter.inSystemArea(now)
    inFlightAreas = windows.map { $0.area(now) }
    workingAreas = cores.map { $0.area(now) }
    snapshots = resources.map { ResourceSnapshot($0, at: now) }
    for resource in resources.indices { resources[resource].longestQueue = resources[resource].queueLength }
  }

  /// Walks back from the task that ended last over the predecessors that were waited for, and adds up where the time
  /// went. Waits and services along the path add up to the latency exactly.
  mutating func recordCriticalPath(_ slot: Int, _ lastTask: Int) {
    let variant = program.variants[Int(slots[slot].variant)]
    let weight = Int128(slots[slot].members)
    for index in 0..<Int(slots[slot].members) {
      meter.pathBatching += Int128(slots[slot].dispatched - members[slot * batchSize + index])
    }
    var task = Int32(lastTask)
    while task >= 0 {
      let state = tasks[slot * taskStride + Int(task)]
      let firstLeg = program.tasks[variant.taskStart + Int(task)].firstLeg
      let first = Int(program.legs[variant.legStart + Int(firstLeg)].resource)
      let last = Int(program.legs[variant.legStart + Int(state.lastLeg)].resource)
      let started = legs[slot * legStride + Int(state.lastLeg)].started
      meter.pathWaits[first] += weight * Int128(state.granted - state.admitted)
      if state.lastLeg != firstLeg { meter.pathWaits[last] += weight * Int128(started - state.granted) }
      meter.pathService[last] += weight * Int128(state.ended - started)
      if state.gate >= 0 { meter.pathGates[Int(state.gate)] += weight * Int128(state.admitted - state.ready) }
      task = state.critical
    }
  }

  /// Sums the replication up.
  func finish() -> RunResult {
    let windowTicks = now - windowStart
    let measured = Double(max(1, meter.measuredCompleted))
    return RunResult(
      windowSeconds: Ticks.seconds(windowTicks), simulatedSeconds: Ticks.seconds(now), events: meter.events,
      latencies: meter.latencies,
      meanLatencySeconds: Ticks.seconds(meter.latencySum) / measured,
      measuredCompleted: meter.measuredCompleted, measuredFailed: meter.measuredFailed,
      arrived: meter.arrivedCount, completed: meter.completedCount, failed: meter.failedCount,
      inFlight: requestsPresent().count, mostInSystem: meter.mostInSystem,
      meanInSystem: windowTicks > 0
        ? Double(meter.inSystemArea(now) - windowInSystem) / Double(windowTicks) : 0,
      littleIdentityHolds: littleIdentityHolds(),
      growthPerSecond: meter.growth.growthPerSecond,
      isUnstable: options.load.isOpen && (meter.hitRoomLimit || meter.growth.isSteady),
      resources: resources.indices.map { resourceResult($0) },
      devices: windows.indices.map { deviceResult($0) },
      pathBatchingSeconds: Ticks.seconds(meter.pathBatching), phases: meter.phases,
      latencySeries: meter.latencySeries)
  }

  private func deviceResult(_ index: Int) -> RunResult.Device {
    let end = windows[index].area(now)
    let start = inFlightAreas.isEmpty ? end : inFlightAreas[index]
    return .init(
      mostInFlight: windows[index].mostInFlight, inFlightSeconds: Ticks.seconds(end - start),
      pathGateSeconds: Ticks.seconds(meter.pathGates[index]),
      workingSeconds: workingAreas.isEmpty ? 0 : Ticks.seconds(cores[index].area(now) - workingAreas[index]))
  }

  private func resourceResult(_ index: Int) -> RunResult.Resource {
    let end = ResourceSnapshot(resources[index], at: now)
    let start = snapshots.isEmpty ? end : snapshots[index]
    return .init(
      busySeconds: Ticks.seconds(end.busy - start.busy), queueSeconds: Ticks.seconds(end.queue - start.queue),
      longestQueue: Int(resources[index].longestQueue),
      waitedSeconds: Ticks.seconds(end.waited - start.waited), served: Int(end.served - start.served),
      pathWaitSeconds: Ticks.seconds(meter.pathWaits[index]),
      pathServiceSeconds: Ticks.seconds(meter.pathService[index]))
  }

  /// Arrival times of the requests in slots and in the open batch.
  private func requestsPresent() -> [Int64] {
    var isFree = [Bool](repeating: false, count: slots.count)
    for slot in freeSlots { isFree[Int(slot)] = true }
    var present = batches.flatMap(\.arrivals)
    for slot in slots.indices where !isFree[slot] && !slots[slot].failed {
      present += members[slot * batchSize..<slot * batchSize + Int(slots[slot].members)]
    }
    return present
  }

  /// Little's law over the whole run as an identity of two independent sums.
  private func littleIdentityHolds() -> Bool {
    let waiting = requestsPresent().reduce(Int128(0)) { $0 + Int128(now - $1) }
    return meter.inSystemArea(now) == meter.sojourn + waiting
  }
}
