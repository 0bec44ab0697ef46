import Foundation
import Plan
import Rules

extension Partitioner {
  /// The JSON text of a plan: sorted keys, two spaces, a newline at the end; the same plan always gives the same bytes.
  ///
  /// - Parameter path: Where the plan will be kept; its model's path is then written relative to it.
  public static func encode(_ plan: PlanDocument, path: String? = nil) throws(PartitionError) -> String {
    var plan = plan
    if let path, !plan.model.path.isEmpty {
      plan.model.path = PlanPaths.relative(model: plan.model.path, plan: path)
      for index in plan.buckets?.buckets.indices ?? 0..<0 {
        plan.buckets?.buckets[index].plan?.model.path = plan.model.path
      }
    }
    return try JSONText.encode(plan)
  }

  /// Reads a plan from a file, `-` for standard input.
  ///
  /// - Throws: `missingFile`; `badInput` when it is not a plan or is of a newer version.
  public static func readPlan(path: String) throws(PartitionError) -> PlanDocument {
    try decodePlan(bytes: read(path: path), name: name(ofInput: path))
  }

  /// Reads a plan from bytes.
  ///
  /// - Parameter name: What the plan is called in errors.
  public static func decodePlan(bytes: [UInt8], name: String) throws(PartitionError) -> PlanDocument {
    struct Versioned: Decodable { var version: Int }
    let data = Data(bytes)
    do {
      let version = try FormatError.decode(Versioned.self, from: data).version
      guard version >= 1, version <= PlanDocument.currentVersion else {
        throw PartitionError(
          .badInput,
          "\(name): version: the plan is of version \(version), this library reads versions 1 to "
            + "\(PlanDocument.currentVersion); use a newer one or plan again")
      }
      let plan = try FormatError.decodeStrictly(PlanDocument.self, from: data)
      do { try plan.system.validate(file: "\(name): system") } catch {
        throw PartitionError(.badInput, error.findings.map(\.description))
      }
      return plan
    } catch let error as FormatError {
      throw PartitionError(.badInput, error.findings.map { "\(name): not a plan: \($0)" })
    } catch {
      throw error as? PartitionError ?? PartitionError(.internalError, "\(name): \(error)")
    }
  }

  /// The path that stands for standard input and standard output.
  static let standardStream = "-"

  /// What a path that is read is called in errors.
  static func name(ofInput path: String) -> String { path == standardStream ? "standard input" : path }

  /// The bytes of a file or of what comes through a pipe; of standard input for `-`.
  ///
  /// - Throws: `missingFile`.
  public static func read(path: String) throws(PartitionError) -> [UInt8] {
    let isStandard = path == standardStream
    if !isStandard { try checkReadable(path) }
    let file = isStandard ? .standardInput : FileHandle(forReadingAtPath: path)
    guard let file, let data = try? file.readToEnd() ?? Data() else {
      throw PartitionError(.missingFile, "\(name(ofInput: path)): cannot be read")
    }
    return Array(data)
  }

  /// - Throws: `missingFile` with the reason why a file cannot be read.
  static func checkReadable(_ path: String) throws(PartitionError) {
    let kind = fileKind(path)
    guard kind == nil || kind == S_IFDIR || !FileManager.default.isReadableFile(atPath: path) else { return }
    let reason =
      kind == nil ? "there is no such file" : kind == S_IFDIR ? "it is a folder" : "reading is not allowed"
    throw PartitionError(.missingFile, "\(path.isEmpty ? "''" : path): cannot be read: \(reason)")
  }

  /// Writes text to a file: to a temporary file beside it, then by renaming, so that it is never half-written.
  ///
  /// A terminal, a pipe or a device is written to as it is, and `-` is standard output.
  /// - Throws: `unwritable`.
  public static func write(_ text: String, to path: String) throws(PartitionError) {
    let isStandard = path == standardStream
    if !isStandard { try checkWritable(path) }
    do {
      if isStandard {
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
      } else {
        let kind = fileKind(path)
        guard kind == nil || kind == S_IFREG else {
          try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: [])
          return
        }
        // A link stays one: what it leads to is replaced, and keeps who may read it.
        let place = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let unfinished = try Unfinished(.file, for: place, called: path)
        do {
          try unfinished.write(text.utf8)
          try unfinished.put()
        } catch {
          unfinished.remove()
          throw error
        }
      }
    } catch let error as PartitionError {
      throw error
    } catch {
      throw isStandard
        ? PartitionError(.unwritable, "standard output: cannot be written: \(error.localizedDescription)")
        : unwritable(path, error.localizedDescription)
    }
  }

  /// Finds out whether a file can be written where a path leads, without touching it.
  ///
  /// - Throws: `unwritable`.
  package static func checkWritable(_ path: String) throws(PartitionError) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    if path.isEmpty { throw unwritable("''", "it is no name of a file") }
    if fileKind(path) == S_IFDIR { throw unwritable(path, "it is a folder") }
    if fileKind(folder) != S_IFDIR { throw unwritable(path, "there is no folder \(folder)") }
    // A plain file is replaced by another of its name; a pipe or a device is written to.
    let target = fileKind(path).map { $0 != S_IFREG } == true ? path : folder
    guard FileManager.default.isWritableFile(atPath: target) else {
      throw unwritable(path, "writing is not allowed there")
    }
  }

  private static func unwritable(_ path: String, _ reason: String) -> PartitionError {
    PartitionError(.unwritable, "\(path): cannot be written: \(reason); it was left as it was")
  }

  /// What a path leads to, links followed: `S_IFREG`, `S_IFDIR` and the like; `nil` for nothing.
  static func fileKind(_ path: String) -> mode_t? {
    var info = stat()
    return unsafe stat(path, &info) == 0 ? info.st_mode & S_IFMT : nil
  }
}
