/// Holds what a plan says of its padding buckets together: lengths, shares, times and memory. What the plans of the buckets say of
/// themselves is checked with their own models.
public struct BucketsCheck {
  public private(set) var violations: [Violation] = []

  public init(_ plan: PlanDocument) {
    guard let entry = plan.buckets else { return }
    let buckets = entry.buckets
    guard let last = buckets.last, buckets.dropLast().allSatisfy({ $0.plan != nil }), last.plan == nil,
      zip(buckets, buckets.dropFirst()).allSatisfy({ $0.longest < $1.longest }), buckets.count <= entry.limit
    else {
      report("there must be 1 to \(entry.limit), ascending by length, each but the last with a plan")
      return
    }
    checkShares(entry)
    for bucket in buckets.dropLast() { if let own = bucket.plan { check(own, of: bucket, entry, plan) } }
    // A graph that was built in memory has no dimensions.
    if !plan.model.sha256.isEmpty, plan.model.dimensions[entry.dimension] != last.longest {
      report("the last is padded to \(last.longest), the plan's \(entry.dimension) is another")
    }
    guard violations.isEmpty else { return }
    let expected = buckets.reduce(0) { $0 + $1.share * $1.objective }
    if !isClose(expected, entry.expected) || last.objective != plan.certificate.objective {
      report("a mean request is said to take \(entry.expected), the buckets make \(expected)")
    }
    checkMemory(plan)
  }

  private mutating func checkShares(_ entry: PlanDocument.BucketsEntry) {
    let lengths = entry.lengths
    let total = lengths.reduce(0.0) { $0 + Double($1.count) }
    guard let longest = lengths.last?.length, longest == entry.buckets.last?.longest, lengths[0].length > 0,
      lengths.allSatisfy({ $0.count > 0 }),
      zip(lengths, lengths.dropFirst()).allSatisfy({ $0.length < $1.length })
    else {
      report("the lengths must be above 0 and ascend to the end of the last")
      return
    }
    var shorter = 0
    for bucket in entry.buckets {
      let own = lengths.filter { $0.length > shorter && $0.length <= bucket.longest }
      let share = own.reduce(0.0) { $0 + Double($1.count) } / total
      if !isClose(share, bucket.share) || own.isEmpty {
        report("\(bucket.share) of the requests are said to be padded to \(bucket.longest), it is \(share)")
      }
      shorter = bucket.longest
    }
  }

  private mutating func check(
    _ own: PlanDocument, of bucket: PlanDocument.BucketsEntry.Bucket, _ entry: PlanDocument.BucketsEntry,
    _ plan: PlanDocument
  ) {
    var model = plan.model
    if !model.sha256.isEmpty { model.dimensions[entry.dimension] = bucket.longest }
    // Where the file lies may be said from another folder.
    model.path = own.model.path
    if own.model != model || own.system != plan.system || own.buckets != nil {
      report("the plan for \(bucket.longest) is not one of the same model and system with that length")
    }
    if own.tables != plan.tables { report("the plan for \(bucket.longest) keeps tables elsewhere") }
    if own.certificate.objective != bucket.objective || own.certificate.unit != plan.certificate.unit {
      report("the objective of \(bucket.longest) is not that of its plan")
    }
  }

  /// What each device holds with the plans of all buckets: tables once, each one's own weights, and the most activations.
  ///
  /// - Parameter plan: That of the longest.
  public static func bytes(_ plan: PlanDocument) -> [Double] {
    let tables = plan.tableBytes
    return plan.predicted.memory.indices.map { device in
      let all = ([plan] + plan.bucketPlans).compactMap { plan in
        plan.predicted.memory.indices.contains(device) ? plan.predicted.memory[device] : nil
      }
      let table = Double(tables.indices.contains(device) ? tables[device] : 0)
      let activations = all.map { Double($0.usedBytes) - Double($0.staticBytes) }.max() ?? 0
      return all.reduce(table + activations) { $0 + max(0, Double($1.staticBytes) - table) }
    }
  }

  private mutating func checkMemory(_ plan: PlanDocument) {
    for (bytes, entry) in zip(Self.bytes(plan), plan.predicted.memory)
    where bytes > Double(entry.capacityBytes) {
      violations.append(
        Violation(
          .memoryExceeded,
          "buckets: \(entry.device) holds \(Int(min(bytes, 1e18))) bytes with all of them, it has \(entry.capacityBytes)"
        ))
    }
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }

  private mutating func report(_ message: String) {
    violations.append(Violation(.buckets, "buckets: \(message)"))
  }
}
