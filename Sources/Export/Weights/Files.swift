#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file whose bytes are read from any position; closed when the last reader lets go of it.
final class InputFile {
  let path: String
  let size: Int
  private let descriptor: Int32

  init(path: String) throws(ExportError) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
      let code = errno
      if descriptor >= 0 { _ = close(descriptor) }
      size = 0
      throw ExportError(.missingFile, "\(path): cannot be read: \(unsafe String(cString: strerror(code)))")
    }
    size = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      _ = close(descriptor)
      throw ExportError(.missingFile, "\(path): cannot be read: weights are read from a regular file alone")
    }
  }

  deinit { _ = close(descriptor) }

  func read(_ count: Int, at offset: Int) throws(ExportError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { storage, initialised in
      initialised = 0
      while initialised < count {
        let result = unsafe pread(
          descriptor, storage.baseAddress.map { unsafe $0 + initialised }, count - initialised,
          off_t(offset + initialised))
        if result < 0, errno == EINTR { continue }
        if result < 0 { failure = errno }
        guard result > 0 else { break }
        initialised += result
      }
    }
    guard failure == 0, bytes.count == count else {
      throw ExportError(
        .badInput,
        "\(path): ends before byte \(offset + count), where weights of the model should be; it has \(size) bytes"
      )
    }
    return bytes
  }
}

/// A new file that is written at any position.
final class OutputFile {
  let path: String
  private let descriptor: Int32
  /// Where the next piece may begin.
  private(set) var end = 0
  /// What readers of weights map into memory begins at a multiple of this.
  private static let alignment = 4096

  init(path: String) throws(ExportError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
  }

  deinit { _ = close(descriptor) }

  /// Sets room aside; answers where it begins.
  func reserve(_ bytes: Int) -> Int {
    let start = (end + Self.alignment - 1) / Self.alignment * Self.alignment
    end = start + bytes
    return start
  }

  func write(_ bytes: some Collection<UInt8>, at offset: Int) throws(ExportError) {
    let bytes = Array(bytes)
    var written = 0
    while written < bytes.count {
      let result = unsafe bytes.withUnsafeBytes { storage in
        unsafe pwrite(
          descriptor, storage.baseAddress.map { unsafe $0 + written }, bytes.count - written,
          off_t(offset + written))
      }
      if result < 0, errno == EINTR { continue }
      guard result > 0 else { throw Self.failure(path, errno) }
      written += result
    }
  }

  /// Writes a whole file.
  static func write(_ bytes: some Collection<UInt8>, path: String) throws(ExportError) {
    try OutputFile(path: path).write(bytes, at: 0)
  }

  private static func failure(_ path: String, _ code: Int32) -> ExportError {
    ExportError(.unwritable, "\(path): cannot be written: \(unsafe String(cString: strerror(code)))")
  }
}
