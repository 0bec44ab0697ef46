import Foundation
import Partitioner

/// Which points a sweep plans: every combination of models, systems, numbers of cards, batches, precisions, objectives,
/// accuracy budgets, precisions of layers and varied figures, in that order, the last varying fastest.
public struct SweepQuestion: Sendable {
  /// A model file, or a sheet in its place.
  public struct ModelFile: Sendable, Hashable {
    public var path: String
    /// `nil` for ONNX.
    public var form: PlanDocument.ModelReference.Form?
    /// Behind the tables of a sheet.
    public var dense: DensePart?
    /// Dynamic dimensions besides the batch.
    public var dimensions: [String: Int]

    public init(
      path: String, form: PlanDocument.ModelReference.Form? = nil, dense: DensePart? = nil,
      dimensions: [String: Int] = [:]
    ) {
      self.path = path
      self.form = form
      self.dense = dense
      self.dimensions = dimensions
    }
  }

  /// A figure of the system and its values.
  public struct Variation: Sendable, Hashable {
    public var path: String
    public var values: [String]

    public init(path: String, values: [String]) {
      self.path = path
      self.values = values
    }
  }

  /// The load under which each plan is replayed.
  public struct Replay: Sendable, Hashable {
    /// Of the predicted rate, 0 to 1; random arrivals.
    public var share: Double
    /// Batches measured in each of four replications.
    public var requests: Int

    public init(share: Double = 0.7, requests: Int = 2000) {
      self.share = share
      self.requests = requests
    }
  }

  public var models: [ModelFile]
  /// Built-in systems or files; `nil` for the default one.
  public var systems: [String?] = [nil]
  /// `nil` for the system's own number.
  public var cards: [Int?] = [nil]
  public var batches: [SweepBatch] = [.own]
  /// Of the cards' matrix engines.
  public var precisions: [Precision] = [.int8]
  public var objectives: [PlanObjective] = [.throughput]
  /// The most that tables and layers may lose, errors assumed from sizes and bits; `nil` for any amount.
  public var accuracyBudgets: [AccuracyLimit?] = [nil]
  /// What layers may be in on cards: see `PlanOptions/layerPrecisions`; empty for what is usual.
  public var layerPrecisions: [SweepLayers] = [.usual]
  public var variations: [Variation] = []
  /// Of every plan: milliseconds; `nil` for the model's own.
  public var latencyBudgetMilliseconds: Double?
  public var tablePrecisions: [Precision] = [.int8, .int4]
  public var gap = 0.01
  /// Of each point; `nil` for the standard one.
  public var work: WorkBudget?
  public var seed: UInt64 = 1
  /// `nil` where plans are not replayed.
  public var replay: Replay?
  /// Whether the highest rate is sought at which p99 is within the latency budget.
  public var seeksRate = false
  /// By `host`, `card` or a card's model; in any one currency.
  public var prices: [String: Double] = [:]

  /// More points than anyone waits for.
  public static let mostPoints = 1_000_000

  public init(models: [ModelFile]) { self.models = models }

  /// All points in order.
  ///
  /// - Throws: `usage` where an axis is empty or has a value twice, where a value is out of range, or where there are too many.
  public func points() throws(PartitionError) -> [SweepPoint] {
    try validate()
    var points = models.map { SweepPoint(model: $0) }
    points = expanded(points, systems) { $0.system = $1 }
    points = expanded(points, cards) { $0.cards = $1 }
    points = expanded(points, batches) { $0.batch = $1 }
    points = expanded(points, precisions) { $0.precision = $1 }
    points = expanded(points, objectives) { $0.objective = $1 }
    points = expanded(points, accuracyBudgets) { $0.accuracyBudget = $1 }
    points = expanded(points, layerPrecisions) { $0.layers = $1 }
    for variation in variations {
      points = expanded(points, variation.values) {
        $0.changes.append(FigureChange(path: variation.path, value: $1))
      }
    }
    return points
  }

  private func expanded<Value>(
    _ points: [SweepPoint], _ values: [Value], _ set: (inout SweepPoint, Value) -> Void
  ) -> [SweepPoint] {
    points.flatMap { point in
      values.map { value in
        var point = point
        set(&point, value)
        return point
      }
    }
  }

  private func validate() throws(PartitionError) {
    var problems: [String] = []
    func axis<Value: Hashable>(_ name: String, _ values: [Value]) {
      if values.isEmpty { problems.append("\(name): give at least one") }
      if Set(values).count != values.count { problems.append("\(name): a value is given twice") }
    }
    axis("models", models)
    axis("systems", systems)
    axis("cards", cards)
    axis("batches", batches)
    axis("precisions", precisions)
    axis("objectives", objectives)
    axis("accuracyBudgets", accuracyBudgets)
    axis("layerPrecisions", layerPrecisions)
    if Set(variations.map(\.path)).count != variations.count {
      problems.append("set: a figure is given twice")
    }
    for variation in variations { axis("set \(variation.path)", variation.values) }
    for model in models where model.path == "-" {
      problems.append("models: a sweep reads its models from files")
    }
    for count in cards.compactMap(\.self) where !SystemCatalog.cardRange.contains(count) {
      problems.append("cards: \(count) is not from 0 to 1024")
    }
    for case .items(let batch) in batches where batch < 1 {
      problems.append("batches: \(batch) is below 1")
    }
    for case .error(let error) in accuracyBudgets.compactMap(\.self) where !(error >= 0) {
      problems.append("accuracyBudgets: \(error) is no relative error, 0 or more")
    }
    if let replay, !(replay.share > 0 && replay.share <= 1) {
      problems.append("load: \(replay.share) is not a share of the predicted rate, above 0 and at most 1")
    }
    if let replay, replay.requests < 1 { problems.append("requests: \(replay.requests) is below 1") }
    for (name, price) in prices.sorted(by: { $0.key < $1.key }) where !(price >= 0 && price.isFinite) {
      problems.append("prices: \(name): \(price) is not a price of 0 or more")
    }
    var count = 1
    for size in [
      models.count, systems.count, cards.count, batches.count, precisions.count, objectives.count,
      accuracyBudgets.count,
    ] + variations.map(\.values.count) {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      count = overflow ? .max : product
    }
    if count > Self.mostPoints {
      problems.append("there are more than \(Self.mostPoints) points; make an axis shorter")
    }
    if !problems.isEmpty { throw PartitionError(.usage, problems.map { "sweep: \($0)" }) }
  }
}
