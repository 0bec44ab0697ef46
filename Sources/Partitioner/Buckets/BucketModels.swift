import CostModel
import Lengths
import Plan
import Simulation

extension Partitioner {
  /// The models of a plan's buckets but for the longest, in their order: what ``model(of:planPath:modelPath:)`` loads at their lengths.
  public static func bucketModels(
    of plan: PlanDocument, planPath: String, modelPath: String? = nil
  ) throws(PartitionError) -> [Model] {
    var models: [Model] = []
    for own in plan.bucketPlans {
      models.append(try model(of: own, planPath: planPath, modelPath: modelPath))
    }
    return models
  }

  /// As ``check(_:model:)``, with the plans of the buckets and their models.
  public static func check(_ plan: PlanDocument, model: Model, buckets: [Model]) -> [Violation] {
    var violations = check(plan, model: model)
    for (own, model) in zip(plan.bucketPlans, buckets) {
      violations += check(own, model: model).map {
        Violation($0.kind, "\(plan.buckets?.dimension ?? "")=\(own.longest(in: plan)): \($0.message)")
      }
    }
    if violations.isEmpty, let entry = plan.buckets {
      let parts = zip(plan.bucketPlans, buckets).map { $1.asPlanned(in: $0) } + [model.asPlanned(in: plan)]
      let load = bucketProgram(of: plan, parts: parts).map { LoadSummary($0).bottleneckSeconds } ?? 0
      let rate = load > 0 ? 1 / load : 0
      if abs(rate - entry.throughputPerSecond) > 1e-9 * max(rate, entry.throughputPerSecond) {
        violations.append(
          Violation(
            .buckets, "buckets: they are said to serve \(entry.throughputPerSecond)/s, they serve \(rate)/s"))
      }
    }
    return violations
  }

  /// A simulator of a plan with padding buckets: requests draw their lengths, wait for others of their bucket and run its plan.
  ///
  /// - Parameter buckets: None for the plan of the longest alone, else models of the other buckets, see ``bucketModels(of:planPath:modelPath:)``.
  /// - Throws: `violation` when the plan fails its check, unless `isForced`.
  public static func simulator(
    of plan: PlanDocument, model: Model, buckets: [Model], isForced: Bool = false
  ) throws(PartitionError) -> Simulator {
    guard plan.buckets != nil, !buckets.isEmpty else {
      return try simulator(of: plan, model: model, isForced: isForced)
    }
    let violations = check(plan, model: model, buckets: buckets)
    guard violations.isEmpty || isForced else {
      throw PartitionError(.violation, violations.map { "the plan fails its check: \($0.message)" })
    }
    let parts = zip(plan.bucketPlans, buckets).map { $1.asPlanned(in: $0) } + [model.asPlanned(in: plan)]
    guard let program = bucketProgram(of: plan, parts: parts) else {
      throw PartitionError(
        .violation, ["the plan cannot be run: there must be a model for each of its buckets"])
    }
    do { return try Simulator(program) } catch {
      throw PartitionError(.violation, error.problems.map(\.description))
    }
  }

  /// The program of all buckets.
  ///
  /// - Parameter parts: Models by bucket, cut as the plan is.
  static func bucketProgram(of plan: PlanDocument, parts: [Model]) -> ExecutionProgram? {
    guard let entry = plan.buckets, entry.buckets.count == parts.count else { return nil }
    var buckets: [ExecutionProgram.Bucket] = []
    for (bucket, part) in zip(entry.buckets, parts) {
      let own = bucket.plan ?? plan
      guard let placement = Verifier.placement(of: own, graph: part.graph) else { return nil }
      buckets.append(
        .init(
          longest: bucket.longest, share: bucket.share,
          program: Lowering(
            graph: part.graph, system: own.system, placement: placement,
            costs: costs(of: own, part: part)
          ).program))
    }
    return ExecutionProgram(buckets, tableBytes: plan.tableBytes)
  }
}

extension PlanDocument {
  /// How often requests have which length, for the simulator; `nil` without buckets.
  public var lengthModel: LengthModel? {
    guard let histogram = Partitioner.bucketQuestion(of: self)?.lengths else { return nil }
    return LengthModel(
      plannedLength: Double(histogram.longest),
      distribution: .shares(lengths: histogram.lengths.map(Double.init), shares: histogram.shares))
  }

  fileprivate func longest(in plan: PlanDocument) -> Int {
    plan.buckets.flatMap { model.dimensions[$0.dimension] } ?? 0
  }
}
