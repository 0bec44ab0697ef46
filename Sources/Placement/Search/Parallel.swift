import Dispatch
import Synchronization

/// Independent pieces of work on several threads, with the results in the order of the pieces.
package enum Parallel {
  /// - Parameter threads: At most this many run at once; with 1 the caller's thread does everything in order.
  package static func map<Value: Sendable>(
    count: Int, threads: Int, _ work: @Sendable (Int) -> Value
  ) -> [Value] {
    guard threads > 1, count > 1 else { return (0..<count).map(work) }
    let next = Atomic<Int>(0)
    let results = Mutex<[Value?]>(Array(repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= count { return }
        let value = work(index)
        results.withLock { $0[index] = value }
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
