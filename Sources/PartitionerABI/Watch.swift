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

  /// Without news the caller is asked again after so long whether to go on.
  private static let patience = DispatchTimeInterval.milliseconds(100)

  /// - Parameter progress: Called with `context` on this thread; NULL hears nothing.
  static func plan(
    _ search: @escaping PlanQuestion.Search, progress: partitioner_progress?,
    context: UnsafeMutableRawPointer?
  ) throws(PartitionError) -> PlanDocument {
    guard let progress = unsafe progress else { return try search({ false }, nil) }
    let mailbox = Mailbox()
    SearchThread.start {
      let result = Result { () throws(PartitionError) in
        try search({ mailbox.isCancelled.withLock { $0 } }) { progress in
          mailbox.latest.withLock { $0 = progress }
          mailbox.hasNews.signal()
        }
      }
      mailbox.result.withLock { $0 = result }
      mailbox.hasNews.signal()
    }
    let start = ContinuousClock.now
    while true {
      _ = mailbox.hasNews.wait(timeout: .now() + patience)
      if let result = mailbox.result.withLock({ $0 }) { return try result.get() }
      let news = mailbox.latest.withLock { $0 }
      let answer = unsafe progress(
        context, news?.incumbent ?? -1, max(0, news?.bound ?? 0), (ContinuousClock.now - start) / .seconds(1),
        news?.share ?? -1)
      if answer != 0 { mailbox.isCancelled.withLock { $0 = true } }
    }
  }
}
