/// Limits how many requests are on a device at once, without deadlock.
///
/// Requests take tickets in order of dispatch. One may start on the device when fewer than `limit` requests with an
/// earlier ticket are unfinished there. So at most `limit` are present, and the oldest request is admitted everywhere:
/// however requests hold one device while they wait for another, somebody always moves. (Plain first-come admission
/// can deadlock when two requests visit two devices in opposite order.)
///
/// The limit-th smallest unfinished ticket, `lastAdmitted`, is all the state needed: only tickets up to it can start,
/// so each finish lets exactly one more in.
struct AdmissionWindow {
  private(set) var inFlight = 0
  private(set) var mostInFlight = 0
  private var areaOffset: Int128 = 0
  private var lastAdmitted: Int64
  private var nextTicket: Int64 = 0
  private let isLimited: Bool
  /// Slot of each ticket after `lastAdmitted`, or ``cancelled``; a power of two long, indexed by ticket.
  private var waiting: [Int32] = []
  private static let cancelled: Int32 = -1
  /// From here on a limit is none.
  static let unlimited = 1 << 40

  init(limit: Int) {
    isLimited = limit < Self.unlimited
    lastAdmitted = isLimited ? Int64(limit) - 1 : .max
    waiting = isLimited ? [Int32](repeating: 0, count: 64) : []
  }

  mutating func takeTicket(slot: Int32) -> Int64 {
    let ticket = nextTicket
    nextTicket += 1
    guard isLimited, ticket > lastAdmitted else { return ticket }
    if nextTicket - lastAdmitted > Int64(waiting.count) { grow() }
    waiting[Int(truncatingIfNeeded: ticket) & (waiting.count - 1)] = slot
    return ticket
  }

  /// Integral of the requests in flight over time.
  func area(_ now: Int64) -> Int128 { Int128(inFlight) * Int128(now) + areaOffset }

  func admits(_ ticket: Int64) -> Bool { ticket <= lastAdmitted }

  mutating func enter(at now: Int64) {
    inFlight += 1
    areaOffset -= Int128(now)
    if inFlight > mostInFlight { mostInFlight = inFlight }
  }

  /// A request that entered is through.
  /// - Returns: the slot that may enter now, if one has a ticket for it.
  mutating func leave(at now: Int64) -> Int32? {
    inFlight -= 1
    areaOffset += Int128(now)
    return advance()
  }

  /// A request that never entered gives up its ticket.
  /// - Returns: the slot that may enter now, if one has a ticket for it.
  mutating func cancel(_ ticket: Int64) -> Int32? {
    guard isLimited else { return nil }
    if ticket <= lastAdmitted { return advance() }
    waiting[Int(truncatingIfNeeded: ticket) & (waiting.count - 1)] = Self.cancelled
    return nil
  }

  private mutating func advance() -> Int32? {
    guard isLimited else { return nil }
    while true {
      lastAdmitted += 1
      guard lastAdmitted < nextTicket else { return nil }
      let slot = waiting[Int(truncatingIfNeeded: lastAdmitted) & (waiting.count - 1)]
      if slot != Self.cancelled { return slot }
    }
  }

  private mutating func grow() {
    var larger = [Int32](repeating: 0, count: 2 * waiting.count)
    for ticket in lastAdmitted + 1..<nextTicket {
      let index = Int(truncatingIfNeeded: ticket)
      larger[index & (larger.count - 1)] = waiting[index & (waiting.count - 1)]
    }
    waiting = larger
  }
}
