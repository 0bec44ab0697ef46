import CPartitioner
import Foundation
import Partitioner
import Synchronization

/// Runs a search on a thread of its own, so that what it reports reaches its caller on the caller's own thread.
enum Watch {
  /// What the work has to say, latest first.
  private final class Mailbox<News: Sendable, Value: Sendable>: Sendable {
    let latest = Mutex<News?>(nil)
    let isCancelled = Mutex(false)
    let result = Mutex<Result<Value, PartitionError>?>(nil)
    let hasNews = DispatchSemaphore(value: 0)
  }

  /// Without news the caller is asked again after so long whether to go on.
  private static let patience = DispatchTimeInterval.milliseconds(100)

  /// - Parameters:
  ///   - work: is told whether it is cancelled, and tells what is new.
  ///   - goesOn: called on this thread with the latest news and the seconds gone; ends the work with `false`.
  static func run<News: Sendable, Value: Sendable>(
    _ work:
      @escaping @Sendable (
        _ isCancelled: @escaping @Sendable () -> Bool, _ tell: @escaping @Sendable (News) -> Void
      ) throws(PartitionError) -> Value,
    goesOn: (News?, Double) -> Bool
  ) throws(PartitionError) -> Value {
    let mailbox = Mailbox<News, Value>()
    SearchThread.start {
      let result = Result { () throws(PartitionError) in
        try work({ mailbox.isCancelled.withLock { $0 } }) { news in
          mailbox.latest.withLock { $0 = news }
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
      if !goesOn(news, (ContinuousClock.now - start) / .seconds(1)) {
        mailbox.isCancelled.withLock { $0 = true }
      }
    }
  }

  /// - Parameter progress: Called with `context` on this thread; NULL hears nothing.
  static func plan(
    _ search: @escaping PlanQuestion.Search, progress: partitioner_progress?,
    context: UnsafeMutableRawPointer?
  ) throws(PartitionError) -> PlanDocument {
    guard let progress = unsafe progress else { return try search({ false }, nil) }
    return try run { isCancelled, tell throws(PartitionError) in
      try search(isCancelled) { (news: SearchOptions.Progress) in tell(news) }
    } goesOn: { (news: SearchOptions.Progress?, seconds) in
      unsafe progress(
        context, news?.incumbent ?? -1, max(0, news?.bound ?? 0), seconds, news?.share ?? -1) == 0
    }
  }
}
