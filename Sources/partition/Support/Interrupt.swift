import Foundation
import Synchronization

/// Ctrl-C: the first asks the search to end with its best plan so far, a later one ends the program.
enum Interrupt {
  /// When the first was pressed, in nanoseconds of the monotonic clock; 0 for not yet.
  private static let requestTime = Atomic<UInt64>(0)
  private static let exitCode: Int32 = 128 + SIGINT
  /// What `timeout` and others send to the process and to its group at once is one request.
  private static let leastApart: UInt64 = 200_000_000

  static func listen() {
    // A parent process may have blocked it.
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    signal(SIGINT) { _ in
      let now = Interrupt.nanoseconds
      let (isFirst, first) = Interrupt.requestTime.compareExchange(
        expected: 0, desired: now, ordering: .relaxed)
      if !isFirst, now > first + Interrupt.leastApart { _exit(Interrupt.exitCode) }
    }
  }

  /// Of the monotonic clock.
  private static var nanoseconds: UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(truncatingIfNeeded: time.tv_sec) * 1_000_000_000 + UInt64(truncatingIfNeeded: time.tv_nsec)
  }

  static var isRequested: Bool { requestTime.load(ordering: .relaxed) > 0 }
}
