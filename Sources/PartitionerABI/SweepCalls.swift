import CPartitioner
import Foundation
import Partitioner
import Questions
import Sweep

// Sweeps and pages of partitioner.h; the header is their documentation.

/// Options of `partitioner_sweep`, as the header documents them.
private struct SweepCallOptions: Decodable, KnownKeys {
  var shard: String?
  var shards: Int?
  var threads: Int?

  enum CodingKeys: String, CodingKey, CaseIterable { case shard, shards, threads }

  static var knownKeys: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

  func part() throws(PartitionError) -> SweepShard? {
    if shards != nil, shard != "auto" {
      throw PartitionError(.usage, "options: shards has no effect without \"shard\": \"auto\"")
    }
    if let threads, !(1...1024).contains(threads) {
      throw PartitionError(.usage, "options: threads is \(threads); give 1 to 1024")
    }
    return try shard.map { text throws(PartitionError) in
      text == "auto"
        ? try SweepShard.automatic(ProcessInfo.processInfo.environment, count: shards) : try SweepShard(text)
    }
  }
}

private struct SweepResult: Encodable {
  var path: String
  var total: Int
  var found: Int
  var planned: Int
  var infeasible: Int
  var refused: Int
  var isComplete: Bool

  init(_ outcome: Sweep.Outcome) {
    path = outcome.path
    total = outcome.total
    found = outcome.found
    planned = outcome.planned
    infeasible = outcome.infeasible
    refused = outcome.refused
    isComplete = outcome.isComplete
  }
}

@c @implementation
public func partitioner_sweep(
  _ questionJSON: UnsafePointer<CChar>?, _ output: UnsafePointer<CChar>?,
  _ optionsJSON: UnsafePointer<CChar>?, _ progress: partitioner_sweep_progress?,
  _ context: UnsafeMutableRawPointer?, _ outcomeJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(outcomeJSON) { () throws(PartitionError) in
    let options = try CallOptions.decode(SweepCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    guard let text = unsafe Boundary.text(questionJSON) else {
      throw PartitionError(.usage, "the question is NULL")
    }
    let path = try unsafe sweepPath(output)
    let part = try options.part()
    let sweep = try Sweep(try SweepQuestion.read(Array(text.utf8), name: "question"))
    let threads = options.threads ?? ProcessInfo.processInfo.activeProcessorCount
    guard let progress = unsafe progress else {
      return .init(
        text: try JSONText.encode(SweepResult(try sweep.run(to: path, shard: part, threads: threads))))
    }
    let outcome = try Watch.run { isCancelled, tell throws(PartitionError) in
      try sweep.run(to: path, shard: part, threads: threads, isCancelled: isCancelled) { tell($0) }
    } goesOn: { (news: Sweep.Progress?, _) in
      unsafe progress(
        context, news.map { Int64($0.finished) } ?? -1, news.map { Int64($0.total) } ?? -1,
        news?.secondsLeft ?? -1) == 0
    }
    return .init(text: try JSONText.encode(SweepResult(outcome)))
  }
}

@c @implementation
public func partitioner_sweep_merge(
  _ output: UnsafePointer<CChar>?, _ outcomeJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(outcomeJSON) { () throws(PartitionError) in
    let path = try unsafe sweepPath(output)
    return .init(text: try JSONText.encode(["total": try SweepMerge.join(into: path)]))
  }
}

@c @implementation
public func partitioner_pareto(
  _ sweep: UnsafePointer<CChar>?, _ format: UnsafePointer<CChar>?,
  _ page: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(page) { () throws(PartitionError) in
    let format = unsafe Boundary.text(format) ?? "html"
    guard format == "html" || format == "svg" else {
      throw PartitionError(.usage, "'\(format)' is no format of pictures; known are html, svg")
    }
    let pareto = try ParetoPage(sweep: try unsafe sweepPath(sweep))
    return .init(text: format == "html" ? pareto.html : pareto.svg)
  }
}

@c @implementation
public func partitioner_report(
  _ planJSON: UnsafePointer<CChar>?, _ model: UnsafeRawPointer?, _ modelSize: Int, _ isReplayed: Int32,
  _ html: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(html) { () throws(PartitionError) in
    let (plan, loaded) = try unsafe readPlan(planJSON, model, modelSize)
    let buckets = isReplayed != 0 && plan.hasBuckets ? try unsafe bucketModels(plan, model, modelSize) : []
    return .init(
      text: try PlanPage.html(of: plan, model: loaded, buckets: buckets, isReplayed: isReplayed != 0))
  }
}

private func sweepPath(_ path: UnsafePointer<CChar>?) throws(PartitionError) -> String {
  guard let path = unsafe Boundary.text(path), !path.isEmpty else {
    throw PartitionError(.usage, "the sweep's file is NULL or has no name")
  }
  return path
}
