import Partitioner

/// What came of a point.
public struct SweepAnswer: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case planned
    /// No plan exists, or none was found; ``reason`` says why.
    case infeasible
    /// The point cannot be asked: the model does not take the batch, the system has no such figure.
    case refused
  }

  public var status: Status
  /// Why there is no plan, in one line; empty for a plan.
  public var reason = ""
  public var batchesPerSecond: Double?
  public var itemsPerSecond: Double?
  public var itemsPerBatch: Int?
  /// Of one batch in an empty system.
  public var latencySeconds: Double?
  public var meetsBudget: Bool?
  public var joulesPerBatch: Double?
  /// At the predicted rate, or as replayed.
  public var watts: Double?
  public var gap: Double?
  public var bottleneck: String?
  public var cardsInUse: Int?
  public var price: Double?
  /// What tables and layers lose; see `TableErrors` and `LayerErrors`.
  public var tableError: Double?
  /// The highest rate at which p99 is within the latency budget, batches a second.
  public var rateWithinBudget: Double?
  /// Of the replay.
  public var replayedPerSecond: Double?
  public var p50Seconds: Double?
  public var p99Seconds: Double?
  public var holds: Bool?

  init(_ plan: PlanDocument, price: Double?) {
    status = .planned
    let predicted = plan.predicted
    batchesPerSecond = Self.finite(predicted.throughputPerSecond)
    itemsPerSecond = plan.request.batch.flatMap { Self.finite(predicted.throughputPerSecond * Double($0)) }
    itemsPerBatch = plan.request.batch
    tableError = plan.accuracy?.error
    latencySeconds = predicted.latencySeconds
    meetsBudget = predicted.meetsLatencyBudget
    joulesPerBatch = predicted.energyJoulesPerBatch
    watts = Self.finite(predicted.energyJoulesPerBatch * predicted.throughputPerSecond)
    gap = plan.certificate.status == .incomplete ? nil : plan.certificate.gap
    bottleneck = predicted.bottleneckResource
    cardsInUse = plan.cores.count(where: \.isInUse)
    self.price = price
  }

  init(_ error: PartitionError) {
    status = error.kind == .infeasible ? .infeasible : .refused
    reason = NameText.oneLine(
      error.problems.map { $0.hasPrefix("error: ") ? String($0.dropFirst(7)) : $0 }.joined(separator: "; "))
  }

  init(status: Status) { self.status = status }

  mutating func add(_ report: SimulationReport) {
    replayedPerSecond = report.throughputPerSecond.value
    p50Seconds = report.latency.p50.value
    p99Seconds = report.latency.p99.value
    watts = report.averageWatts
    holds = report.verdict.holds
  }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}
