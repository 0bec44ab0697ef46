import Foundation
import Partitioner
import Synchronization

/// The output of a sweep while it is written: one writer, every finished point on disk at once, begun files continued.
///
/// The file is locked (`flock`) as long as it is open. Lines are appended as points are finished, each whole and synchronised
/// before the next; what a killed writer left of a line is cut off. When all points are there, the file is replaced by the
/// same lines in the order of the points, so that it does not depend on who finished first.
final class SweepFile: Sendable {
  private struct State {
    var handle: FileHandle
    var finished: [Int: SweepRow]
  }

  let path: String
  private let format: SweepFormat
  private let state: Mutex<State>

  /// Opens the file, and reads which points are there.
  ///
  /// - Parameter expected: the point of every position that may be in the file, without its answer.
  /// - Throws: `unwritable` for a file that another process writes, that is no sweep, or is one of other points, of another
  ///   version of the program or of another model.
  init(_ path: String, expected: [Int: SweepRow]) throws(PartitionError) {
    self.path = path
    format = SweepFormat(path: path)
    let handle = try Self.open(path)
    let bytes: Data
    do { bytes = try handle.readToEnd() ?? Data() } catch { throw Self.failure(path, error) }
    // A line without an end was being written when its writer was killed.
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? Data()
    var finished: [Int: SweepRow] = [:]
    guard let text = String(validating: whole, as: UTF8.self) else {
      throw Self.refusal(path, "is not a sweep")
    }
    guard !whole.isEmpty || format.isBeginning(bytes) else { throw Self.refusal(path, "is not a sweep") }
    let rows: [SweepRow]
    do { rows = try format.rows(text, name: path) } catch {
      throw Self.refusal(path, "is not a sweep (\(error.problems.joined(separator: "; ")))")
    }
    for row in rows {
      guard let index = Int(row[.point]), let known = expected[index] else {
        throw Self.refusal(path, "has point \(NameText.shown(row[.point])), which this sweep does not have")
      }
      if let column = known.difference(from: row) {
        throw Self.refusal(
          path,
          "is of another \(column == .version ? "version of this program" : column.rawValue): point \(index) has "
            + "'\(NameText.shown(row[column]))', not '\(NameText.shown(known[column]))'")
      }
      finished[index] = row
    }
    do {
      if whole.count < bytes.count { try handle.truncate(atOffset: UInt64(whole.count)) }
      if whole.isEmpty, !format.head.isEmpty { try handle.write(contentsOf: Data(format.head.utf8)) }
    } catch { throw Self.failure(path, error) }
    state = Mutex(State(handle: handle, finished: finished))
  }

  /// The points that are in the file.
  var finished: [Int: SweepRow] { state.withLock { $0.finished } }

  /// Writes a finished point. Safe from any thread.
  func add(_ row: SweepRow, at index: Int) throws(PartitionError) {
    let line = Data(format.line(row).utf8)
    try state.withLock { state throws(PartitionError) in
      do {
        try state.handle.write(contentsOf: line)
        try state.handle.synchronize()
      } catch { throw Self.failure(path, error) }
      state.finished[index] = row
    }
  }

  /// Puts the lines in the order of the points.
  func finish() throws(PartitionError) {
    let rows = finished.sorted { $0.key < $1.key }.map(\.value)
    try Partitioner.write(Self.text(rows, format), to: path)
  }

  static func text(_ rows: [SweepRow], _ format: SweepFormat) -> String {
    format.head + rows.map { format.line($0) }.joined()
  }

  // MARK: Opening

  private static func open(_ path: String) throws(PartitionError) -> FileHandle {
    try Partitioner.checkWritable(path)
    while true {
      let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw PartitionError(
          .unwritable, "\(path): cannot be written: \(unsafe String(cString: strerror(errno)))")
      }
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        throw PartitionError(
          .unwritable, "\(path): another sweep is writing it; wait for it, or name another file")
      }
      // A writer that ended since has put another file in its place.
      var (opened, named) = (stat(), stat())
      if unsafe fstat(descriptor, &opened) == 0, unsafe stat(path, &named) == 0,
        opened.st_ino == named.st_ino,
        opened.st_dev == named.st_dev
      {
        return handle
      }
    }
  }

  private static func refusal(_ path: String, _ reason: String) -> PartitionError {
    PartitionError(
      .unwritable, "\(path): is there and \(reason), so it was left as it was; name another file")
  }

  private static func failure(_ path: String, _ error: any Error) -> PartitionError {
    PartitionError(.unwritable, "\(path): cannot be written: \(error.localizedDescription)")
  }
}
