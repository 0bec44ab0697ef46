import Dispatch
import Synchronization

/// Independent work on several threads, with results in the order of the input.
enum Parallel {
  /// - Parameter threads: At most; 1 runs everything on the calling thread.
  static func map<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], threads: Int, _ body: @Sendable (Input) -> Output
  ) -> [Output] {
    guard threads > 1, inputs.count > 1 else { return inputs.map(body) }
    let workers = min(threads, inputs.count)
    let parts = Mutex<[(Int, Output)]>([])
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: inputs.count, by: workers) {
        let output = body(inputs[index])
        parts.withLock { $0.append((index, output)) }
      }
    }
    return parts.withLock { $0.sorted { $0.0 < $1.0 }.map(\.1) }
  }
}
