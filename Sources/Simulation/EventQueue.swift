/// What happens at one instant of simulated time.
struct Event {
  /// Lower raw values come first among events of the same tick: a server is free again before the next arrival.
  enum Kind: UInt8 { case failure, recovery, legEnd, sharedEnd, batchExpiry, arrival }

  var time: Int64
  /// Priority in the top byte, sequence number below.
  var order: UInt64
  /// Leg node, resource or other index, by kind.
  var subject: Int32
  /// Guards against events that no longer hold.
  var generation: UInt32

  var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: order >> 56)) ?? .arrival }

  @inline(__always)
  static func < (a: Event, b: Event) -> Bool {
    a.time < b.time || (a.time == b.time && a.order < b.order)
  }
}

/// Pending events, earliest first; ties go by priority, then by the order in which they were scheduled.
///
/// A 4-ary implicit heap: insertion O(log n), removal O(4 log4 n). It is half as deep as a binary heap and all
/// four children share one or two cache lines; swift-collections' min-max heap pays for an end never used here.
struct EventQueue {
  private var heap: [Event] = []
  private var sequence: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }

  mutating func schedule(_ kind: Event.Kind, at time: Int64, subject: Int32 = 0, generation: UInt32 = 0) {
    let order = UInt64(kind.rawValue) << 56 | sequence
    sequence += 1
    let event = Event(time: time, order: order, subject: subject, generation: generation)
    heap.append(event)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 4
      guard event < heap[parent] else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = event
  }

  mutating func next() -> Event? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else { return last }
    // The hottest loop of the engine: unchecked access saves a fifth of it. Indices stay below `count`.
    unsafe heap.withUnsafeMutableBufferPointer { heap in
      let count = heap.count
      var hole = 0
      while true {
        let firstChild = 4 * hole + 1
        if firstChild >= count { break }
        var smallest = firstChild
        var child = firstChild + 1
        let end = min(firstChild + 4, count)
        while child < end {
          if unsafe heap[child] < heap[smallest] { smallest = child }
          child += 1
        }
        guard unsafe heap[smallest] < last else { break }
        unsafe heap[hole] = heap[smallest]
        hole = smallest
      }
      unsafe heap[hole] = last
    }
    return first
  }
}
