import CPartitioner
import Foundation
import Partitioner
import Synchronization

/// Runs a search on a thread of its own, so that what it reports reaches its caller on the caller's own thread.
enum Watch {
  /// What the search has to say, latest first.
  private final class Mailbox: Sendable {
    let latest = Mutex<SearchOptions.Progress?>(nil)
    let isCancelled = Mutex(false)
    let result = Mutex<Result<PlanDocument, PartitionError>?>(nil)
    let hasNews = DispatchSemaphore(value: 0)
  }

  /// - Parameter report: Called on this thread; answers whether to go on.
  static func plan(
    report: (SearchOptions.Progress) -> Bool,
    _ search:
      @escaping @Sendable (
        _ isCancelled: @escaping @Sendable () -> Bool,
        _ progress: @escaping @Sendable (SearchOptions.Progress) -> Void
      ) throws(PartitionError) -> PlanDocument
  ) throws(PartitionError) -> PlanDocument {
    let mailbox = Mailbox()
    let thread = Thread {
      let result = Result { () throws(PartitionError) in
        try search(
          { mailbox.isCancelled.withLock { $0 } },
          { progress in
            mailbox.latest.withLock { $0 = progress }
            mailbox.hasNews.signal()
          })
      }
      mailbox.result.withLock { $0 = result }
      mailbox.hasNews.signal()
    }
    // Searches recurse: as deep as a main thread may go.
    thread.stackSize = 8 << 20
    thread.start()
    while true {
      mailbox.hasNews.wait()
      if let progress = mailbox.latest.withLock({ latest in
        defer { latest = nil }
        return latest
      }), !report(progress) {
        mailbox.isCancelled.withLock { $0 = true }
      }
      if let result = mailbox.result.withLock({ $0 }) { return try result.get() }
    }
  }
}
