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
    }
    return try JSONText.encode(plan)
  }

  /// Reads a plan from a file.
  ///
  /// - Throws: `missingFile`; `badInput` when it is not a plan or is of a newer version.
  public static func readPlan(path: String) throws(PartitionError) -> PlanDocument {
    try decodePlan(bytes: read(path: path), name: path)
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
      let plan = try FormatError.decode(PlanDocument.self, from: data)
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

  /// The bytes of a file, or of what comes through a pipe.
  ///
  /// - Throws: `missingFile`.
  public static func read(path: String) throws(PartitionError) -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() ?? Data() else {
      throw PartitionError(.missingFile, "\(path): no such file, or it cannot be read")
    }
    return Array(data)
  }

  /// Writes text to a file: to a temporary file beside it, then by renaming, so that it is never half-written.
  ///
  /// A terminal, a pipe or a device is written to as it is.
  public static func write(_ text: String, to path: String) throws(PartitionError) {
    let kind = fileKind(path)
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let reason: String
    if kind == S_IFDIR {
      reason = "it is a folder"
    } else if fileKind(folder) != S_IFDIR {
      reason = "there is no folder \(folder)"
    } else {
      do {
        let isPlain = kind == nil || kind == S_IFREG
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: isPlain ? .atomic : [])
        return
      } catch {
        reason = error.localizedDescription
      }
    }
    throw PartitionError(.unwritable, "\(path): cannot be written: \(reason); nothing was changed")
  }

  /// What a path leads to, links followed: `S_IFREG`, `S_IFDIR` and the like; `nil` for nothing.
  private static func fileKind(_ path: String) -> mode_t? {
    var info = stat()
    return unsafe stat(path, &info) == 0 ? info.st_mode & S_IFMT : nil
  }
}
