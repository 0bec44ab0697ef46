import Foundation
import Placement
import Plan
import Synchronization

/// The model's graph, under a name that does not meet a `Graph` of the importer's.
public typealias ModelGraph = Graph

extension Partitioner {
  /// Plans a model without blocking the task that asks, as ``plan(_:on:options:isCancelled:progress:)``.
  ///
  /// When the task is cancelled, the best plan so far is returned soon after; with none so far, the error says so.
  public static func planInBackground(
    _ model: Model, on system: System, options: PlanOptions = PlanOptions(),
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil
  ) async throws(PartitionError) -> PlanDocument {
    let flag = CancellationFlag()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        SearchThread.start {
          continuation.resume(
            returning: Result { () throws(PartitionError) in
              try plan(
                model, on: system, options: options, isCancelled: { flag.isSet.withLock { $0 } },
                progress: progress)
            })
        }
      }
    } onCancel: {
      flag.isSet.withLock { $0 = true }
    }
    return try result.get()
  }
}

/// Whether a task that waits for a search was cancelled.
private final class CancellationFlag: Sendable {
  let isSet = Mutex(false)
}

/// A thread that a search may run on.
package enum SearchThread {
  /// As deep as a main thread may go: searches recurse.
  private static let stackBytes = 8 << 20

  package static func start(_ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.stackSize = stackBytes
    thread.start()
  }
}
