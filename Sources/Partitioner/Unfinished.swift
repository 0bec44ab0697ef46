import Foundation

/// A file or a folder that is written under a name of its own beside its place, and put there when it is whole.
///
/// A run that is killed leaves it behind: `NAME.0123ABCD.partial`. Whoever writes one holds a lock on it, which the system lets go of
/// when the process ends, however it ends. So the next run that writes to the same place can tell what a dead one left from what a
/// living one writes, and removes it. Where a file system has no locks, nothing is removed.
final class Unfinished {
  enum Kind { case file, folder }

  let path: String
  private let place: String
  private let name: String
  private let lock: Lock

  private static let suffix = ".partial"
  private static let digits = 8
  /// Bytes of the place's name that those names have: with what is behind, 255 are allowed.
  private static let stemBytes = 200
  /// Others may remove it before it is locked.
  private static let attempts = 8

  /// Makes a new one, and removes what dead runs left.
  ///
  /// - Parameters:
  ///   - place: Where it is to go, links followed.
  ///   - name: What errors call that.
  /// - Throws: `unwritable`.
  init(_ kind: Kind, for place: URL, called name: String) throws(PartitionError) {
    self.place = place.path
    self.name = name
    Self.sweep(beside: place)
    let stem = Self.stem(of: place)
    let flags = kind == .file ? O_RDWR | O_CREAT | O_EXCL : O_RDONLY | O_DIRECTORY
    var code: Int32 = 0
    for _ in 0..<Self.attempts {
      let own = stem + UUID().uuidString.prefix(Self.digits) + Self.suffix
      let path = place.deletingLastPathComponent().appendingPathComponent(own).path
      let isFolder = kind == .file ? false : unsafe mkdir(path, 0o777) == 0
      guard isFolder || kind == .file, let lock = Lock(path, flags: flags) else {
        code = errno
        continue
      }
      lock.take()
      guard lock.isOn(path) else { continue }
      (self.path, self.lock) = (path, lock)
      return
    }
    throw Self.failure(name, code)
  }

  private static func failure(_ name: String, _ code: Int32) -> PartitionError {
    PartitionError(
      .unwritable,
      "\(name): cannot be written: \(unsafe String(cString: strerror(code))); it was left as it was")
  }

  /// Writes to a file.
  func write(_ bytes: some Sequence<UInt8>) throws {
    try FileHandle(fileDescriptor: lock.descriptor).write(contentsOf: Data(bytes))
  }

  /// Puts a file in its place, where it may be read by those who might before.
  func put() throws(PartitionError) {
    var old = stat()
    let isThere = unsafe stat(place, &old) == 0
    if isThere { _ = fchmod(lock.descriptor, old.st_mode & 0o7777) }
    let isDone = unsafe rename(path, place) == 0
    guard isDone else { throw Self.failure(name, errno) }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  // MARK: What is left behind

  /// What all names of what is to go to a place begin with.
  private static func stem(of place: URL) -> String {
    var name = place.lastPathComponent
    while name.utf8.count > stemBytes { name.removeLast() }
    return name + "."
  }

  private static func sweep(beside place: URL) {
    let folder = place.deletingLastPathComponent()
    let stem = stem(of: place)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return }
    for name in names where name.hasPrefix(stem) && name.hasSuffix(suffix) {
      let middle = name.dropFirst(stem.count).dropLast(suffix.count)
      guard middle.count == digits, middle.allSatisfy({ $0.isHexDigit && !$0.isLowercase }) else { continue }
      let path = folder.appendingPathComponent(name).path
      // Once it is locked nobody takes it for a living run's, and once it is looked at again it is the one that is locked.
      guard let lock = Lock(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK), lock.isTaken(), lock.isOn(path)
      else {
        continue
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// A file or folder that is open and may be locked; unlocked and closed when nothing refers to it any more.
  final class Lock {
    let descriptor: Int32

    /// `nil` where it cannot be opened; `errno` says why.
    init?(_ path: String, flags: Int32) {
      descriptor = unsafe open(path, flags | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else { return nil }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Locks it once others have looked at it.
    func take() { _ = flock(descriptor, LOCK_EX) }

    /// Locks it if nobody has; answers whether it is locked now.
    func isTaken() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Whether it is what a path leads to.
    func isOn(_ path: String) -> Bool {
      var (own, there) = (stat(), stat())
      let areRead = unsafe fstat(descriptor, &own) == 0 && lstat(path, &there) == 0
      return areRead && own.st_dev == there.st_dev && own.st_ino == there.st_ino
    }
  }
}
