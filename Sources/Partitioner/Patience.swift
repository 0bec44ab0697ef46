import Foundation
import Synchronization

/// How long a call may take in all, and whether somebody asks it to end: for work that looks at neither by itself, such as
/// parsing a large file.
public struct Patience: Sendable {
  private let start = ContinuousClock.now
  private let timeLimit: Double?
  private let isCancelled: @Sendable () -> Bool

  /// How often the request to end is looked at.
  private static let interval = DispatchTimeInterval.milliseconds(10)

  /// - Parameters:
  ///   - timeLimit: seconds from now; `nil` for no limit.
  ///   - isCancelled: polled every 10 ms.
  public init(timeLimit: Double? = nil, isCancelled: @escaping @Sendable () -> Bool = { false }) {
    self.timeLimit = timeLimit
    self.isCancelled = isCancelled
  }

  /// Since this was made.
  public var secondsGone: Double { start.duration(to: .now) / .seconds(1) }

  /// At least 0; `nil` without a limit.
  public var secondsLeft: Double? { timeLimit.map { max(0, $0 - secondsGone) } }

  /// Whether the time is up or the call was asked to end.
  public var isOver: Bool { isCancelled() || secondsLeft == 0 }

  /// Does work on a thread of its own and waits for it until the time is up or the call is asked to end.
  ///
  /// - Returns: what the work made; `nil` when it was not waited for. It then goes on to its end unheeded, or to the end
  ///   of the process.
  public func wait<Value: Sendable>(
    for work: @escaping @Sendable () throws(PartitionError) -> Value
  ) throws(PartitionError) -> Value? {
    let outcome = Outcome<Value>()
    Thread.detachNewThread {
      let result = Result { () throws(PartitionError) in try work() }
      outcome.result.withLock { $0 = result }
      outcome.isThere.signal()
    }
    while outcome.isThere.wait(timeout: .now() + Self.interval) == .timedOut {
      if isOver { return nil }
    }
    return try outcome.result.withLock { $0 }?.get()
  }

  private final class Outcome<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, PartitionError>?>(nil)
    let isThere = DispatchSemaphore(value: 0)
  }
}
