import Plan

/// What happens when a device goes away and comes back.
///
/// Requests in flight that still have work on the device fail at once. Their legs leave every queue; legs in service
/// on other devices run to their end, for nothing. Requests that arrive later run variants that do not touch the
/// device; when there is none, they fail on arrival.
extension Engine {
  /// How long the client of a closed load waits after a lost request [assumed]: without a pause, a load that nobody
  /// can serve would stop time.
  static let retryTicks: Int64 = 1_000_000_000

  mutating func scheduleFailures() throws(SimulationError) {
    for (index, failure) in options.failures.enumerated() {
      guard let device = program.source.devices.firstIndex(where: { $0.name == failure.device }),
        let down = Ticks.from(seconds: failure.atSeconds)
      else { continue }
      events.schedule(.failure, at: down, subject: Int32(device))
      meter.outages.append(.init(failure: index, down: down))
      if let seconds = failure.backSeconds, let back = Ticks.from(seconds: seconds) {
        events.schedule(.recovery, at: back, subject: Int32(device))
      }
    }
  }

  mutating func fail(device: Int) {
    guard !deviceDown[device] else { return }
    deviceDown[device] = true
    meter.devicesDown += 1
    for (index, entry) in program.entries.enumerated() where entry.tasksOnDevice[device] > 0 {
      dispatcher.block(variant: index)
    }
    var isFree = [Bool](repeating: false, count: slots.count)
    for slot in freeSlots { isFree[Int(slot)] = true }
    for slot in slots.indices where !isFree[slot] && !slots[slot].failed {
      if claims[slot * deviceCount + device].tasksLeft > 0,
        program.entries[Int(slots[slot].variant)].tasksOnDevice[device] > 0
      {
        abandon(slot)
      }
    }
    abortService(on: device)
  }

  mutating func recover(device: Int) {
    guard deviceDown[device] else { return }
    deviceDown[device] = false
    meter.devicesDown -= 1
    meter.lastRecovery = now
    for (index, entry) in program.entries.enumerated() where entry.tasksOnDevice[device] > 0 {
      dispatcher.unblock(variant: index)
    }
  }

  /// Takes a failed batch out of all queues and gives back its room on the devices.
  private mutating func abandon(_ slot: Int) {
    slots[slot].failed = true
    let info = program.variants[Int(slots[slot].variant)]
    dispatcher.ended(variant: Int(slots[slot].variant))
    for leg in 0..<info.legCount {
      let node = slot * legStride + leg
      guard legs[node].phase == .queued else { continue }
      let resource = Int(program.legs[info.legStart + leg].resource)
      resources[resource].remove(Int32(node), from: &legs, at: now)
      legs[node].phase = .idle
    }
    for device in program.entries[Int(slots[slot].variant)].devices {
      let device = Int(device)
      let claim = slot * deviceCount + device
      guard claims[claim].tasksLeft > 0 else { continue }
      claims[claim].tasksLeft = 0
      claims[claim].gated = -1
      let next =
        claims[claim].admitted ? windows[device].leave(at: now) : windows[device].cancel(claims[claim].ticket)
      if let next { admit(Int(next), to: device) }
    }
    for index in 0..<Int(slots[slot].members) {
      meter.failed(arrival: members[slot * batchSize + index], at: now)
    }
    requestsEnded(Int(slots[slot].members), pause: Self.retryTicks)
    if slots[slot].references == 0 { freeSlots.append(Int32(slot)) }
  }

  /// Legs in service on a device that went away stop there; their end events find them aborted.
  private mutating func abortService(on device: Int) {
    for slot in slots.indices where slots[slot].failed && slots[slot].references > 0 {
      let info = program.variants[Int(slots[slot].variant)]
      for leg in 0..<info.legCount where legs[slot * legStride + leg].phase == .serving {
        let resource = Int(program.legs[info.legStart + leg].resource)
        guard program.source.resources[resource].device == device, !resources[resource].isShared else {
          continue
        }
        legs[slot * legStride + leg].phase = .aborted
        free(resource)
        serveNext(resource)
      }
    }
  }

  /// One end event of a failed batch has come; the slot is free after the last.
  mutating func release(_ slot: Int) {
    slots[slot].references -= 1
    if slots[slot].references == 0 { freeSlots.append(Int32(slot)) }
  }
}
