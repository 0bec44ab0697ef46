import CBuild
import Foundation
import Partitioner
import Synchronization

/// Runs a sweep: plans every point that its output does not have yet.
public struct Sweep: Sendable {
  public struct Progress: Sendable {
    /// Points that are in the output, and all of this part.
    public var finished: Int
    public var total: Int
    /// `nil` before the first is finished.
    public var secondsLeft: Double?
  }

  /// How a run ended.
  public struct Outcome: Sendable {
    /// Where the points are.
    public var path: String
    public var total: Int
    /// Finished by an earlier run.
    public var found: Int
    public var planned: Int
    public var infeasible: Int
    public var refused: Int
    /// Whether every point of this part is there.
    public var isComplete: Bool { planned + infeasible + refused == total }
  }

  /// What made a point: the version, and where that is known the commit that was built, as two of them may answer differently.
  public static var programVersion: String {
    let commit = unsafe String(cString: partition_build_commit())
    let changed = commit.hasSuffix("+") ? "\(commit.dropLast()).changed" : commit
    return Partitioner.version + (commit.isEmpty ? "" : "+\(changed)")
  }

  private let question: SweepQuestion
  private let points: [SweepPoint]
  private let digests: [SweepQuestion.ModelFile: String]

  /// Checks everything that can be checked before a point is planned: files, systems, figures.
  ///
  /// - Throws: `usage`, `badInput`, `missingFile`.
  public init(_ question: SweepQuestion) throws(PartitionError) {
    self.question = question
    points = try question.points()
    var digests: [SweepQuestion.ModelFile: String] = [:]
    for model in question.models {
      digests[model] = try Partitioner.digest(ofModel: model.path, isSheet: model.form != nil)
    }
    self.digests = digests
    struct Machine: Hashable { var system: String?, cards: Int?, changes: [FigureChange] }
    var seen: Set<Machine> = []
    for point in points
    where seen.insert(Machine(system: point.system, cards: point.cards, changes: point.changes)).inserted {
      _ = try point.loadSystem()
    }
  }

  /// - Parameters:
  ///   - output: CSV, or JSON Lines where its name ends so; continued where it is there.
  ///   - shard: the part of the points that is planned; `nil` for all.
  ///   - threads: points that are planned at a time.
  ///   - isCancelled: polled often; points that are not finished then are left out.
  ///   - progress: called after each point, from any thread.
  /// - Throws: `unwritable` for an output that cannot be continued; `internalError`.
  public func run(
    to output: String, shard: SweepShard? = nil, threads: Int = ProcessInfo.processInfo.activeProcessorCount,
    isCancelled: @escaping @Sendable () -> Bool = { false }, progress: (@Sendable (Progress) -> Void)? = nil
  ) throws(PartitionError) -> Outcome {
    try shard?.checkCount(for: output)
    let path = shard?.path(for: output) ?? output
    var expected: [Int: SweepRow] = [:]
    for (index, point) in points.enumerated() where shard?.contains(index) ?? true {
      expected[index] = SweepRow(
        point, index: index, of: points.count, question, sha256: digests[point.model] ?? "")
    }
    let file = try SweepFile(path, expected: expected)
    let found = file.finished
    let open = expected.keys.filter { found[$0] == nil }.sorted()
    let total = expected.count
    let start = ContinuousClock.now
    let rows = expected
    let shared = Mutex(Shared(next: 0, done: 0, failure: nil))
    DispatchQueue.concurrentPerform(iterations: min(max(1, threads), max(1, open.count))) { _ in
      while !isCancelled() {
        let position = shared.withLock { shared -> Int? in
          guard shared.failure == nil, shared.next < open.count else { return nil }
          shared.next += 1
          return shared.next - 1
        }
        guard let position, var row = rows[open[position]] else { return }
        do throws(PartitionError) {
          row.add(
            try points[open[position]].answer(question, sha256: row[.sha256], isCancelled: isCancelled))
          if isCancelled() { return }
          try file.add(row, at: open[position])
        } catch {
          return shared.withLock { $0.failure = $0.failure ?? error }
        }
        let done = shared.withLock { shared in
          shared.done += 1
          return shared.done
        }
        let elapsed = ContinuousClock.now - start
        progress?(
          Progress(
            finished: found.count + done, total: total,
            secondsLeft: elapsed / .seconds(1) / Double(done) * Double(open.count - done)))
      }
    }
    if let failure = shared.withLock({ $0.failure }) { throw failure }
    let finished = file.finished
    func count(_ status: SweepAnswer.Status) -> Int {
      finished.values.count { $0[.status] == status.rawValue }
    }
    let outcome = Outcome(
      path: path, total: total, found: found.count, planned: count(.planned), infeasible: count(.infeasible),
      refused: count(.refused))
    if outcome.isComplete { try file.finish() }
    return outcome
  }

  private struct Shared {
    /// Of the open points, the next that nobody plans.
    var next: Int
    var done: Int
    var failure: PartitionError?
  }
}
