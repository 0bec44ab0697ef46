import Foundation
import Partitioner
import Synchronization

/// Writes each improvement of a search to a file as a line of JSON: seconds, incumbent, bound.
final class SearchLog: Sendable {
  private let file: Mutex<FileHandle>

  /// - Throws: `unwritable`.
  init(path: String) throws(PartitionError) {
    try Partitioner.write("", to: path)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw PartitionError(.unwritable, "\(path): cannot be written")
    }
    file = Mutex(handle)
  }

  /// Safe from any thread.
  func add(_ progress: SearchOptions.Progress) {
    let incumbent = progress.incumbent.map { "\($0)" } ?? "null"
    let bound = progress.bound.isFinite ? "\(progress.bound)" : "null"
    let line = "{\"seconds\": \(progress.seconds), \"incumbent\": \(incumbent), \"bound\": \(bound)}\n"
    file.withLock { $0.write(Data(line.utf8)) }
  }
}
