import Plan
import Rules

extension Partitioner {
  /// The plan that requests of a length have in a plan with padding buckets: one of its own, without buckets.
  ///
  /// - Parameter name: What errors call the plan.
  /// - Throws: `usage` where the plan has no buckets, or where none is long enough.
  public static func bucket(
    ofLength length: Int, in plan: PlanDocument, name: String
  ) throws(PartitionError) -> PlanDocument {
    guard let entry = plan.buckets else {
      throw PartitionError(.usage, "\(name): the plan has no padding buckets; ask without a length")
    }
    guard let own = plan.bucket(ofLength: length) else {
      throw PartitionError(
        .usage,
        "\(name): no padding bucket is for \(NameText.shown(entry.dimension)) \(length); they end at "
          + entry.buckets.map { "\($0.longest)" }.joined(separator: ", "))
    }
    return own
  }

  /// - Parameter action: What cannot be done to all of them together, as "export".
  /// - Throws: `usage` for a plan with padding buckets, each of which has to be asked for by itself.
  static func requireOneBucket(_ plan: PlanDocument, to action: String) throws(PartitionError) {
    guard let entry = plan.buckets, plan.hasBuckets else { return }
    throw PartitionError(
      .usage,
      "the plan has a plan of its own for each padding bucket; \(action) them one at a time: "
        + entry.buckets.map { "--bucket \($0.longest)" }.joined(separator: ", "))
  }

  /// The question that a plan's padding buckets answer; `nil` for a plan without.
  public static func bucketQuestion(of plan: PlanDocument) -> BucketOptions? {
    guard let entry = plan.buckets,
      let lengths = LengthHistogram(
        Dictionary(entry.lengths.map { ($0.length, $0.count) }, uniquingKeysWith: { first, _ in first }))
    else { return nil }
    // As many as it has, so that another answer is not better for having more.
    return BucketOptions(
      dimension: entry.dimension, lengths: lengths,
      limit: min(max(1, entry.buckets.count), BucketOptions.limits.upperBound))
  }

  /// Loads a plan's model at a length of the dimension that its padding buckets are of; for ``bucketQuestion(of:)``.
  ///
  /// - Throws: as ``model(of:planPath:modelPath:)``.
  public static func model(
    of plan: PlanDocument, atLength length: Int, planPath: String, modelPath: String? = nil
  ) throws(PartitionError) -> Model {
    try model(of: plan.atLength(length), planPath: planPath, modelPath: modelPath)
  }
}

extension PlanDocument {
  /// A plan of the same model at another length, to load that by.
  package func atLength(_ length: Int) -> PlanDocument {
    var plan = self
    if let entry = buckets { plan.model.dimensions[entry.dimension] = length }
    plan.buckets = nil
    return plan
  }
}
