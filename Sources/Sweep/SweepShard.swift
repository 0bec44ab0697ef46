import Foundation
import Partitioner

/// A part of a sweep's points: every `count`-th from `number` on. Each part is written to a file of its own.
public struct SweepShard: Sendable, Hashable {
  /// From 0.
  public let number: Int
  public let count: Int

  /// - Throws: `usage` where there is no such part.
  public init(number: Int, of count: Int) throws(PartitionError) {
    guard count >= 1, (0..<count).contains(number) else {
      throw PartitionError(.usage, "shard \(number) of \(count) does not exist; they count from 0")
    }
    self.number = number
    self.count = count
  }

  /// Reads `2/8`.
  public init(_ text: String) throws(PartitionError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1] else {
      throw PartitionError(.usage, "'\(text)' is not a shard; write auto, or NUMBER/COUNT as in 0/8")
    }
    try self.init(number: number, of: count)
  }

  /// The part of a task of a Slurm job array, or of a pod of an indexed job of Kubernetes.
  ///
  /// - Parameters:
  ///   - environment: where Slurm (`SLURM_ARRAY_TASK_ID`, `_MIN`, `_COUNT`) or Kubernetes (`JOB_COMPLETION_INDEX`) says it.
  ///   - count: of all parts, which Kubernetes does not tell.
  public static func automatic(_ environment: [String: String], count: Int?) throws(PartitionError)
    -> SweepShard
  {
    func number(_ name: String) throws(PartitionError) -> Int? {
      guard let text = environment[name] else { return nil }
      guard let value = Int(text), value >= 0 else {
        throw PartitionError(.usage, "--shard auto: \(name) is '\(text)', not a whole number")
      }
      return value
    }
    if let task = try number("SLURM_ARRAY_TASK_ID") {
      guard let first = try number("SLURM_ARRAY_TASK_MIN"), let tasks = try number("SLURM_ARRAY_TASK_COUNT")
      else {
        throw PartitionError(
          .usage,
          "--shard auto: SLURM_ARRAY_TASK_ID is set without SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_COUNT")
      }
      if let count, count != tasks {
        throw PartitionError(
          .usage,
          "--shards \(count): the job array has \(tasks) tasks; for some of them again, give --shard NUMBER/\(count)"
        )
      }
      guard task >= first, task - first < tasks else {
        throw PartitionError(
          .usage,
          "--shard auto: the tasks of the array must be numbered one after the other, as in --array=0-\(max(0, tasks - 1))"
        )
      }
      return try SweepShard(number: task - first, of: tasks)
    }
    if let index = try number("JOB_COMPLETION_INDEX") {
      guard let count else {
        throw PartitionError(
          .usage,
          "--shard auto: Kubernetes does not say how many there are; give --shards, the job's completions")
      }
      return try SweepShard(number: index, of: count)
    }
    throw PartitionError(
      .usage,
      "--shard auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set; this is no task of an array"
    )
  }

  func contains(_ index: Int) -> Bool { index % count == number }

  /// Where this part is written: `out.2-of-8.csv` for `out.csv`.
  public func path(for output: String) -> String {
    let (stem, end) = Self.split(output)
    return "\(stem).\(number)-of-\(count)\(end)"
  }

  /// The parts of an output that lie beside it, in order.
  public static func parts(of output: String) -> [(shard: SweepShard, path: String)] {
    let (stem, end) = split(output)
    let folder = stem.lastIndex(of: "/").map { String(stem[...$0]) } ?? ""
    let prefix = stem.dropFirst(folder.count) + "."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    return names.compactMap { name -> (SweepShard, String)? in
      guard name.hasPrefix(prefix), name.hasSuffix(end), name.count > prefix.count + end.count else {
        return nil
      }
      let middle = String(name.dropFirst(prefix.count).dropLast(end.count))
      guard let dash = middle.firstRange(of: "-of-"), let number = Int(middle[..<dash.lowerBound]),
        let count = Int(middle[dash.upperBound...]), let shard = try? SweepShard(number: number, of: count),
        "\(number)-of-\(count)" == middle
      else { return nil }
      return (shard, folder + name)
    }.sorted { ($0.0.count, $0.0.number) < ($1.0.count, $1.0.number) }
  }

  /// - Throws: `usage` where parts of another number of parts lie there already.
  func checkCount(for output: String) throws(PartitionError) {
    guard let other = Self.parts(of: output).first(where: { $0.shard.count != count }) else { return }
    throw PartitionError(
      .usage,
      "\(other.path) is one of \(other.shard.count) parts and this run has \(count); use as many, or name another output"
    )
  }

  private static func split(_ path: String) -> (stem: String, end: String) {
    let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    guard let dot = path[name...].lastIndex(of: "."), dot > name else { return (path, "") }
    return (String(path[..<dot]), String(path[dot...]))
  }
}
