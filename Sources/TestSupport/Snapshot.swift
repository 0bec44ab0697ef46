import Foundation

/// Compares `text` with the file `Snapshots/NAME` beside the calling test and says how they differ.
///
/// With `RECORD_SNAPSHOTS=1` in the environment the file is rewritten and the answer is `nil`.
/// - Returns: `nil` when equal, else the first differing line of both, for `#expect(... == nil)`.
public func snapshotDifference(_ text: String, named name: String, file: String = #filePath) -> String? {
  let url = URL(fileURLWithPath: file).deletingLastPathComponent()
    .appendingPathComponent("Snapshots").appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
      return nil
    } catch {
      return "cannot record \(name): \(error)"
    }
  }
  guard let expected = try? String(contentsOf: url, encoding: .utf8) else {
    return "no snapshot \(name); RECORD_SNAPSHOTS=1 writes it"
  }
  if expected == text { return nil }
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = text.split(separator: "\n", omittingEmptySubsequences: false)
  for line in 0..<max(old.count, new.count) {
    let a = line < old.count ? String(old[line]) : "(end)"
    let b = line < new.count ? String(new[line]) : "(end)"
    if a != b { return "\(name):\(line + 1)\n  expected: \(a)\n  actual:   \(b)" }
  }
  return "\(name): line endings differ"
}
