/// Links whose transfers share the bandwidth equally (egalitarian processor sharing).
///
/// With n legs on a link of c servers each advances at min(1, c / n) of full speed. `virtual` is the work that a leg
/// present since time 0 would have received; a leg that came at virtual time v with work w ends when it reaches v + w.
extension Engine {
  mutating func serveShared(_ node: Int, _ slot: Int, _ leg: Int, _ resource: Int) {
    let variant = program.variants[Int(slots[slot].variant)]
    let info = program.legs[variant.legStart + leg]
    var work = Double(info.ticks)
    if variation.isActive { work *= tasks[slot * taskStride + Int(info.task)].scale }
    shares[resource].advance(to: now, servers: resources[resource].servers)
    shares[resource].insert(node: Int32(node), work: work)
    resources[resource].takeShared(at: now)
    legs[node].phase = .serving
    legs[node].started = now
    slots[slot].references += 1
    scheduleSharedEnd(resource)
    if info.isFirst { granted(slot, Int(info.task), variant.legStart) }
  }

  mutating func sharedLegEnded(resource: Int, generation: UInt32) {
    guard generation == shares[resource].generation else { return }
    shares[resource].advance(to: now, servers: resources[resource].servers)
    guard let node = shares[resource].removeFirst() else { return }
    resources[resource].freeShared(at: now)
    scheduleSharedEnd(resource)
    let slot = Int(legs[Int(node)].slot)
    let leg = Int(node) - slot * legStride
    let info = program.legs[program.variants[Int(slots[slot].variant)].legStart + leg]
    legs[Int(node)].phase = .idle
    if let recorder { recorder.legEnded(self, node: Int(node), slot: slot, leg: leg) }
    legDone(slot, leg, task: Int(info.task))
  }

  private mutating func scheduleSharedEnd(_ resource: Int) {
    shares[resource].generation &+= 1
    guard let ticks = shares[resource].ticksToFirstEnd(servers: resources[resource].servers) else { return }
    schedule(
      .sharedEnd, after: ticks < 0x1p62 ? Int64(ticks) : .max, subject: Int32(resource),
      generation: shares[resource].generation)
  }
}

/// The legs on one shared link.
struct ShareState {
  private struct Entry {
    var end: Double
    var order: UInt64
    var node: Int32
  }

  var generation: UInt32 = 0
  private var virtual = 0.0
  private var updated: Int64 = 0
  private var sequence: UInt64 = 0
  /// By end, then by order of arrival. Few legs share a link at once.
  private var entries: [Entry] = []

  var count: Int { entries.count }

  mutating func advance(to now: Int64, servers: Int32) {
    if entries.isEmpty {
      virtual = 0
    } else {
      virtual += Double(now - updated) * min(1, Double(servers) / Double(entries.count))
    }
    updated = now
  }

  mutating func insert(node: Int32, work: Double) {
    let entry = Entry(end: virtual + work, order: sequence, node: node)
    sequence += 1
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].end <= entry.end { low = middle + 1 } else { high = middle }
    }
    entries.insert(entry, at: low)
  }

  mutating func removeFirst() -> Int32? { entries.isEmpty ? nil : entries.removeFirst().node }

  /// Rounded up, so that the work is done when the end comes.
  func ticksToFirstEnd(servers: Int32) -> Double? {
    guard let first = entries.first else { return nil }
    let speed = min(1, Double(servers) / Double(entries.count))
    return (max(0, first.end - virtual) / speed).rounded(.up)
  }
}

extension ResourceState {
  /// A shared link counts as busy servers up to its number, whoever shares them.
  mutating func takeShared(at now: Int64) {
    present += 1
    if present <= servers { take(at: now, waitedSince: now) } else { served += 1 }
  }

  mutating func freeShared(at now: Int64) {
    if present <= servers { free(at: now) }
    present -= 1
  }
}
