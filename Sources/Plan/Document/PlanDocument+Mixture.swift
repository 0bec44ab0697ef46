/// Figures of a plan with padding buckets for all its requests together.
extension PlanDocument {
  /// Whether requests of different lengths have plans of their own.
  public var hasBuckets: Bool { (buckets?.buckets.count ?? 0) > 1 }

  /// Seconds or joules of a request; of a mean one where lengths vary.
  public var meanObjective: Double { buckets?.expected ?? certificate.objective }

  /// What is predicted of requests as they come: loads and energy of a mean one, the rate of the mixture, the time of the slowest
  /// bucket, and memory for all of them. Without buckets ``predicted`` itself.
  public var predictedOfMixture: Prediction {
    guard let entry = buckets, hasBuckets else { return predicted }
    let parts = entry.buckets.map { (share: $0.share, predicted: $0.plan?.predicted ?? predicted) }
    var seconds: [String: Double] = [:]
    for part in parts {
      for load in part.predicted.loads { seconds[load.resource, default: 0] += part.share * load.seconds }
    }
    var mixture = predicted
    // A resource that the longest do not use comes after those that they do.
    let further = parts.flatMap { $0.predicted.loads.map(\.resource) }
    var seen: Set<String> = []
    mixture.loads = (predicted.loads.map(\.resource) + further).compactMap { resource in
      seen.insert(resource).inserted
        ? ResourceLoad(resource: resource, seconds: seconds[resource] ?? 0) : nil
    }
    mixture.bottleneckResource =
      mixture.loads.enumerated().max { ($0.element.seconds, $1.offset) < ($1.element.seconds, $0.offset) }?
      .element.resource ?? predicted.bottleneckResource
    mixture.throughputPerSecond = entry.throughputPerSecond
    mixture.bottleneckSeconds = entry.throughputPerSecond > 0 ? 1 / entry.throughputPerSecond : 0
    mixture.latencySeconds = parts.map(\.predicted.latencySeconds).max() ?? predicted.latencySeconds
    let verdicts = parts.compactMap(\.predicted.meetsLatencyBudget)
    mixture.meetsLatencyBudget = verdicts.isEmpty ? nil : verdicts.allSatisfy(\.self)
    mixture.energyJoulesPerBatch = parts.reduce(0) { $0 + $1.share * $1.predicted.energyJoulesPerBatch }
    mixture.bottleneckOperators = nil
    mixture.measuredShare = nil
    for (device, bytes) in BucketsCheck.bytes(self).enumerated() {
      let memory = parts.compactMap { part in
        part.predicted.memory.indices.contains(device) ? part.predicted.memory[device] : nil
      }
      let used = Int(min(max(0, bytes), 0x1p60))
      let activations = memory.map { $0.usedBytes &- $0.staticBytes }.max() ?? 0
      mixture.memory[device].usedBytes = used
      mixture.memory[device].staticBytes = max(0, used &- max(0, activations))
      mixture.memory[device].activationBytesPerRequest = memory.map(\.activationBytesPerRequest).max() ?? 0
    }
    return mixture
  }

  /// The plan with ``predictedOfMixture`` in place of what is predicted of the longest requests.
  public var ofMixture: PlanDocument {
    guard hasBuckets else { return self }
    var plan = self
    plan.predicted = predictedOfMixture
    return plan
  }

  /// Where a length is padded to: the least bucket that is long enough; `nil` for a length that is beyond all, and without buckets.
  ///
  /// - Returns: A plan of its own, which has no buckets.
  public func bucket(ofLength length: Int) -> PlanDocument? {
    guard let entry = buckets, length > 0,
      let bucket = entry.buckets.first(where: { length <= $0.longest })
    else { return nil }
    if let own = bucket.plan { return own }
    var longest = self
    longest.buckets = nil
    return longest
  }
}
