/// Finds figures in a plan document that no plan can have: negative, infinite or not a number.
enum FigureCheck {
  static func unusableFigures(in plan: PlanDocument) -> [Violation] {
    var violations: [Violation] = []
    func require(_ value: Double, _ field: String, positive: Bool = false) {
      if !value.isFinite || value < 0 || (positive && value == 0) {
        violations.append(
          Violation(
            .unusableFigure,
            "\(field) is \(value); it must be finite and \(positive ? "positive" : "at least 0")"))
      }
    }
    func require(_ value: Int, _ field: String) {
      if value < 0 {
        violations.append(Violation(.unusableFigure, "\(field) is \(value); it must be at least 0"))
      }
    }
    if let budget = plan.request.latencyBudgetMilliseconds {
      require(budget, "request.latencyBudgetMilliseconds", positive: true)
    }
    require(plan.request.requestedGap, "request.requestedGap")
    require(plan.request.requestsInFlight, "request.requestsInFlight")
    for entry in plan.partitions {
      require(entry.coreSeconds, "partitions[\(entry.id)].coreSeconds")
      require(entry.dramSeconds, "partitions[\(entry.id)].dramSeconds")
    }
    for (index, entry) in plan.transfers.enumerated() {
      require(entry.bytes, "transfers[\(index)].bytes")
      require(entry.commands, "transfers[\(index)].commands")
      for link in entry.links { require(link.seconds, "transfers[\(index)].links.\(link.link).seconds") }
    }
    var measured: Set<[String]> = []
    for (index, entry) in (plan.measured ?? []).enumerated() {
      require(entry.seconds, "measured[\(index)].seconds")
      if !measured.insert([entry.operator, entry.device]).inserted {
        violations.append(
          Violation(
            .unusableFigure, "measured[\(index)]: '\(entry.operator)' is there twice on \(entry.device)"))
      }
    }
    require(plan.predicted.bottleneckSeconds, "predicted.bottleneckSeconds")
    require(plan.predicted.throughputPerSecond, "predicted.throughputPerSecond")
    require(plan.predicted.latencySeconds, "predicted.latencySeconds")
    require(plan.predicted.energyJoulesPerBatch, "predicted.energyJoulesPerBatch")
    for entry in plan.predicted.loads { require(entry.seconds, "predicted.loads.\(entry.resource).seconds") }
    for entry in plan.predicted.memory {
      require(entry.usedBytes, "predicted.memory.\(entry.device).usedBytes")
      require(entry.capacityBytes, "predicted.memory.\(entry.device).capacityBytes")
    }
    if let entry = plan.uncertainty {
      for (name, value) in [("p10", entry.p10), ("p50", entry.p50), ("p90", entry.p90)] {
        require(value, "uncertainty.\(name)")
      }
    }
    require(plan.certificate.objective, "certificate.objective")
    require(plan.certificate.bound, "certificate.bound")
    require(plan.certificate.gap, "certificate.gap")
    return violations
  }
}
