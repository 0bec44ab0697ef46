import FoundationEssentials

/// Reads description files without trusting them.
enum DescriptorFile {
  /// No description is anywhere near as long; devices and pipes without end are refused.
  private static let largestBytes = 4 << 20

  /// - Throws: A finding that says why the file cannot be read.
  static func read(_ path: String) throws(SystemError) -> Data {
    func failure(_ message: String) -> SystemError {
      SystemError(
        category: .missingFile, finding: SystemFinding(file: path, field: "", message: message))
    }
    let manager = FileManager.default
    guard manager.fileExists(atPath: path) else { throw failure("no such file") }
    guard let attributes = try? manager.attributesOfItem(atPath: path),
      let type = attributes[.type] as? FileAttributeType
    else { throw failure("cannot be read") }
    // A link is followed once by asking for what it points to.
    let resolved = type == .typeSymbolicLink ? resolvedLink(path) : path
    guard let details = try? manager.attributesOfItem(atPath: resolved),
      details[.type] as? FileAttributeType == .typeRegular
    else { throw failure("is not a regular file") }
    let size = (details[.size] as? UInt64) ?? UInt64((details[.size] as? Int) ?? 0)
    guard size <= UInt64(largestBytes) else {
      throw failure("is larger than \(largestBytes) bytes; it cannot be a system description")
    }
    guard let data = manager.contents(atPath: resolved) else { throw failure("cannot be read") }
    return data
  }

  private static func resolvedLink(_ path: String) -> String {
    URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
  }
}
