#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file, closed when the last reader lets go of it.
final class OpenFile {
  let path: String
  /// Size in bytes; `nil` for pipes and devices.
  let size: Int?
  private let descriptor: Int32

  init(path: String) throws(LoadError) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else {
      let code = errno
      throw LoadError(
        code == ENOENT || code == ENOTDIR ? .missingFile : .unreadableFile,
        "cannot open the model: \(Self.message(code))", file: path)
    }
    var status = stat()
    let failed = unsafe fstat(descriptor, &status) != 0
    let kind = status.st_mode & S_IFMT
    size = kind == S_IFREG ? Int(status.st_size) : nil
    if failed || kind == S_IFDIR {
      _ = close(descriptor)
      throw LoadError(.unreadableFile, "is a directory, not a model", file: path)
    }
  }

  deinit { _ = close(descriptor) }

  /// Moves to a position of a regular file.
  func seek(to position: Int) throws(LoadError) {
    guard lseek(descriptor, off_t(position), SEEK_SET) >= 0 else {
      throw LoadError(.unreadableFile, "cannot read the model: \(Self.message(errno))", file: path)
    }
  }

  /// At most `count` bytes from where the file stands; none at its end.
  func read(_ count: Int) throws(LoadError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { storage, initialised in
      var result: Int
      repeat {
        result = unsafe systemRead(descriptor, storage.baseAddress, count)
      } while result < 0 && errno == EINTR
      if result < 0 { failure = errno }
      initialised = max(0, result)
    }
    guard failure == 0 else {
      throw LoadError(.unreadableFile, "cannot read the model: \(Self.message(failure))", file: path)
    }
    return bytes
  }

  private static func message(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}

/// `read(2)` under a name that ``OpenFile/read(_:)`` does not hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  unsafe read(descriptor, buffer, count)
}
