/// One leg of one request in the system.
struct LegState {
  enum Phase: UInt8 { case idle, queued, serving, aborted }

  var queued: Int64 = 0
  var started: Int64 = 0
  /// Neighbours in the resource's queue; -1 at its ends.
  var next: Int32 = -1
  var previous: Int32 = -1
  var slot: Int32 = 0
  var phase = Phase.idle
}

/// One task of one request in the system.
struct TaskState {
  /// When the last predecessor ended.
  var ready: Int64 = 0
  /// When every device it touches had room for the request.
  var admitted: Int64 = 0
  /// When the first leg's resource took it.
  var granted: Int64 = 0
  var ended: Int64 = 0
  /// Multiplier of every leg's time.
  var scale = 1.0
  var pending: Int32 = 0
  var legsLeft: Int32 = 0
  /// The predecessor that ended last; -1 for none.
  var critical: Int32 = -1
  /// The leg that ended last, within the variant.
  var lastLeg: Int32 = 0
  /// Next task of the same request that waits for the same device; -1 for none.
  var nextGated: Int32 = -1
  /// The device it waited for last; -1 for none.
  var gate: Int32 = -1
}

/// One batch in the system.
struct SlotState {
  var dispatched: Int64 = 0
  /// Number of the batch since the start.
  var ordinal: Int64 = 0
  var lengthScale = 1.0
  var variant: Int32 = -1
  var tasksLeft: Int32 = 0
  /// Legs that are queued or served, and tasks that wait for a device.
  var references: Int32 = 0
  var members: Int32 = 0
  var failed = false
}

/// One batch's claim on one device.
struct ClaimState {
  /// Place in the device's order of admission.
  var ticket: Int64 = 0
  /// Tasks that still touch the device.
  var tasksLeft: Int32 = 0
  /// First task that waits for room; -1 for none.
  var gated: Int32 = -1
  var admitted = false
}

/// When any core of a device works.
struct CoreActivity {
  /// Legs in service on its cores.
  private var busy: Int32 = 0
  private var offset: Int128 = 0

  /// Ticks in which there was one.
  func area(_ now: Int64) -> Int128 { busy > 0 ? Int128(now) + offset : offset }

  mutating func take(at now: Int64) {
    if busy == 0 { offset -= Int128(now) }
    busy += 1
  }

  mutating func free(at now: Int64) {
    busy -= 1
    if busy == 0 { offset += Int128(now) }
  }
}

/// A resource: its servers and its queue. Areas are integrals over time, kept as value * time + offset.
struct ResourceState {
  var busy: Int32 = 0
  var servers: Int32
  var head: Int32 = -1
  var tail: Int32 = -1
  var queueLength: Int64 = 0
  var longestQueue: Int64 = 0
  var busyOffset: Int128 = 0
  var queueOffset: Int128 = 0
  /// Ticks waited by all legs that have left the queue.
  var waited: Int128 = 0
  var served: Int64 = 0
  var isShared = false
  /// Legs on a shared link.
  var present: Int32 = 0

  func busyArea(_ now: Int64) -> Int128 { Int128(busy) * Int128(now) + busyOffset }
  func queueArea(_ now: Int64) -> Int128 { Int128(queueLength) * Int128(now) + queueOffset }
}
