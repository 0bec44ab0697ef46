import Foundation
import ONNXImport

/// SHA-256 of a model: its file, and its serving sidecar where there is one.
enum ModelDigest {
  private static let chunkBytes = 1 << 20
  /// What the disk reads while what is here is digested.
  private static let aheadBytes = 16 << 20

  static func sha256(of bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  static func sha256(ofFile path: String) throws(PartitionError) -> String {
    try Partitioner.checkReadable(path)
    var hash = SHA256()
    let sidecar = ServingSidecar.path(forModel: path)
    let files = FileManager.default.fileExists(atPath: sidecar) && sidecar != path ? [path, sidecar] : [path]
    for file in files {
      do {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
        defer { try? handle.close() }
        try digest(handle.fileDescriptor, into: &hash)
      } catch {
        throw PartitionError(.missingFile, "\(file): cannot be read: \(error.localizedDescription)")
      }
    }
    return hash.finish()
  }

  /// Digests a file from where it stands, through one buffer.
  private static func digest(_ descriptor: Int32, into hash: inout SHA256) throws(POSIXError) {
    var buffer = [UInt8](repeating: 0, count: chunkBytes)
    var position = 0
    while true {
      #if os(Linux)
        // Returns at once; of pipes and devices nothing can be read ahead, which is no error here.
        if position % aheadBytes == 0 {
          _ = posix_fadvise(
            descriptor, off_t(position + aheadBytes), off_t(aheadBytes), POSIX_FADV_WILLNEED)
        }
      #endif
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
      guard count > 0 else { return }
      hash.update(buffer[..<count])
      position += count
    }
  }
}
