import Export
import Foundation

/// A folder of parts that is about to be written, and what it may replace.
struct PartsFolder {
  static let manifestName = "manifest.json"

  private let path: String
  private let exists: Bool

  /// - Throws: `unwritable` where it cannot be made, or would replace what is no folder of parts.
  init(_ path: String, isForced: Bool) throws(PartitionError) {
    func refuse(_ reason: String) -> PartitionError {
      PartitionError(.unwritable, "\(path.isEmpty ? "''" : path): \(reason)")
    }
    if path.isEmpty || path == Partitioner.standardStream {
      throw refuse("parts are several files; name a folder for them")
    }
    let place = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath()
    self.path = place.path
    let parent = place.deletingLastPathComponent().path
    guard Partitioner.fileKind(parent) == S_IFDIR else { throw refuse("there is no folder \(parent)") }
    guard FileManager.default.isWritableFile(atPath: parent) else {
      throw refuse("writing is not allowed in \(parent)")
    }
    let kind = Partitioner.fileKind(place.path)
    exists = kind != nil
    guard exists else { return }
    guard kind == S_IFDIR else { throw refuse("is there and is no folder, so it was left as it was") }
    let current =
      Partitioner.fileKind(FileManager.default.currentDirectoryPath) == nil
      ? "" : URL(fileURLWithPath: FileManager.default.currentDirectoryPath).resolvingSymlinksInPath().path
    if (current + "/").hasPrefix(place.path + "/") {
      throw refuse("is the current folder or one around it; name a folder inside it")
    }
    if !isForced, !Self.isReplaceable(place.path) {
      throw refuse(
        "is there and holds something else than parts, so it was left as it was; name another folder, or replace it with --force"
      )
    }
  }

  /// Whether a folder is empty or holds the files of its manifest alone.
  private static func isReplaceable(_ folder: String) -> Bool {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return false }
    if names.isEmpty { return true }
    guard let data = FileManager.default.contents(atPath: folder + "/" + manifestName),
      let manifest = try? JSONDecoder().decode(PartsManifest.self, from: data),
      manifest.format == PartsManifest.formatName
    else { return false }
    return Set(names).isSubset(
      of: manifest.parts.flatMap { [$0.file, $0.weights ?? ""] } + [manifestName])
  }

  /// Has the folder written beside its place, and then puts it there at once.
  func write<Result>(
    _ body: (_ folder: String) throws(PartitionError) -> Result
  ) throws(PartitionError) -> Result {
    let unfinished = try Unfinished(.folder, for: URL(fileURLWithPath: path), called: path)
    // After an exchange it is the old folder, which another run must not take for a dead one's meanwhile.
    let old = Unfinished.Lock(path, flags: O_RDONLY)
    _ = old?.isTaken()
    defer { withExtendedLifetime(old) { unfinished.remove() } }
    let result = try body(unfinished.path + "/")
    guard FolderExchange.put(unfinished.path, at: path, replacing: exists) else {
      throw PartitionError(
        .unwritable, "\(path): cannot be put in place; it was left as it was")
    }
    return result
  }
}
