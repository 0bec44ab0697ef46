import CostModel
import Graph
import Hardware
import Lengths
import Placement
import Plan
import Planning

/// A plan with padding buckets, and the model at the longest length, which it is of.
public struct BucketedPlan: Sendable {
  public var plan: PlanDocument
  public var model: Model
}

extension Partitioner {
  /// Plans a model for requests of lengths that vary: the padding buckets of least expected objective, with a plan for each.
  ///
  /// - Parameters:
  ///   - load: Loads the model with the dimension at a length.
  ///   - options: Those of each plan; measured costs and a compiler's answers belong to one length and are left out. A start is of
  ///     the longest.
  /// - Throws: What a plan for the longest length throws; `usage` for a limit out of range.
  public static func plan(
    _ buckets: BucketOptions, on system: System, options: PlanOptions = PlanOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil,
    load: (Int) throws(PartitionError) -> Model
  ) throws(PartitionError) -> BucketedPlan {
    guard BucketOptions.limits.contains(buckets.limit ?? 1) else {
      throw PartitionError(.usage, "the limit of buckets is \(buckets.limit ?? 0); give 1 to 64")
    }
    var options = options
    (options.measured, options.compiler) = (MeasuredCosts(), CompilerFacts())
    (options.sizing, options.uncertainty) = (nil, nil)
    let model = try load(buckets.lengths.longest)
    var first = options
    options.start = nil
    first.timeLimitSeconds = options.timeLimitSeconds.map { $0 / 2 }
    let base = try plan(model, on: system, options: first, isCancelled: isCancelled, progress: progress)
    // Weights are there once, for all lengths.
    options.toldLayers = base.layers
    guard let placement = Verifier.placement(of: base, graph: model.asPlanned(in: base).graph) else {
      throw PartitionError(.internalError, "a plan cannot be read back")
    }
    var planning = BucketPlanning(
      question: buckets, base: base, longest: model, placement: placement, options: options,
      isCancelled: isCancelled)
    return BucketedPlan(plan: try planning.plan(load), model: model)
  }
}

/// Finds the buckets below the longest, which is planned.
///
/// The time of a length is that of the best known placement, worked out at each length that a bucket may end at. Dynamic programming
/// chooses the ends (`PaddingBuckets`), lengths that were chosen are planned from there, what is found is worked out at all lengths
/// again, until nothing new is found. Tables are held once, so that every bucket keeps them where the longest has them; weights are
/// held for each bucket.
private struct BucketPlanning {
  typealias Loader = (Int) throws(PartitionError) -> Model

  let question: BucketOptions
  let base: PlanDocument
  let options: PlanOptions
  let isCancelled: @Sendable () -> Bool
  /// Positions of lengths that buckets may end at.
  private let ends: [Int]
  private let tableBytes: [Int]
  /// By device: bytes that rules leave.
  private var capacities: [Double] = []
  /// By end: the model, cut as the plan is.
  private var parts: [Model] = []
  private var placements: [ModelPlacement]
  /// By end, then placement.
  private var trials: [[Trial?]] = []
  /// By end: the plan that was made for it.
  private var plans: [Int: PlanDocument] = [:]

  /// Lengths that buckets may end at, at most.
  private static let mostEnds = 32
  private static let rounds = 3
  /// Of a plan's work, for each bucket.
  private static let share = 0.25
  /// Fewer buckets are taken where more save less.
  private static let worthwhile = 0.01

  /// A placement at a length.
  private struct Trial {
    var objective: Double
    /// By device: of weights.
    var bytes: [Int]
  }

  init(
    question: BucketOptions, base: PlanDocument, longest: Model, placement: ModelPlacement,
    options: PlanOptions, isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.question = question
    self.base = base
    self.options = options
    self.isCancelled = isCancelled
    ends = question.lengths.ends(most: Self.mostEnds)
    tableBytes = base.tableBytes
    placements = [placement]
    parts = [longest.asPlanned(in: base)]
  }

  mutating func plan(_ load: Loader) throws(PartitionError) -> PlanDocument {
    let longest = parts[0]
    parts = []
    capacities = try Partitioner.task(
      longest, on: base.system, options: options, isCancelled: { false }, progress: nil
    ).rules.capacities
    for end in ends.dropLast() { parts.append(try load(question.lengths.lengths[end]).asPlanned(in: base)) }
    parts.append(longest)
    if let shortest = parts.first, parts.count > 1, shortest.graph.tensors == longest.graph.tensors {
      throw PartitionError(
        .usage,
        "nothing in the model depends on \(question.dimension); give the dimension that the lengths are of")
    }
    trials = ends.map { _ in [] }
    plans[ends.count - 1] = base
    try work(out: placements[0])
    var limit = question.limit ?? BucketOptions.usualLimit
    var chosen = try choice(limit)
    for _ in 0..<Self.rounds {
      let known = placements.count
      for end in chosen where plans[end] == nil { plans[end] = try planned(end) }
      if placements.count == known { break }
      chosen = try choice(limit)
    }
    // Activations may differ in ways that the choice does not see: then fewer.
    while true {
      for end in chosen where plans[end] == nil { plans[end] = try planned(end) }
      let plan = document(chosen)
      if limit == 1 || zip(BucketsCheck.bytes(plan), capacities).allSatisfy({ $0 <= $1 }) { return plan }
      limit -= 1
      chosen = try choice(limit)
    }
  }

  // MARK: Times

  private var unit: PlanDocument.CertificateEntry.Unit { base.certificate.unit }

  /// Adds a placement, at every length.
  private mutating func work(out placement: ModelPlacement) throws(PartitionError) {
    for end in ends.indices { trials[end].append(try trial(placement, at: end)) }
  }

  /// `nil` where it does not fit or misses the latency budget.
  private func trial(_ placement: ModelPlacement, at end: Int) throws(PartitionError) -> Trial? {
    let part = parts[end]
    let graph = part.graph
    guard graph.operators.map(\.name) == parts[parts.count - 1].graph.operators.map(\.name) else {
      return nil
    }
    let costs = CostModel(
      graph: graph, system: base.system, options: options.costOptions(for: part, on: base.system)
    ).with(requestsInFlight: base.request.requestsInFlight)
    let program = Lowering(graph: graph, system: base.system, placement: placement, costs: costs).program
    let summary = LoadSummary(program)
    let fits = zip(summary.memoryBytes, capacities).allSatisfy { Double($0) <= $1 }
    let isLate = options.budget(for: graph).map { summary.latencySeconds * 1000 > $0 } ?? false
    guard fits, !isLate else { return nil }
    let objective =
      switch options.objective {
      case .throughput: summary.bottleneckSeconds
      case .latency: summary.latencySeconds
      case .energy: summary.energyJoules
      }
    return Trial(
      objective: objective, bytes: zip(program.devices, tableBytes).map { max(0, $0.staticBytes &- $1) })
  }

  /// By end: its best trial, with the placement.
  private func best(_ end: Int) -> (placement: Int, trial: Trial)? {
    trials[end].enumerated().compactMap { index, trial in trial.map { (index, $0) } }
      .min { $0.1.objective < $1.1.objective }
  }

  /// The ends of the best buckets.
  private func choice(_ limit: Int) throws(PartitionError) -> [Int] {
    let shares = question.lengths.shares
    var first = 0
    let room = base.predicted.memory.indices.map { device in
      let entry = base.predicted.memory[device]
      let activations = entry.usedBytes &- entry.staticBytes
      let capacity = Int(max(0, min(capacities[device], 0x1p60)))
      return max(0, capacity &- activations &- tableBytes[device])
    }
    let known = ends.indices.map(best)
    let all = PaddingBuckets.all(
      .init(
        shares: ends.map { end in
          defer { first = end + 1 }
          return shares[first...end].reduce(0, +)
        },
        times: known.enumerated().map { end, best in
          end == ends.count - 1 ? base.certificate.objective : best?.trial.objective ?? .infinity
        },
        bytes: known.map { $0?.trial.bytes ?? room.map { _ in 0 } }, room: room), most: limit)
    guard let least = all.last else { return [ends.count - 1] }
    if question.limit != nil { return least.ends }
    return (all.first { $0.expected <= least.expected * (1 + Self.worthwhile) } ?? least).ends
  }

  // MARK: Plans

  /// A plan for the length of an end that is no worse than the placements that are known.
  private mutating func planned(_ end: Int) throws(PartitionError) -> PlanDocument {
    let part = parts[end]
    let start = placements[best(end)?.placement ?? 0]
    var own = options
    own.start = start
    own.requestsInFlight = base.request.requestsInFlight
    own.work = (options.work ?? (options.timeLimitSeconds == nil ? .standard : .unlimited)).part(Self.share)
    own.timeLimitSeconds = options.timeLimitSeconds.map { $0 / 2 / Double(BucketOptions.usualLimit) }
    let answer = try Partitioner.planAsGiven(
      part, on: base.system, options: own, isCancelled: isCancelled, progress: nil)
    if answer.planned.placement.tables == start.tables {
      if !placements.contains(answer.planned.placement) {
        placements.append(answer.planned.placement)
        try work(out: answer.planned.placement)
      }
      return answer.document
    }
    var kept = answer.planned
    kept.placement = start
    kept.notes = ["tables are where the plan for the longest requests has them"]
    let task = try Partitioner.task(
      part, on: base.system, options: own, isCancelled: { false }, progress: nil)
    return try Partitioner.document(of: kept, model: part, on: base.system, options: own, task: task)
  }

  // MARK: Document

  private func document(_ chosen: [Int]) -> PlanDocument {
    let shares = question.lengths.shares
    var first = 0
    var buckets: [PlanDocument.BucketsEntry.Bucket] = []
    for end in chosen {
      let share = shares[first...ends[end]].reduce(0, +)
      first = ends[end] + 1
      let own = plans[end] ?? base
      buckets.append(
        .init(
          longest: question.lengths.lengths[ends[end]], share: share, objective: own.certificate.objective,
          plan: end == ends.count - 1 ? nil : own))
    }
    var plan = base
    let expected = buckets.reduce(0) { $0 + $1.share * $1.objective }
    plan.buckets = .init(
      dimension: question.dimension,
      lengths: zip(question.lengths.lengths, question.lengths.counts).map { .init(length: $0, count: $1) },
      limit: question.limit ?? BucketOptions.usualLimit, buckets: buckets, expected: expected,
      unbucketed: base.certificate.objective, throughputPerSecond: 0)
    let models = chosen.dropLast().map { parts[$0] }
    if let program = Partitioner.bucketProgram(of: plan, parts: models + [parts[parts.count - 1]]) {
      let load = LoadSummary(program).bottleneckSeconds
      plan.buckets?.throughputPerSecond = load > 0 ? 1 / load : 0
    }
    let lengths = buckets.map { "\($0.longest)" }.joined(separator: ", ")
    plan.notes.append(
      buckets.count == 1
        ? "no shorter padding bucket is worth what it takes"
        : "padding to \(question.dimension) \(lengths) in place of \(buckets[buckets.count - 1].longest) alone: a mean request takes "
          + "\((expected / base.certificate.objective * 1000).rounded() / 10) % of the \(unit == .joules ? "energy" : "time")"
    )
    return plan
  }
}
